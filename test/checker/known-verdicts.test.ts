import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import type { CheckOptions } from '../../src/checker/check-options.ts';
import { readHistory } from '../../src/history/read-history.ts';
import { knownVerdicts, OWN_HISTORIES, sharedHistories } from './shared-histories.ts';
import type { KnownVerdict } from './shared-histories.ts';

/** How the wording of a VERDICTS.tsv row is said to the checker. */
function optionsFor(model: string): CheckOptions {
  if (model.includes('multi-register')) return { model: 'multi-register', initial: 0 };
  if (model.includes('cas-register (initial 0)')) return { model: 'cas-register', initial: 0 };
  if (model.includes('comparison failed'))
    return { model: 'cas-register', casFail: 'compare-failed' };
  if (model.includes('cas-register')) return { model: 'cas-register' };
  if (model.includes('put/append/get')) return { model: 'kv' };
  return { model: 'register' };
}

async function judge(folder: string, known: KnownVerdict): Promise<string> {
  const { history } = await readHistory(join(folder, known.file));
  return check(history, optionsFor(known.model)).verdict;
}

const expected = { ok: 'holds', violation: 'violated' };
const isLinearizability = (row: KnownVerdict): boolean => row.model.startsWith('linearizable');

describe('recorded histories get the verdict that is known for them', () => {
  it.each(knownVerdicts(OWN_HISTORIES).map((row) => [row.file, row] as const))(
    '%s',
    async (_, row) => {
      expect(await judge(OWN_HISTORIES, row)).toBe(expected[row.expected]);
    },
  );

  const shared = sharedHistories();
  const rows = shared === undefined ? [] : knownVerdicts(shared).filter(isLinearizability);
  it.skipIf(shared === undefined)(
    `all ${rows.length} linearizability verdicts of the shared folder`,
    async () => {
      const wrong: string[] = [];
      for (const row of rows) {
        const verdict = await judge(shared!, row);
        if (verdict !== expected[row.expected]) wrong.push(`${row.file}: ${verdict}`);
      }
      expect(wrong).toEqual([]);
      expect(rows.length).toBeGreaterThan(150);
    },
  );
});
