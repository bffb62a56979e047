import { describe, expect, it } from 'vitest';

import { messaging } from '../../../src/protocols/messaging/index.ts';
import { crashSweep } from '../watch.ts';

/** One transfer through these servers. */
function oneTransfer(servers: string, config: string, faults: string): string {
  return `
name: one-transfer
title: one transfer
protocol: messaging
topology: { servers: [${servers}], clients: 1 }
config: { ${config} }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
liveness: 20s
script:
  - { at: 100ms, client: c1, do: transfer, key: x, value: { to: y, amount: 7 } }
${faults}`;
}

describe('a transfer by a reliable message, when a server crashes at any event of it', () => {
  it.each([
    ['the three servers', 'a, mq, b', 'onDead: reverse', ['a', 'mq', 'b']],
    [
      'a broker with a replica',
      'a, mq, mq2, b',
      'replicas: 1, replication: sync, opBatch: 30ms',
      ['mq', 'mq2'],
    ],
    [
      'processes of A and of B',
      'a, a1, a2, mq, b, w1, w2',
      'instances: 2, workers: 2, memberTimeout: 1100ms',
      ['a1', 'a2', 'w1', 'w2'],
    ],
    [
      'an outbox with two relays and receipts',
      'a, r1, r2, mq, b',
      'mode: outbox, relays: 2, receipts: true',
      ['a', 'r1', 'mq', 'b'],
    ],
  ])('%s: nothing is lost, and nothing happens twice', (_, servers, config, nodes) => {
    for (const node of nodes) {
      const { runs, broken } = crashSweep(
        messaging,
        (faults) => oneTransfer(servers, config, faults),
        node,
        150,
      );
      expect(broken).toEqual([]);
      expect(runs).toBeGreaterThan(40);
    }
  });
});
