import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { packReport, unpackReport } from '../../src/report/html/container.ts';
import { packJson } from '../../src/report/html/pack-json.ts';
import { REPORT_FORMAT, type ReportData } from '../../src/report/html/report-data.ts';
import { textAt, TextBlockBuilder } from '../../src/report/html/text-block.ts';
import { unpackJson } from '../../src/report/html/unpack-json.ts';
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
    const builder = new TextBlockBuilder();
    for (const value of values) builder.add(JSON.stringify(value));
    const { head, literals, columns } = packJson(builder.build());
    const queue = columns.map((column) => Float64Array.from(column));
    const back = unpackJson(head, literals, () => queue.shift()!);
    expect(queue).toEqual([]);
    return values.map((_, index) => textAt(back, index));
  };

  property.prop([fc.array(fc.jsonValue())])('gives every text back', (values) => {
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
    expect(literals.bytes.length + numbers).toBeLessThan(payloads.bytes.length / 3);
  });
});

describe('a packed report', () => {
  it('comes back with every row, state and text', () => {
    const report = reportOf('raft/showcase');
    const back = unpackReport(packReport(report));
    expect(back.runs[0]!.rows).toEqual(report.runs[0]!.rows);
    expect(back.runs[0]!.states).toEqual(report.runs[0]!.states);
    expect(back.runs[0]!.payloads).toEqual(report.runs[0]!.payloads);
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
