import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { outcomeOf, type RunResult } from '../../../src/scenario/run-result.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';

const FOLDER = new URL('../../../scenarios/redlock/', import.meta.url);
/** `SPLITBRAIN_SEEDS=2000 npx vitest run test/protocols/redlock/scenarios.test.ts` for the long campaign. */
const CAMPAIGN_SEEDS = Number(process.env['SPLITBRAIN_SEEDS'] ?? 60);

function scenario(name: string): Scenario {
  const text = readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8');
  return compileScenario(text, `${name}.yaml`, PROTOCOLS);
}

function complaints(result: RunResult): string[] {
  if (outcomeOf(result.properties) === 'passed') return [];
  return result.properties
    .filter(({ verdict, declared }) => verdict !== declared)
    .map(({ name, verdict, sentence }) => `seed ${result.seed}: ${name} ${verdict}: ${sentence}`);
}

describe('the bundled RedLock scenarios', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));

  it.each(names)('%s ends as declared, whatever the seed', (name) => {
    const compiled = scenario(name);
    expect(compiled.name).toBe(name);
    const found = ['1', '2', '3'].flatMap((seed) =>
      complaints(runScenario(compiled, { seed, freeze: true })),
    );
    expect(found).toEqual([]);
  });

  it('run the same with and without the judge', () => {
    const compiled = scenario('redlock-faults');
    const judged = runScenario(compiled, { seed: '1' });
    expect(runScenario(compiled, { seed: '1', invariants: false }).hash).toBe(judged.hash);
  });
});

describe.each(['redlock-faults', 'fair-lock-faults'])('the fault profile of %s', (name) => {
  it('raises no false alarm on the correct code', () => {
    const compiled = scenario(name);
    const found: string[] = [];
    for (let seed = 1; seed <= CAMPAIGN_SEEDS; seed += 1)
      found.push(...complaints(runScenario(compiled, { seed: String(seed) })));
    expect(found).toEqual([]);
  });
});
