import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { BrokerState } from '../../../src/protocols/messaging/broker-state.ts';
import { commonLength } from '../../../src/protocols/messaging/common-length.ts';
import { deliveriesFor } from '../../../src/protocols/messaging/deliveries.ts';
import type { BrokerRecord, Content, Entry } from '../../../src/protocols/messaging/records.ts';

function content(key: string, shardKey = 'x'): Content {
  return { key, shardKey, credit: [{ account: 'y', delta: 1 }], producer: 0 };
}

function stateOf(records: readonly BrokerRecord[], queues = 2, groups = 2): BrokerState {
  const state = new BrokerState(queues, groups);
  for (const record of records) state.apply(record, 0);
  return state;
}

describe("a broker's state", () => {
  it('keeps a half message invisible until it is a message', () => {
    const half: BrokerRecord = { kind: 'half', half: '1', content: content('k') };
    const state = stateOf([half]);
    expect(state.halves.get('1')?.content.key).toBe('k');
    expect(deliveriesFor(state, 0, [{ queue: 0, next: 0, done: 0 }], 9)).toEqual([]);
  });

  it('counts checks in the log, so that a restart forgets none', () => {
    const half: BrokerRecord = { kind: 'half', half: '1', content: content('k') };
    const checked: BrokerRecord = { kind: 'checked', half: '1' };
    expect(stateOf([half, checked, checked]).halves.get('1')?.checks).toBe(2);
  });

  it('ends several half messages with one record of the op queue', () => {
    const state = stateOf([
      { kind: 'half', half: '1', content: content('k') },
      { kind: 'half', half: '2', content: content('l') },
      {
        kind: 'ops',
        ends: [
          { half: '1', end: 'committed' },
          { half: '2', end: 'rolledBack' },
        ],
      },
    ]);
    expect(state.halves.size).toBe(0);
    expect([...state.ended.values()]).toEqual(['committed', 'rolledBack']);
  });

  it('puts messages of one account into one queue, in their order', () => {
    const state = stateOf(
      ['a', 'b', 'c'].map((key) => ({ kind: 'message', content: content(key), half: null })),
    );
    const queue = state.queueOf('x');
    expect(state.queues[queue]!.map((queued) => queued.content.key)).toEqual(['a', 'b', 'c']);
  });

  it('keeps what each group has done apart', () => {
    const state = stateOf([
      { kind: 'message', content: content('k'), half: null },
      { kind: 'offset', group: 1, queue: 0, offset: 1 },
      { kind: 'waiting', group: 0, attempt: 2, content: content('k') },
      { kind: 'again', group: 0, attempt: 2, content: content('k') },
    ]);
    expect(state.groups.map(({ retryQueue }) => retryQueue.length)).toEqual([1, 0]);
    expect(state.groups.map(({ offsets }) => offsets[0])).toEqual([0, 1]);
    const retries = [{ queue: state.retryQueueNumber, next: 0, done: 0 }];
    expect(deliveriesFor(state, 0, retries, 9).map(({ attempt }) => attempt)).toEqual([2]);
    expect(deliveriesFor(state, 1, retries, 9)).toEqual([]);
  });

  test.prop([fc.nat(6), fc.nat(6), fc.nat(8)])(
    'gives a consumer what follows its place, no more than it has room for or may read',
    (next, room, readable) => {
      const state = stateOf(
        [0, 1, 2, 3, 4].map((n) => ({ kind: 'message', content: content(`k${n}`), half: null })),
        1,
      );
      const most = Math.min(readable, 5);
      const found = deliveriesFor(state, 0, [{ queue: 0, next, done: 0 }], room, () => most);
      const expected = [0, 1, 2, 3, 4].filter((n) => n >= next && n < most).slice(0, room);
      expect(found.map(({ offset }) => offset)).toEqual(expected);
    },
  );
});

describe('how long two logs are the same', () => {
  const entriesOf = (epochs: readonly number[]): Entry[] =>
    epochs.map((epoch) => ({ epoch, record: { kind: 'reversed', key: 'k' } }));

  it.each([
    [[1, 1], [1, 1, 1], 2],
    [[1, 1, 2], [1, 1, 1], 2],
    [[1, 3], [1, 1, 3], 1],
    [[2], [1], 0],
    [[], [1], 0],
  ])('%j and %j: %i entries', (a, b, length) => {
    expect(commonLength(entriesOf(a), entriesOf(b))).toBe(length);
  });
});
