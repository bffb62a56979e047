import { describe, expect, it } from 'vitest';

import { overrunBoundUs } from '../../../src/protocols/etcd/bounds.ts';
import { leaseCount, type LeaseCounted } from '../../../src/protocols/etcd/lease-count.ts';
import { complaintsOf, documentOf, runOf, type Document } from './runs.ts';

describe('a lease counted from sending', () => {
  it('is over when its time has passed since it was asked for, however late the answer came', () => {
    const count = leaseCount('from-sending', 2_000_000);
    expect(count.untilUs(5_000_000, 5_900_000)).toBe(7_000_000);
  });
});

describe('a lease counted as clientv3 does', () => {
  it('is over at the first look, once a second since the first answer, after its time since the last', () => {
    const count = leaseCount('as-clientv3', 2_000_000);
    expect(count.untilUs(100_000, 300_000)).toBe(3_300_000);
    expect(count.untilUs(900_000, 1_000_000)).toBe(3_300_000);
    expect(count.untilUs(1_200_000, 1_299_999)).toBe(3_300_000);
    expect(count.untilUs(1_200_000, 1_300_000)).toBe(4_300_000);
  });
});

/** The scenario with a leader that ends leases on time, and a holder that never comes to its end by itself. */
const cutOff = documentOf('etcd-cut-off-holder-clientv3');
const [cut] = cutOff['faults'] as readonly object[];

/** How long the holder believed too long, µs, when it was cut off so long after its first lease; every message takes up to `delayMs`. */
function overrunUs(
  leaseCounted: LeaseCounted,
  delayMs: number,
  afterMs: number,
  seed: string,
): number {
  const document = {
    ...cutOff,
    config: {
      ttl: '2s',
      leaseCounted,
      expiryCheck: '1ms',
      holds: { c1: '9s' },
      judgeBelief: false,
    },
    network: { latency: ['1ms', `${delayMs}ms`], fifo: true },
    faults: [{ ...cut, after: `${afterMs}ms` }],
    require: undefined,
    properties: undefined,
  };
  const { figures, properties } = runOf(document, seed);
  expect(properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  return figures.find(({ name }) => name === 'overrun-max')!.value;
}

/** Over cuts at all moments of a second, and three seeds. */
function greatestOverrunUs(leaseCounted: LeaseCounted, delayMs: number): number {
  const afterMs = Array.from({ length: 14 }, (_, at) => 2_000 + 70 * at);
  return Math.max(
    ...['1', '2', '3'].flatMap((seed) =>
      afterMs.map((ms) => overrunUs(leaseCounted, delayMs, ms, seed)),
    ),
  );
}

describe.each([2, 40])('a holder that is cut off, with messages of up to %d ms,', (delayMs) => {
  it('never believes too long when it counts from sending', () => {
    expect(greatestOverrunUs('from-sending', delayMs)).toBe(
      overrunBoundUs('from-sending', delayMs * 1_000),
    );
  });

  it('believes too long for nearly as long as the bound says, and no longer, when it counts as clientv3', () => {
    const greatestUs = greatestOverrunUs('as-clientv3', delayMs);
    expect(greatestUs).toBeLessThanOrEqual(overrunBoundUs('as-clientv3', delayMs * 1_000));
    expect(greatestUs).toBeGreaterThan(0.8 * overrunBoundUs('as-clientv3', delayMs * 1_000));
  });
});

it('with fencing nothing but belief depends on how leases are counted, whatever goes wrong', () => {
  const faults = documentOf('etcd-faults');
  const config = { ...(faults['config'] as Document), leaseCounted: 'as-clientv3' };
  for (let seed = 1; seed <= 15; seed += 1)
    expect(complaintsOf(runOf({ ...faults, config }, String(seed)))).toEqual([]);
});
