import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkAll } from '../../../src/checker/lattice/check-all.ts';
import { consistencyNamed, type Consistency } from '../../../src/checker/lattice/consistency.ts';
import { readHistory } from '../../../src/history/read-history.ts';
import { knownVerdicts, sharedHistories, type KnownVerdict } from '../shared-histories.ts';

/** The consistency models that a row of VERDICTS.tsv speaks of; none for linearizability, which has a test of its own. */
function modelsOf(row: KnownVerdict): Consistency[] {
  const said = /^elle [a-z-]+: (.*)$/.exec(row.model)?.[1] ?? /^(CCv?|CM) \(/.exec(row.model)?.[1];
  if (said === undefined) return [];
  return said.split(' / ').map((name) => {
    const model = consistencyNamed(name);
    if (model === undefined) throw new Error(`unknown model in VERDICTS.tsv: ${row.model}`);
    return model;
  });
}

const shared = sharedHistories();
const rows = (shared === undefined ? [] : knownVerdicts(shared)).flatMap((row) => {
  const models = modelsOf(row);
  return models.length === 0 ? [] : [{ ...row, models }];
});
const files = new Set(rows.map(({ file }) => file));

test.skipIf(shared === undefined)(
  `agrees with all ${String(rows.length)} recorded verdicts on causal and transactional models (${String(files.size)} files)`,
  async () => {
    const wrong: string[] = [];
    for (const file of files) {
      const { history } = await readHistory(join(shared!, file));
      const { verdicts } = checkAll(history);
      for (const { models, expected } of rows.filter((row) => row.file === file))
        for (const model of models) {
          const { verdict } = verdicts.find(({ consistency }) => consistency === model)!;
          if (verdict !== (expected === 'ok' ? 'holds' : 'violated'))
            wrong.push(`${file} ${model}: ${verdict}`);
        }
    }
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(31);
  },
);

test.skipIf(shared === undefined)(
  'recorded register histories: linearizability holds together with all that it implies',
  async () => {
    let judged = 0;
    for (const { file, model, expected } of knownVerdicts(shared!)) {
      if (!model.startsWith('linearizable: read/write register')) continue;
      const { history } = await readHistory(join(shared!, file));
      const { verdicts } = checkAll(history);
      const violated = verdicts.filter(({ verdict }) => verdict === 'violated');
      expect(violated.length > 0, file).toBe(expected === 'violation');
      expect(
        verdicts.some(({ verdict }) => verdict === 'inconclusive'),
        file,
      ).toBe(false);
      judged += 1;
    }
    expect(judged).toBe(16);
  },
);
