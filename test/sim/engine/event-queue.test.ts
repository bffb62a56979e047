import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CONTROL } from '../../../src/sim/engine/event-kind.ts';
import { EventQueue } from '../../../src/sim/engine/event-queue.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';

interface Expected {
  readonly timeUs: number;
  readonly tie: number;
  readonly label: string;
}

const commands = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 50 }) }) },
    { weight: 2, arbitrary: fc.constant({ push: null }) },
  ),
  { maxLength: 400 },
);

describe('the event queue', () => {
  it('pops what a sorted array would, whatever the order of pushes and pops', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const queue = new EventQueue();
        const model: Expected[] = [];
        let tie = 0;
        for (const { push } of steps) {
          if (push !== null) {
            const label = `event ${tie}`;
            queue.push(push, tie, CONTROL, tie % 7, tie % 5, tie, tie * 31, label);
            model.push({ timeUs: push, tie, label });
            model.sort((a, b) => a.timeUs - b.timeUs || a.tie - b.tie);
            tie += 1;
          } else if (model.length > 0) {
            const expected = model.shift()!;
            expect(queue.nextTimeUs()).toBe(expected.timeUs);
            const slot = queue.pop();
            expect([queue.a[slot], queue.digest[slot], queue.payload[slot]]).toEqual([
              expected.tie,
              expected.tie * 31,
              expected.label,
            ]);
            expect([queue.node[slot], queue.peer[slot]]).toEqual([
              expected.tie % 7,
              expected.tie % 5,
            ]);
            queue.release(slot);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every field while it grows far beyond its first capacity', () => {
    const queue = new EventQueue();
    const count = 5_000;
    for (let index = 0; index < count; index += 1)
      queue.push((index * 7919) % count, index, CONTROL, 0, -1, index, 0, { index });
    for (let timeUs = 0; timeUs < count; timeUs += 1) {
      expect(queue.nextTimeUs()).toBe(timeUs);
      const slot = queue.pop();
      expect(queue.payload[slot]).toEqual({ index: queue.a[slot] });
      queue.release(slot);
    }
    expect(queue.nextTimeUs()).toBe(Infinity);
  });

  it('grows in time while a popped slot is still in use, as it is while its event is handled', () => {
    const queue = new EventQueue();
    let tie = 0;
    const push = (timeUs: number): void => {
      queue.push(timeUs, tie, CONTROL, 0, -1, tie, 0, tie);
      tie += 1;
    };
    push(0);
    const taken: unknown[] = [];
    // Every event handled adds two: the queue passes each of its capacities with a slot in hand.
    for (let handled = 0; handled < 3_000; handled += 1) {
      const slot = queue.pop();
      const inHand = queue.payload[slot];
      push(handled + 1);
      push(handled + 1);
      expect(queue.payload[slot]).toBe(inHand);
      taken.push(inHand);
      queue.release(slot);
    }
    expect(taken).toEqual(Array.from({ length: 3_000 }, (_, index) => index));
  });

  it('forgets a payload when its slot is released', () => {
    const queue = new EventQueue();
    queue.push(1, 0, CONTROL, 0, 0, 0, 0, 'payload');
    const slot = queue.pop();
    queue.release(slot);
    expect(queue.payload[slot]).toBeUndefined();
  });
});

/** The order in which `count` events of one microsecond happen, after one earlier and before one later event. */
function orderOfTies(seed: string, ties: 'fifo' | 'shuffled', count: number): string[] {
  const simulation = new Simulation({ seed, ties });
  const order: string[] = [];
  const note = (label: string) => (): void => {
    order.push(label);
  };
  simulation.control(20, 'late', note('late'));
  for (let index = 0; index < count; index += 1)
    simulation.control(10, `tie ${index}`, note(String(index)));
  simulation.control(5, 'early', note('early'));
  simulation.run();
  return order;
}

describe('events of one microsecond', () => {
  const scheduled = Array.from({ length: 40 }, (_, index) => String(index));

  it('happen as scheduled by default', () => {
    expect(orderOfTies('any', 'fifo', 40)).toEqual(['early', ...scheduled, 'late']);
  });

  it('happen in a drawn order when ties are shuffled: the same for one seed, another for another', () => {
    const first = orderOfTies('a', 'shuffled', 40);
    expect(first[0]).toBe('early');
    expect(first.at(-1)).toBe('late');
    expect(first.slice(1, -1)).not.toEqual(scheduled);
    expect(first.slice(1, -1).sort((a, b) => Number(a) - Number(b))).toEqual(scheduled);
    expect(orderOfTies('a', 'shuffled', 40)).toEqual(first);
    expect(orderOfTies('b', 'shuffled', 40)).not.toEqual(first);
  });

  it('are shuffled without a bias: each of two events comes first about half the time', () => {
    let firstFirst = 0;
    for (let seed = 0; seed < 400; seed += 1)
      if (orderOfTies(String(seed), 'shuffled', 2)[1] === '0') firstFirst += 1;
    // Four standard deviations around 200.
    expect(firstFirst).toBeGreaterThan(160);
    expect(firstFirst).toBeLessThan(240);
  });
});

describe('the run', () => {
  it('stops before the first event beyond its limit and goes on from there', () => {
    const simulation = new Simulation({ seed: 's' });
    const seen: number[] = [];
    for (const atUs of [10, 20, 30, 40])
      simulation.control(atUs, 'tick', () => {
        seen.push(simulation.nowUs);
      });
    simulation.run({ untilUs: 20 });
    expect(seen).toEqual([10, 20]);
    simulation.run({ maxEvents: 3 });
    expect(seen).toEqual([10, 20, 30]);
    simulation.run();
    expect(seen).toEqual([10, 20, 30, 40]);
  });

  it('ends after the event that asks for it', () => {
    const simulation = new Simulation({ seed: 's' });
    simulation.control(1, 'stop', () => {
      simulation.stop();
    });
    simulation.control(2, 'never', () => {
      throw new Error('ran on');
    });
    simulation.run();
    expect(simulation.nowUs).toBe(1);
  });

  it('never goes back in time: what is asked for the past happens now', () => {
    const simulation = new Simulation({ seed: 's' });
    const seen: number[] = [];
    simulation.control(100, 'late', () => {
      simulation.control(40, 'asked for the past', () => {
        seen.push(simulation.nowUs);
      });
    });
    simulation.run();
    expect(seen).toEqual([100]);
  });

  it('refuses a seed that is a number, and two nodes of one name', () => {
    expect(() => new Simulation({ seed: 7 as unknown as string })).toThrow(
      /seed: expected a string/,
    );
    const simulation = new Simulation({ seed: 's' });
    simulation.addNode('n1', () => ({}));
    expect(() => simulation.addNode('n1', () => ({}))).toThrow(/two nodes are called 'n1'/);
  });
});
