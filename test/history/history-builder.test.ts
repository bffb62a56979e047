import { describe, expect, it } from 'vitest';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { NEVER } from '../../src/history/history.ts';
import { ABSENT, NULL_VALUE, ValueTable } from '../../src/history/value-table.ts';

describe('a history builder', () => {
  it('keeps operations in columns and gives them back as plain objects', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'write', 'x', 1, 10, 1);
    builder.invoke(7, 'read', 'x', undefined, 11, 2);
    builder.complete(0, 'ok', 1, 12, null, 3);
    builder.complete(7, 'ok', null, 13, undefined, 4);
    const history = builder.build();
    expect(history.length).toBe(2);
    expect(history.operation(0)).toEqual({
      index: 0,
      process: 0,
      f: 'write',
      key: 'x',
      input: 1,
      output: 1,
      status: 'ok',
      error: null,
      invoke: 0,
      complete: 2,
      invokeTimeUs: 10,
      completeTimeUs: 12,
      line: 1,
      completeLine: 3,
    });
    expect(history.operation(1)).toMatchObject({ process: 7, output: null, input: undefined });
    expect(() => history.operation(2)).toThrow('no operation 2');
  });

  it('treats an operation that never completes, and one that ends info, as open for ever', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'write', undefined, 1);
    builder.complete(0, 'info', undefined, NaN, 'timed out');
    builder.invoke(1, 'write', undefined, 2);
    const history = builder.build();
    expect([...history.columns.complete]).toEqual([NEVER, NEVER]);
    expect(history.operation(0)).toMatchObject({ status: 'info', error: 'timed out' });
    expect(history.operation(1)).toMatchObject({ status: 'info', complete: Infinity, error: null });
  });

  it('refuses a completion without invocation, naming file, line and remedy', () => {
    const builder = new HistoryBuilder('h.jsonl');
    expect(() => builder.complete(3, 'ok', 1, NaN, null, 5, 2)).toThrow(
      /^h\.jsonl:5:2: process 3 completes an operation that it never invoked; expected an "invoke".*Add the missing/,
    );
  });

  it('refuses two open operations on one process', () => {
    const builder = new HistoryBuilder();
    builder.invoke(3, 'read', undefined, undefined, NaN, 1);
    expect(() => builder.invoke(3, 'write', undefined, 1, NaN, 2)).toThrow(
      /^line 2: process 3 invokes write while its read \(line 1\) is still open/,
    );
  });

  it('refuses a process that acts after its info', () => {
    const builder = new HistoryBuilder();
    builder.invoke(3, 'read', undefined, undefined);
    builder.complete(3, 'info');
    expect(() => builder.invoke(3, 'read', undefined, undefined)).toThrow(/new process number/);
    expect(() => builder.complete(3, 'ok')).toThrow(/already ended with "info"/);
  });

  it('ordered by time, makes operations that touch at one instant concurrent', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'write', undefined, 1, 10);
    builder.complete(0, 'ok', 1, 20);
    builder.invoke(1, 'read', undefined, undefined, 20);
    builder.complete(1, 'ok', 1, 30);
    builder.invoke(2, 'read', undefined, undefined, 31);
    builder.complete(2, 'ok', 1, 32);
    const byLine = builder.build().columns;
    expect(byLine.complete[0]! < byLine.invoke[1]!).toBe(true);
    const byTime = builder.build({ order: 'time' }).columns;
    expect(byTime.complete[0]! < byTime.invoke[1]!).toBe(false);
    expect(byTime.complete[1]! < byTime.invoke[2]!).toBe(true);
  });

  it('ordered by time, refuses an event without time', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'write', undefined, 1);
    expect(() => builder.build({ order: 'time' })).toThrow(/without time/);
  });

  it('grows past its first capacity without losing a column', () => {
    const builder = new HistoryBuilder();
    for (let i = 0; i < 1000; i++) {
      builder.invoke(i % 5, 'write', i % 7, i, i, 2 * i + 1);
      builder.complete(i % 5, 'ok', i, i + 0.5, null, 2 * i + 2);
    }
    const history = builder.build();
    expect(history.operation(999)).toMatchObject({
      process: 4,
      key: 999 % 7,
      input: 999,
      output: 999,
      line: 1999,
      completeLine: 2000,
    });
  });
});

describe('the value table', () => {
  it('gives equal values equal codes, whatever the order of object keys', () => {
    const table = new ValueTable();
    expect(table.intern({ a: 1, b: [2, null] })).toBe(table.intern({ b: [2, null], a: 1 }));
    expect(table.intern('1')).not.toBe(table.intern(1));
    expect(table.intern('null')).not.toBe(table.intern(null));
    expect(table.intern(null)).toBe(NULL_VALUE);
    expect(table.intern(undefined)).toBe(ABSENT);
    expect(table.intern(-0)).toBe(table.intern(0));
  });

  it('round-trips integers, fractions, big integers, strings and structures', () => {
    const table = new ValueTable();
    const big = 12345678901234567890n;
    for (const value of [0, 1, -1, 2 ** 30 - 1, -(2 ** 30), 2 ** 30, 2 ** 40, 1.5, 'x', true, [1]])
      expect(table.decode(table.intern(value))).toEqual(value);
    expect(table.decode(table.intern(big))).toBe(big);
    expect(table.intern(big)).not.toBe(table.intern(big + 1n));
    expect(table.text(table.intern(big))).toBe('12345678901234567890');
    expect(table.intern(5n)).toBe(table.intern(5));
  });

  it('refuses what is not data', () => {
    expect(() => new ValueTable().intern(() => 1)).toThrow(/plain JSON data/);
  });
});
