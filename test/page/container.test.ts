import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { packReport, unpackReport } from '../../src/report/html/container.ts';
import { REPORT_FORMAT, type ReportData } from '../../src/report/html/report-data.ts';
import { textAt, TextBlockBuilder } from '../../src/report/html/text-block.ts';
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
