import { beforeEach, describe, expect, it } from 'vitest';

import { FairOrder } from '../../../src/protocols/redlock/fair-order.ts';
import { RedlockMonitor } from '../../../src/protocols/redlock/monitor.ts';
import { parseConfig } from '../../../src/protocols/redlock/parse-config.ts';

const config = parseConfig({ fair: true, allowEven: true, fairWait: '1s' }, 2);
const question = (value: string): readonly string[] => [
  'EVALSHA',
  'fair-acquire',
  '3',
  'x',
  'queue:x',
  'timeouts:x',
  value,
  '1000',
  '1000',
];

describe('the judge of a queue', () => {
  let nowUs = 0;
  let reported: string[] = [];
  let order: FairOrder;
  beforeEach(() => {
    nowUs = 0;
    reported = [];
    order = new FairOrder(
      config,
      (id) => `c${id}`,
      ({ sentence }) => reported.push(sentence),
      () => nowUs,
      () => null,
    );
  });

  /** The client asks, and is told its place at once. */
  function asks(value: string, client: number, place: number): void {
    const command = question(value);
    order.asked(command, client);
    order.answered(command, place);
  }

  it('reports who is passed while it waits and keeps asking', () => {
    asks('first', 1, 1);
    asks('second', 2, 2);
    order.granted('x', 'second');
    expect(order.overtakes).toBe(1);
    expect(reported).toEqual([
      'the server gave lock x to c2 while c1, which came before it, waited and kept asking.',
    ]);
  });

  it('reports nobody who was silent for longer than it may be', () => {
    asks('first', 1, 1);
    nowUs = 1_500_000;
    asks('second', 2, 2);
    order.granted('x', 'second');
    expect(reported).toEqual([]);
  });

  it.each(['ended', 'died'] as const)(
    'reports nobody who had %s before its question came',
    (how) => {
      const monitor = new RedlockMonitor(
        [0, 1],
        config,
        (id) => `c${id}`,
        ({ sentence }) => reported.push(sentence),
        () => nowUs,
      );
      for (const [client, value] of ['late', 'other'].entries()) {
        monitor.attemptBegan(value, client, ['x'], () => 0);
        if (value === 'late' && how === 'ended') monitor.attemptEnded(value);
        if (value === 'late' && how === 'died') monitor.crashed(client);
        const command = question(value);
        monitor.asked(0, command, client);
        monitor.answered(0, command, 1 + client);
      }
      monitor.stored(0, 'x', { value: 'other', remainingMs: 1_000 }, 1);
      expect(monitor.fairOrder.overtakes).toBe(0);
      expect(reported).toEqual([]);
    },
  );
});
