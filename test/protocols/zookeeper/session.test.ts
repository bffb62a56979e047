import { describe, expect, it } from 'vitest';

import { violatedOf } from '../run-text.ts';
import { marksOf } from './marks.ts';

interface Network {
  readonly timeoutMs: number;
  readonly latencyMs: readonly [number, number];
}

/** Two clients that take one lock after the other on a network with no fault at all. */
function healthy({ timeoutMs, latencyMs: [shortest, longest] }: Network) {
  return marksOf(
    `name: healthy
title: A slow network
claim: Nothing is lost.
protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 2 }
config:
  tick: ${timeoutMs / 4}ms
  sessionTimeout: ${timeoutMs}ms
  electionTimeout: 4s
  heartbeat: 500ms
  hold: 100ms
  holds: { c1: 20s }
  resourceTimeout: 5s
network: { latency: [${shortest}ms, ${longest}ms], fifo: true }
duration: 50s
liveness: 20s
script:
  - { id: s1, at: 10s, client: c1, do: increment, key: x }
  - { id: s2, at: 12s, client: c2, do: increment, key: x }
require: { outcomes: { s1: ok, s2: ok } }
`,
    '1',
  );
}

describe('a session on a healthy network', () => {
  it.each([
    { timeoutMs: 4_000, latencyMs: [1, 2] },
    // A round trip is longer than a twelfth of the timeout, and than the time after which a ping is sent again.
    { timeoutMs: 4_000, latencyMs: [180, 200] },
    { timeoutMs: 10_000, latencyMs: [420, 450] },
  ] as const)(
    'keeps its connection and its lock: timeout $timeoutMs ms, one way $latencyMs ms',
    (network) => {
      const { result, marks } = healthy(network);
      const names = new Set(marks.map(({ name }) => name));
      expect(names).toContain('released');
      for (const name of ['disconnected', 'lost', 'expired']) expect(names).not.toContain(name);
      expect(violatedOf(result)).toEqual([]);
    },
  );
});

describe('a client that its server cannot hear', () => {
  /** The waiter c1 is not heard any more from 2.5 s on; the holder lets go at 4.3 s, and c1 hears of that. */
  const { marks } = marksOf(
    `name: one-way
title: A client that hears and is not heard
claim: What it hears keeps its connection until the session is over.
protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 2 }
config: { tick: 500ms, sessionTimeout: 4s, holds: { c2: 2200ms } }
network: { latency: [1ms, 2ms], fifo: true }
duration: 12s
liveness: 20s
script:
  - { id: s1, at: 2s, client: c2, do: increment, key: x }
  - { id: s2, at: 2100ms, client: c1, do: increment, key: x }
faults:
  - { id: deaf, at: 2500ms, kind: messages, from: c1, to: servers, drop: 100%, for: 6s }
`,
    '1',
  );
  const lostUs = marks.find(({ node, name }) => node === 'c1' && name === 'disconnected')!.atUs;

  it('takes an event for a sign of life, as the real client takes every byte', () => {
    // It last had an answer before 2.2 s: two thirds of the timeout later would be 4.9 s.
    expect(lostUs).toBeGreaterThan(5_000_000);
  });

  it('learns that its session is over when the server closes the connection, before its own silence is over', () => {
    const sessionOverUs = 2_100_000 + 4_000_000;
    expect(lostUs).toBeGreaterThan(sessionOverUs);
    expect(lostUs).toBeLessThan(sessionOverUs + 500_000 + 100_000);
  });
});
