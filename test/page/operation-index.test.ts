import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { History } from '../../src/history/history.ts';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { OperationIndex } from '../../src/page/model/operation-index.ts';
import { stalenessUs } from '../../src/page/model/metrics.ts';
import { leftOut } from '../../src/report/html/order-data.ts';
import type { OperationData } from '../../src/report/html/report-data.ts';

function operation(index: number, change: Partial<OperationData>): OperationData {
  return {
    index,
    process: 0,
    node: 0,
    f: 'write',
    key: 'x',
    status: 'ok',
    error: null,
    invoke: index,
    complete: index,
    invokeUs: 0,
    completeUs: 0,
    invokeRow: -1,
    completeRow: -1,
    ...change,
  };
}

describe('operations in a stretch of rows', () => {
  const spans = fc.array(
    fc.record({ start: fc.nat(60), length: fc.integer({ min: -1, max: 30 }) }),
  );

  property.prop([spans, fc.nat(60), fc.nat(30)])(
    'are those that looking at all of them finds',
    (list, firstRow, rows) => {
      const all = list.map(({ start, length }, index) =>
        operation(index, { invokeRow: start, completeRow: length < 0 ? -1 : start + length }),
      );
      const endRow = firstRow + rows;
      const expected = all.filter(
        ({ invokeRow, completeRow }) =>
          invokeRow < endRow && Math.max(invokeRow, completeRow) >= firstRow,
      );
      const found = new OperationIndex(all).between(firstRow, endRow);
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
    },
  );

  it('are all of them when the history has no run', () => {
    const all = [operation(0, {}), operation(1, {})];
    expect(new OperationIndex(all).between(5, 6)).toEqual(all);
  });
});

describe('the age of what reads returned', () => {
  const write = fc.record({ at: fc.nat(200), length: fc.integer({ min: 1, max: 60 }) });

  property.prop([fc.array(write, { maxLength: 12 }), fc.nat(260), fc.nat(12)])(
    'is that of the first newer write, found by trying all',
    (list, askedAt, chosen) => {
      const writes = list.map(({ at, length }, index) =>
        operation(index, {
          input: index,
          invoke: at * 100 + index,
          complete: (at + length) * 100 + index + 50,
          completeUs: at + length,
        }),
      );
      const source = writes[chosen];
      const read = operation(99, {
        f: 'read',
        output: source === undefined ? null : source.input,
        invoke: askedAt * 100 + 99,
        invokeUs: askedAt,
      });
      const newer = writes.filter(
        ({ invoke, complete }) => invoke > (source?.complete ?? -1) && complete! < read.invoke,
      );
      const since = Math.min(...newer.map(({ completeUs }) => completeUs!));
      const expected = newer.length === 0 ? 0 : askedAt - since;
      expect(stalenessUs([...writes, read]).get(99)).toBe(expected);
    },
  );
});

describe('a history that is too long for an order', () => {
  const historyOf = (length: number): History => {
    const builder = new HistoryBuilder();
    for (let index = 0; index < length; index += 1) {
      builder.invoke(0, 'read', 'x', undefined, index);
      builder.complete(0, 'ok', null, index);
    }
    return builder.build();
  };

  it('says so, and a shorter one says nothing', () => {
    expect(leftOut(historyOf(20_001), 'register')).toEqual([
      'no order of the 20001 operations is given: it is looked for up to 20000',
    ]);
    expect(leftOut(historyOf(20_000), 'register')).toEqual([]);
    expect(leftOut(historyOf(20_001), null)).toEqual([]);
  });
});
