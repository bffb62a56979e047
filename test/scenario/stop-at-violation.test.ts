import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { property } from './run-toy.ts';

const FOLDER = new URL('../../scenarios/raft/', import.meta.url);

function scenario(name: string, change: (text: string) => string = (text) => text): Scenario {
  const text = readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8');
  return compileScenario(change(text), `${name}.yaml`, PROTOCOLS);
}

describe('a run that is judged while it goes on', () => {
  it('stops at the answer that no order explains, and says at which event', () => {
    const stale = scenario('leader-read-local');
    const whole = runScenario(stale, { seed: '1' });
    const stopped = runScenario(stale, { seed: '1', stopAtViolation: true });
    expect(property(whole, 'linearizable')).toMatchObject({ verdict: 'violated', event: null });
    const found = property(stopped, 'linearizable');
    expect(found).toMatchObject({ verdict: 'violated', event: stopped.events });
    expect(stopped.events).toBeLessThan(whole.events);
    // Without its last answer the history was still in order.
    const before = runScenario(stale, { seed: '1', untilEvent: stopped.events - 1 });
    expect(property(before, 'linearizable').verdict).toBe('holds');
  });

  it('judges as a run that is judged afterwards, seed for seed, and changes no run that holds', () => {
    const faulty = scenario('default-faults', (text) => text.replace('readIndex', 'leaderLocal'));
    let violated = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const whole = runScenario(faulty, { seed: String(seed) });
      const stopped = runScenario(faulty, { seed: String(seed), stopAtViolation: true });
      const { verdict, event } = property(stopped, 'linearizable');
      expect([seed, verdict]).toEqual([seed, property(whole, 'linearizable').verdict]);
      if (verdict === 'violated') {
        violated += 1;
        expect(event).toBe(stopped.events);
      } else expect(stopped.hash).toBe(whole.hash);
      expect(stopped.world.follower!.retained).toBeLessThan(400);
    }
    expect(violated).toBeGreaterThan(0);
  });
});

/** Some of them read stale values. */
const SEEDS = 120;
