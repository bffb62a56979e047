import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import { violatedOf } from '../run-text.ts';
import { textOf } from './marks.ts';

const SEEDS = 40;

/** The scenario with so little time for everybody to be served that it ends in the middle of something. */
function endsEarly(name: string, liveness: string): string {
  return textOf(name)
    .replace(/^liveness: .*$/m, `liveness: ${liveness}`)
    .replace(/^(properties|require):[\s\S]*/m, '');
}

/** How many of the runs violate each property. */
function violations(text: string): Readonly<Record<string, number>> {
  const scenario = compileScenario(text, 'early.yaml', PROTOCOLS);
  const counts: Record<string, number> = {};
  for (let seed = 1; seed <= SEEDS; seed += 1)
    for (const name of violatedOf(runScenario(scenario, { seed: String(seed) })))
      counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe('a run that ends in the middle of a hand-over', () => {
  it.each([
    ['zk-faults-clients', '30ms'],
    ['zk-faults-clients', '300ms'],
    ['zk-faults-rw', '100ms'],
    ['zk-faults-semaphore', '50ms'],
    ['zk-faults-impatient', '10ms'],
    ['zk-faults-unordered', '100ms'],
  ])('is not said to have lost a wake-up or a node: %s, %s after the faults', (name, liveness) => {
    const found = violations(endsEarly(name, liveness));
    expect(found['liveness']).toBeGreaterThan(0);
    expect(Object.keys(found)).toEqual(['liveness']);
  });
});

describe('a waiter that nothing wakes', () => {
  it.each([
    'zk-lost-wakeup-race-missed',
    'zk-watches-not-restored',
    'zk-missed-while-away',
    'zk-rw-later-writers',
  ])('is found, with nothing else under way: %s', (name) => {
    const { result } = run(name);
    expect(result).toContain('no-lost-wakeup');
  });

  function run(name: string) {
    const scenario = compileScenario(textOf(name), `${name}.yaml`, PROTOCOLS);
    return { result: violatedOf(runScenario(scenario, { seed: '1' })) };
  }
});
