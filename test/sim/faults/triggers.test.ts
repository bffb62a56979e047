import { describe, expect, it } from 'vitest';

import type { Moment, Trigger } from '../../../src/sim/faults/fault.ts';
import { faultWorld, nodes, timed, triggered } from '../support/fault-world.ts';

const PAUSE = { kind: 'pause', target: nodes('n2') } as const;

/** When a pause of n2 that waits for `when` begins and ends; null when it never does. */
function beginsAt(when: Trigger, delayUs = 0): { startUs: number | null; event: number | null } {
  const other = timed('other', 200_000, 100_000, { kind: 'halves' });
  const world = faultWorld({ schedule: [other, triggered('f1', { when, delayUs }, PAUSE)] });
  const { simulation, hub } = world;
  for (const [atUs, edge] of [
    [150_000, 'invoke'],
    [160_000, 'complete'],
    [170_000, 'complete'],
  ] as const)
    simulation.control(atUs, edge, () => {
      hub.onOperation('buy', edge);
    });
  simulation.run({ untilUs: 1_000_000 });
  const { startUs, startEvent: event } = world.report('f1');
  return { startUs, event };
}

const MARK = { kind: 'mark', mark: 'third', node: null, where: {}, nth: 1 } as const;
const MESSAGE = {
  kind: 'message',
  type: 'Beat',
  from: null,
  to: null,
  on: 'sent',
  nth: 1,
} as const;

describe('a trigger', () => {
  it.each<[string, Trigger, number | null]>([
    ['the first mark of any node', MARK, 30_000],
    ['the mark of one node', { ...MARK, node: 'n4' }, 30_000],
    ['a mark that nobody makes', { ...MARK, mark: 'fourth' }, null],
    ['a mark with a field', { ...MARK, where: { number: 3 } }, 30_000],
    ['a mark with another field', { ...MARK, where: { number: 4 } }, null],
    ['more marks than there are', { ...MARK, nth: 8 }, null],
    ['the first message sent', MESSAGE, 10_000],
    ['the third message sent from n1 to n3', { ...MESSAGE, from: 'n1', to: 'n3', nth: 3 }, 30_000],
    ['the third delivered', { ...MESSAGE, from: 'n1', to: 'n3', nth: 3, on: 'delivered' }, 31_000],
    ['a message of another type', { ...MESSAGE, type: 'Vote' }, null],
    ['another fault’s begin', { kind: 'fault', id: 'other', edge: 'start' }, 200_000],
    ['another fault’s end', { kind: 'fault', id: 'other', edge: 'end' }, 300_000],
    ['an operation invoked', { kind: 'operation', id: 'buy', edge: 'invoke' }, 150_000],
    ['an operation completed', { kind: 'operation', id: 'buy', edge: 'complete' }, 160_000],
    ['an operation that never comes', { kind: 'operation', id: 'sell', edge: 'invoke' }, null],
  ])('%s', (_name, when, atUs) => {
    expect(beginsAt(when).startUs).toBe(atUs);
    expect(beginsAt(when, 7_000).startUs).toBe(atUs === null ? null : atUs + 7_000);
  });

  it('on a number of events begins in the very next event', () => {
    const { startUs, event } = beginsAt({ kind: 'event', event: 100 });
    const world = faultWorld({ schedule: [] });
    world.simulation.run({ maxEvents: 100 });
    expect(startUs).toBe(world.simulation.nowUs);
    // Events of the same microsecond that were there first may come between.
    expect(event).toBeGreaterThan(100);
    expect(event).toBeLessThan(150);
  });

  it('fires once, not again at every further match', () => {
    const world = faultWorld({
      schedule: [triggered('f1', { when: MESSAGE, delayUs: 0 }, PAUSE)],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    const { effect, state, endUs } = world.report('f1');
    expect([effect, state, endUs]).toEqual([1, 'ended', 60_000]);
  });

  it('never acts inside the event that pulled it', () => {
    const world = faultWorld({ schedule: [] });
    let inside = true;
    world.faults.at({ when: MESSAGE, delayUs: 0 }, 'script step', () => {
      inside = world.simulation.trace.events <= firedIn;
    });
    let firedIn = 0;
    world.hub.wait(MESSAGE, () => {
      firedIn = world.simulation.trace.events;
    });
    world.simulation.run({ untilUs: 20_000 });
    expect(firedIn).toBeGreaterThan(0);
    expect(inside).toBe(false);
  });

  it.each<[string, Moment, number]>([
    ['a time', { atUs: 90_000 }, 90_000],
    ['a trigger', { when: MARK, delayUs: 4_000 }, 34_000],
    ['a time that is past when it begins: at once', { atUs: 5_000 }, 20_000],
  ])('may also end a fault: %s', (_name, until, endUs) => {
    const world = faultWorld({
      schedule: [{ id: 'f1', start: { atUs: 20_000 }, end: { until }, action: PAUSE }],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    expect(world.report('f1').endUs).toBe(endUs);
  });
});
