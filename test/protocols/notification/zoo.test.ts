import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { bugs } from '../../../src/protocols/notification/bugs.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const TEXT = readFileSync(
  new URL('../../../scenarios/notification/notify-nemesis.yaml', import.meta.url),
  'utf8',
);
const SEEDS = { easy: 100, medium: 300, hard: 600 };
/** What a bug needs beyond the nemesis. */
const CHANGES: Readonly<Record<string, (text: string) => string>> = {
  'wall-clock-schedule': (text) =>
    text.replace(
      'nemesis: default',
      'nemesis: { weights: { clock-step: 2, isolate-one: 1 }, gap: [100ms, 300ms] }',
    ),
  'gives-up-silently': (text) =>
    text.replace('topology', 'config: { schedule: [0s, 50ms] }\ntopology'),
  'volatile-attempts': (text) =>
    text.replace('topology', 'config: { schedule: [0s, 50ms] }\ntopology'),
};

function broken(text: string, seed: string): string[] {
  const result = runScenario(compileScenario(text, 'zoo.yaml', PROTOCOLS), { seed, freeze: true });
  return result.properties.flatMap(({ name, verdict, sentence }) =>
    verdict === 'violated' ? [`${name}: ${sentence}`] : [],
  );
}

describe('the zoo of notification', () => {
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
