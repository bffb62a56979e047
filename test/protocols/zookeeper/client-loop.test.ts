import { describe, expect, it } from 'vitest';

import { ClientLoop } from '../../../src/protocols/zookeeper/client-loop.ts';

const SECOND_US = 1_000_000;

/** A client that has just sent and heard something, with a clock to move. */
function connected(sessionTimeoutUs: number) {
  const clock = { nowUs: 0 };
  const loop = new ClientLoop(sessionTimeoutUs, () => clock.nowUs);
  loop.heard();
  loop.sent();
  return { clock, loop };
}

/** When a client that nothing wakes but the answers to its pings, after `answerUs`, sends them, µs. */
function pingsUs(sessionTimeoutUs: number, answerUs: number, untilUs: number): readonly number[] {
  const { clock, loop } = connected(sessionTimeoutUs);
  const pings: number[] = [];
  let answeredUs = Infinity;
  while (clock.nowUs < untilUs) {
    if (loop.isLost()) throw new Error(`lost at ${clock.nowUs}`);
    if (loop.isPingDue()) {
      pings.push(clock.nowUs);
      loop.sent();
      answeredUs = Math.min(answeredUs, clock.nowUs + answerUs);
    }
    const wakesUs = clock.nowUs + loop.sleepUs();
    clock.nowUs = Math.min(wakesUs, answeredUs);
    if (clock.nowUs !== answeredUs) continue;
    loop.heard();
    answeredUs = Infinity;
  }
  return pings;
}

describe("the loop of a client's connection", () => {
  // A real client (org.apache.zookeeper 3.8.0), idle, on one machine: every 1.34 s, 3.35 s and 13.40 s.
  it.each([
    [4, [1_333_333, 2_666_666, 3_999_999]],
    [10, [3_333_333, 6_666_666, 9_999_999]],
    [40, [13_333_333, 26_666_666, 39_999_999]],
  ])('pings every third of a session timeout of %d s, as a real one does', (seconds, expected) => {
    const timeoutUs = seconds * SECOND_US;
    expect(pingsUs(timeoutUs, 2_000, timeoutUs)).toEqual(expected);
  });

  it('pings when it is woken more than ten seconds after its last word, or a second before its time', () => {
    const { clock, loop } = connected(60 * SECOND_US);
    clock.nowUs = 10 * SECOND_US;
    expect(loop.isPingDue()).toBe(false);
    clock.nowUs += 1;
    expect(loop.isPingDue()).toBe(true);

    const short = connected(12 * SECOND_US);
    short.clock.nowUs = 3 * SECOND_US - 1;
    expect(short.loop.isPingDue()).toBe(false);
    short.clock.nowUs += 1;
    expect(short.loop.isPingDue()).toBe(true);
  });

  it('gives its connection up after two thirds of the timeout without a word, however late answers come', () => {
    const { clock, loop } = connected(9 * SECOND_US);
    clock.nowUs = 6 * SECOND_US - 1;
    expect(loop.isLost()).toBe(false);
    clock.nowUs += 1;
    expect(loop.isLost()).toBe(true);
    expect(() => pingsUs(9 * SECOND_US, 2_900_000, 100 * SECOND_US)).not.toThrow();
  });
});
