import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { packReport, unpackReport } from '../../src/report/html/container.ts';
import { packJson } from '../../src/report/html/pack-json.ts';
import { REPORT_FORMAT, type ReportData } from '../../src/report/html/report-data.ts';
import { textAt, TextBlockBuilder } from '../../src/report/html/text-block.ts';
import { unpackJson } from '../../src/report/html/unpack-json.ts';
import { valueList, type ValueList } from '../../src/report/html/value-list.ts';
import { decodeColumn, encodeColumn } from '../../src/report/html/varint-column.ts';
import { collected } from './collected-run.ts';

function reportOf(scenario: string): ReportData {
  const { data } = collected(scenario);
  return {
    format: REPORT_FORMAT,
    splitbrain: '0.0.0',
    title: 'a title',
    runs: [data],
    divergence: null,
    campaign: null,
    live: null,
  };
}

function allOf({ count, at }: ValueList): unknown[] {
  return Array.from({ length: count }, (_, index) => at(index));
}

describe('a column of numbers', () => {
  property.prop([
    fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
    fc.constantFrom('plain' as const, 'delta' as const),
  ])('comes back as it was, whatever its numbers', (values, mode) => {
    const back = new Float64Array(values.length);
    // Differences of two numbers may need one bit more than they do.
    const halved = values.map((value) => Math.trunc(value / 2));
    decodeColumn(encodeColumn(halved, mode), mode, back);
    expect([...back].map((value) => value + 0)).toEqual(halved.map((value) => value + 0));
  });

  it('that ends too early is refused', () => {
    const bytes = encodeColumn([1, 2, 300], 'plain');
    expect(() => {
      decodeColumn(bytes.subarray(0, 2), 'plain', new Int32Array(3));
    }).toThrow('a column of 3 numbers ends after 2');
  });
});

describe('a block of texts', () => {
  property.prop([fc.array(fc.string({ unit: 'grapheme' }))])('gives each text back', (texts) => {
    const builder = new TextBlockBuilder();
    for (const text of texts) builder.add(text);
    const block = builder.build();
    expect(texts.map((_, index) => textAt(block, index))).toEqual(texts);
  });
});

describe('a table of JSON', () => {
  const backAndForth = (values: readonly unknown[]): string[] => {
    const { head, literals, columns } = packJson(valueList(values));
    const queue = columns.map((column) => Float64Array.from(column));
    const back = unpackJson(head, literals, () => queue.shift()!, values.length);
    const texts = values.map((_, index) => JSON.stringify(back.at(index)));
    expect(queue.length).toBe(values.length === 0 ? columns.length : 0);
    return texts;
  };

  property.prop([fc.array(fc.jsonValue())])('gives every value back', (values) => {
    // Twelve times over, so that keys come together often enough for a shape.
    const many = Array.from({ length: 12 }, () => values).flat();
    expect(backAndForth(values)).toEqual(values.map((value) => JSON.stringify(value)));
    expect(backAndForth(many)).toEqual(many.map((value) => JSON.stringify(value)));
  });

  it('keeps numbers beyond what differences can say, empty things, and keys of every kind', () => {
    const values = [2 ** 53 - 1, -(2 ** 53), 1.5, 1e300, {}, [], [[]], { '': null }, 'x\ud800'];
    const odd = JSON.parse('{"__proto__":1,"7":[{}],"a\\"b":true}') as unknown;
    const all = [...values, odd, odd, odd, odd, odd, odd, odd, odd];
    expect(backAndForth(all)).toEqual(all.map((value) => JSON.stringify(value)));
  });

  it('is much smaller than its texts when they are messages', () => {
    const { payloads } = collected('raft/showcase').data;
    const { literals, columns } = packJson(payloads);
    const numbers = columns.reduce((sum, column) => sum + encodeColumn(column, 'plain').length, 0);
    const texts = allOf(payloads).map((payload) => JSON.stringify(payload).length);
    const size = texts.reduce((sum, length) => sum + length, 0);
    expect(literals.bytes.length + numbers).toBeLessThan(size / 3);
  });
});

describe("values of people's own nodes", () => {
  it('become what JSON can say, and stay themselves when they are so already', () => {
    const plain = { type: 'Put', value: [1, null, { deep: 'x' }] };
    const odd = { big: 5n, map: new Map([['a', 1]]), set: new Set([2]), gone: undefined, nan: NaN };
    const { at } = valueList([plain, odd, undefined]);
    expect(at(0)).toBe(plain);
    expect(at(1)).toEqual({ big: '5', map: { a: 1 }, set: [2], nan: null });
    expect(at(2)).toBe(null);
    expect(() => at(3)).toThrow('there is no value 3 in a list of 3');
  });
});

describe('a packed report', () => {
  it('comes back with every row, state and text', () => {
    const report = reportOf('raft/showcase');
    const back = unpackReport(packReport(report));
    expect(back.runs[0]!.rows).toEqual(report.runs[0]!.rows);
    const [was, is] = [report.runs[0]!, back.runs[0]!];
    expect({ ...is.states, deltas: null }).toEqual({ ...was.states, deltas: null });
    expect(allOf(is.states.deltas)).toEqual(allOf(was.states.deltas));
    expect(allOf(is.payloads)).toEqual(allOf(was.payloads));
    expect(JSON.stringify(back.runs[0]!.head)).toBe(JSON.stringify(report.runs[0]!.head));
  });

  it('has the same bytes for the same run', () => {
    expect(packReport(reportOf('raft/showcase'))).toEqual(packReport(reportOf('raft/showcase')));
  });

  it('that is cut off, or of another version, is refused in words', () => {
    const bytes = packReport(reportOf('raft/vote-once'));
    expect(() => unpackReport(bytes.subarray(0, bytes.length - 100))).toThrow('cut off');
    expect(() => unpackReport(bytes.subarray(0, 3))).toThrow('cut off');
    const other = { ...reportOf('raft/vote-once'), format: 'splitbrain-report/9' };
    expect(() => unpackReport(packReport(other as unknown as ReportData))).toThrow(
      'has the format splitbrain-report/9; this page reads splitbrain-report/1',
    );
  });
});
