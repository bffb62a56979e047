import { describe, expect, it } from 'vitest';

import { cutBounds } from '../../../src/protocols/zookeeper/bounds.ts';
import { marksOf } from './marks.ts';

const DELAY_US = 2_000;
const MS = 1_000;
/** A little more or less than a bound. */
const HAIR_US = 5 * MS;
/** The holder pings every third of its timeout: cuts that begin so far apart meet it at every moment between two pings. */
const BEGINS_MS = Array.from({ length: 12 }, (_, at) => 5_000 + at * 290);

const SIZES = [
  { timeoutMs: 10_000, tickMs: 2_000 },
  { timeoutMs: 6_000, tickMs: 500 },
];

interface Size {
  readonly timeoutMs: number;
  readonly tickMs: number;
}

/** What a holder that has nothing to do but to hold hears of a fault. */
function held({ timeoutMs, tickMs }: Size, fault: string, onSuspended = 'assume-lost') {
  const { marks } = marksOf(
    `name: cut
title: A holder on a bad network
claim: How bad it may be.
protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 1 }
config: { tick: ${tickMs}ms, sessionTimeout: ${timeoutMs}ms, hold: 40s, onSuspended: ${onSuspended} }
network: { latency: [1ms, 2ms], fifo: true }
duration: 50s
liveness: 20s
script:
  - { id: s1, at: 2s, client: c1, do: increment, key: x }
faults:
  - { id: fault, ${fault} }
`,
    '1',
  );
  const during = marks.filter(({ node, atUs }) => node === 'c1' && atUs > 3_000_000);
  const saw = (name: string): boolean => during.some((mark) => mark.name === name);
  return {
    connectionLost: saw('disconnected'),
    lockLost: saw('lost'),
    sessionOver: saw('expired'),
  };
}

const NOTHING = { connectionLost: false, lockLost: false, sessionOver: false };

describe.each(SIZES)('a holder with a session timeout of $timeoutMs ms that is cut off', (size) => {
  const config = { sessionTimeoutUs: size.timeoutMs * MS, tickUs: size.tickMs * MS };
  const bounds = cutBounds(config, 3, DELAY_US);
  const cuts = (lengthUs: number, onSuspended?: string) =>
    BEGINS_MS.map((beginsMs) =>
      held(
        size,
        `at: ${beginsMs}ms, kind: partition, groups: [[c1], [z1, z2, z3]], for: ${lengthUs}us`,
        onSuspended,
      ),
    );

  it('notices nothing for nearly a quarter of the timeout', () => {
    expect(bounds.unnoticedUs / config.sessionTimeoutUs).toBeCloseTo(1 / 4, 2);
    for (const seen of cuts(bounds.unnoticedUs - HAIR_US)) expect(seen).toEqual(NOTHING);
  });

  it('notices nothing when for half a minute every message takes up to so much longer', () => {
    const delay = `[0ms, ${bounds.unnoticedUs - HAIR_US}us]`;
    for (const way of ['from: c1, to: servers', 'from: servers, to: c1'])
      expect(held(size, `at: 5s, kind: messages, ${way}, delay: ${delay}, for: 30s`)).toEqual(
        NOTHING,
      );
  });

  it('may lose its connection, and with it the lock, a little later, and not its session', () => {
    const seen = cuts(bounds.sessionKeptUs - HAIR_US);
    expect(seen.some(({ lockLost }) => lockLost)).toBe(true);
    expect(seen.some(({ lockLost }) => !lockLost)).toBe(true);
    expect(seen.some(({ sessionOver }) => sessionOver)).toBe(false);
  });

  it('has lost them after two thirds of it', () => {
    for (const seen of cuts(bounds.connectionLostUs + HAIR_US)) {
      expect(seen.connectionLost).toBe(true);
      expect(seen.lockLost).toBe(true);
    }
  });

  it('keeps the lock for as long as the session when it hopes until a server says that it is over', () => {
    for (const seen of cuts(bounds.sessionKeptUs - HAIR_US, 'keep'))
      expect(seen.lockLost).toBe(false);
    for (const seen of cuts(bounds.sessionOverUs + HAIR_US, 'keep'))
      expect(seen.lockLost).toBe(true);
  });

  it('has lost its session after the timeout and a tick', () => {
    for (const seen of cuts(bounds.sessionOverUs + HAIR_US)) expect(seen.sessionOver).toBe(true);
  });
});
