import { describe, expect, it } from 'vitest';

import { saga } from '../../../src/protocols/saga/index.ts';
import { crashSweep } from '../watch.ts';

/** One order over three services; `stock` decides whether it is done or taken back. */
function oneOrder(stock: number, faults: string): string {
  return `
name: one-order
title: one order
protocol: saga
topology: { servers: 4, clients: 1 }
config: { stock: ${stock} }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
liveness: 20s
script:
  - { at: 100ms, client: c1, do: order, key: x, value: { price: 7 } }
${faults}`;
}

describe('a saga, when a server crashes at any event of it', () => {
  it.each([
    ['is done', 5],
    ['is taken back', 0],
  ])('that %s: nothing breaks', (_, stock) => {
    for (const node of ['n1', 'n2', 'n3', 'n4']) {
      const { runs, broken } = crashSweep(saga, (faults) => oneOrder(stock, faults), node, 150);
      expect(broken).toEqual([]);
      expect(runs).toBeGreaterThan(40);
    }
  });
});
