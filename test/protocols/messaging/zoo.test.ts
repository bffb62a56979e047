import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { bugs } from '../../../src/protocols/messaging/bugs.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const TEXT = readFileSync(
  new URL('../../../scenarios/messaging/mq-nemesis.yaml', import.meta.url),
  'utf8',
);
const SEEDS = { easy: 100, medium: 300, hard: 600 };
/** What a bug needs beyond the nemesis. */
const CHANGES: Readonly<Record<string, (text: string) => string>> = {
  'naive-check': (text) =>
    text.replace('config: {', 'config: { immunity: 1ms, checkInterval: 5ms, localTx: 30ms,'),
  'outbox-marked-before-sent': (text) => text.replace('config: {', 'config: { mode: outbox,'),
  'late-end-accepted': (text) =>
    text.replace('config: {', 'config: { immunity: 1ms, checkInterval: 5ms,'),
};

function broken(text: string, seed: string): string[] {
  const result = runScenario(compileScenario(text, 'zoo.yaml', PROTOCOLS), { seed, freeze: true });
  return result.properties.flatMap(({ name, verdict, sentence }) =>
    verdict === 'violated' ? [`${name}: ${sentence}`] : [],
  );
}

describe('the zoo of reliable messages', () => {
  it.each(bugs.map((bug) => [bug.id, bug] as const))('%s is caught by its invariant', (id, bug) => {
    const change = CHANGES[id] ?? ((text: string) => text);
    const text = change(TEXT).replace('topology', `bug: ${id}\ntopology`);
    for (let seed = 1; seed <= SEEDS[bug.rarity]; seed += 1) {
      const [caught] = broken(text, `zoo-${seed}`);
      if (caught === undefined) continue;
      expect(bug.caughtBy).toContain(caught.slice(0, caught.indexOf(':')));
      return;
    }
    expect.fail(`${id} was not found within ${SEEDS[bug.rarity]} seeds`);
  });

  it('accuses no correct code under the same seeds', () => {
    for (let seed = 1; seed <= 40; seed += 1) expect(broken(TEXT, `zoo-${seed}`)).toEqual([]);
    for (const change of Object.values(CHANGES))
      for (let seed = 1; seed <= 20; seed += 1)
        expect(broken(change(TEXT), `zoo-${seed}`)).toEqual([]);
  });
});
