import { check, type Fault } from 'splitbrain';
import { describe, expect, it } from 'vitest';

import {
  CarefulClient,
  CarefulReader,
  Client,
  DurableReplica,
  MajorityReader,
  Replica,
  run,
  type Setup,
} from './register.ts';

const SEEDS = 300;

/** Client c0 is cut off and comes back, again and again. */
const flapping: readonly Fault[] = [
  {
    id: 'flapping',
    start: { atUs: 50_000 },
    end: { forUs: 2_000_000 },
    action: {
      kind: 'flapping',
      target: { kind: 'nodes', names: ['c0'] },
      cutUs: 75_000,
      healedUs: 75_000,
    },
  },
];

/** One after the other, every replica loses its power for a while. */
const outages: readonly Fault[] = ['r1', 'r2', 'r3'].map((name, index) => ({
  id: `outage of ${name}`,
  start: { atUs: 100_000 + index * 200_000 },
  end: { forUs: 100_000 },
  action: { kind: 'power-loss', target: { kind: 'nodes', names: [name] } },
}));

/** What the checker says of the first seed that breaks the register, or null. */
function firstViolation(setup: Setup): string | null {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const verdict = check(run(setup, seed).history, { model: 'register', initial: null });
    if (verdict.verdict === 'violated') return `seed ${seed}\n\n${verdict.explanation}\n`;
  }
  return null;
}

describe('the register of the tutorial', () => {
  it('1: reading one replica is stale', async () => {
    const story = firstViolation({ replica: Replica, client: Client });
    expect(story).not.toBeNull();
    await expect(story).toMatchFileSnapshot('1-read-one.txt');
  });

  it('2: reading a majority goes back in time while a write is under way', async () => {
    const story = firstViolation({ replica: Replica, client: MajorityReader });
    expect(story).not.toBeNull();
    await expect(story).toMatchFileSnapshot('2-read-majority.txt');
  });

  it('3: writing back what was read is linearizable, as long as nothing breaks', () => {
    expect(firstViolation({ replica: Replica, client: CarefulReader })).toBeNull();
  });

  it('4: a writer that was cut off uses a stamp twice', async () => {
    const story = firstViolation({ replica: Replica, client: CarefulReader, faults: flapping });
    expect(story).not.toBeNull();
    await expect(story).toMatchFileSnapshot('4-cut-off.txt');
  });

  it('5: with stamps used once, no partition harms', () => {
    const setup = { replica: Replica, client: CarefulClient, faults: flapping };
    expect(firstViolation(setup)).toBeNull();
    for (const { effect } of run(setup, 1).faults) expect(effect).toBeGreaterThan(0);
  });

  it('6: a replica that loses its power forgets what it confirmed', async () => {
    const story = firstViolation({ replica: Replica, client: CarefulClient, faults: outages });
    expect(story).not.toBeNull();
    await expect(story).toMatchFileSnapshot('6-power-loss.txt');
  });

  it('7: on disk before it is said, the register survives every outage', () => {
    const setup = { replica: DurableReplica, client: CarefulClient, faults: outages };
    expect(firstViolation(setup)).toBeNull();
    for (const { effect } of run(setup, 1).faults) expect(effect).toBeGreaterThan(0);
  });
});
