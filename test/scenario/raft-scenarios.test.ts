import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { outcomeOf, type RunResult } from '../../src/scenario/run-result.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const FOLDER = new URL('../../scenarios/raft/', import.meta.url);
/** `SPLITBRAIN_SEEDS=2000 npx vitest run test/scenario/raft-scenarios.test.ts` for the long campaign. */
const CAMPAIGN_SEEDS = Number(process.env['SPLITBRAIN_SEEDS'] ?? 200);

function scenario(name: string, change: (text: string) => string = (text) => text): Scenario {
  const text = readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8');
  return compileScenario(change(text), `${name}.yaml`, PROTOCOLS);
}

/** What is not as declared, in words; empty when everything is. */
function complaints(result: RunResult): string[] {
  if (outcomeOf(result.properties) === 'passed') return [];
  return result.properties
    .filter(({ verdict, declared }) => verdict !== declared)
    .map(({ name, verdict, sentence }) => `seed ${result.seed}: ${name} ${verdict}: ${sentence}`);
}

describe('the bundled Raft scenarios', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));

  it.each(names)('%s ends as declared, whatever the seed', (name) => {
    const compiled = scenario(name);
    const found = ['1', '2', '3', '4', '5'].flatMap((seed) =>
      complaints(runScenario(compiled, { seed, freeze: true })),
    );
    expect(found).toEqual([]);
  });

  it('are named like their files', () => {
    for (const name of names) expect(scenario(name).name).toBe(name);
  });
});

describe('the default fault profile', () => {
  it('raises no false alarm on correct Raft', () => {
    const compiled = scenario('default-faults');
    const found: string[] = [];
    for (let seed = 1; seed <= CAMPAIGN_SEEDS; seed += 1)
      found.push(...complaints(runScenario(compiled, { seed: String(seed) })));
    expect(found).toEqual([]);
  });

  it('finds the stale read of unchecked leader-local reads within 200 seeds', () => {
    const compiled = scenario('default-faults', (text) => text.replace('readIndex', 'leaderLocal'));
    let seed = 1;
    for (; seed <= 200; seed += 1) {
      const { properties } = runScenario(compiled, { seed: String(seed) });
      if (properties.some(({ name, verdict }) => name === 'linearizable' && verdict === 'violated'))
        break;
    }
    expect(seed).toBeLessThanOrEqual(200);
  });

  it('bites: every kind of fault it draws has an effect in some run', () => {
    const compiled = scenario('default-faults');
    const drawn = new Set<string>();
    const bitten = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1)
      for (const { kind, effect } of runScenario(compiled, { seed: `bite-${seed}` }).faults) {
        drawn.add(kind);
        if (effect > 0) bitten.add(kind);
      }
    expect([...drawn].filter((kind) => !bitten.has(kind))).toEqual([]);
    expect(drawn.size).toBeGreaterThan(10);
  });
});

describe('Figure 8', () => {
  it('loses a committed entry with the bug, under every seed', () => {
    const compiled = scenario('figure8-bug');
    for (let seed = 1; seed <= 30; seed += 1)
      expect(complaints(runScenario(compiled, { seed: `f8-${seed}` }))).toEqual([]);
  });
});
