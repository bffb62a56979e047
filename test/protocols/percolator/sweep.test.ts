import { describe, expect, it } from 'vitest';

import { percolator } from '../../../src/protocols/percolator/index.ts';
import { crashSweep } from '../watch.ts';

/** One order over four rows, and readers that meet what it leaves. */
function oneOrder(faults: string): string {
  return `
name: one-order
title: one order
protocol: percolator
topology: { servers: [n1, n2, n3], clients: 2 }
config: { ttl: 300ms }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
liveness: 20s
script:
  - { at: 100ms, client: c1, do: order, key: x, value: { price: 7 } }
  - { at: 300ms, client: c2, do: audit, key: x, value: [x, merchant] }
${faults}`;
}

describe('an order, when somebody crashes at any event of it', () => {
  it.each(['n1', 'n2', 'n3', 'c1'])('%s: all rows or none, and no lock is left', (node) => {
    const { runs, broken } = crashSweep(percolator, oneOrder, node, 150);
    expect(broken).toEqual([]);
    expect(runs).toBeGreaterThan(20);
  });
});
