import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvCell } from '../../../src/report/export/csv.ts';
import type { ExportOptions } from '../../../src/report/export/exporter.ts';
import type { RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { recorded } from '../trace/recorded.ts';
import { BUSY, exported, HOSTILE, HOSTILE_STALE, toyRun } from './export-text.ts';

/** RFC 4180: records end with CRLF, a field in quotes may hold anything, a quote in it is doubled. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`not CSV at ${JSON.stringify(text.slice(at, at + 40))}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}

function tableOf(run: RecordedRun, table: ExportOptions['table']): Record<string, string>[] {
  const [head, ...records] = parseCsv(exported(run, 'csv', { table }).text);
  for (const record of records) expect(record).toHaveLength(head!.length);
  return records.map((record) =>
    Object.fromEntries(record.map((cell, index) => [head![index]!, cell])),
  );
}

describe('CSV', () => {
  test.prop([fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }))])(
    'any cells come back as they were',
    (records) => {
      const text = records
        .map((record) => `${record.map((cell) => csvCell(cell)).join(',')}\r\n`)
        .join('');
      expect(parseCsv(text)).toEqual(records);
    },
  );

  it('events: a record a row, with its cause and its whole payload', () => {
    const run = toyRun(...HOSTILE_STALE);
    const records = tableOf(run, 'events');
    expect(records).toHaveLength(run.result.trace.keptRows());
    const written = records.find(
      ({ kind, what }) => kind === 'invoke' && what!.includes('script'),
    )!;
    expect(JSON.parse(written['payload']!)).toMatchObject({ f: 'write', value: HOSTILE });
    for (const { row, cause_row: cause } of records)
      if (cause !== '') expect(Number(cause)).toBeLessThan(Number(row));
  });

  it('history: a record an operation', () => {
    const run = toyRun(...BUSY);
    const records = tableOf(run, 'history');
    expect(records.map(({ status }) => status)).toEqual(
      run.result.history.operations().map(({ status }) => status),
    );
  });

  it('metrics: what is counted over all stretches is what the run counted', () => {
    const run = recorded('raft/default-faults');
    const records = tableOf(run, 'metrics');
    const sum = (name: string): number =>
      records.reduce((total, record) => total + Number(record[name]), 0);
    const { messages, operations } = run.result;
    expect([sum('sent'), sum('delivered'), sum('lost')]).toEqual([
      messages.sent,
      messages.delivered,
      messages.lost,
    ]);
    const ok = [...operations.values()].reduce((total, count) => total + count.ok, 0);
    expect(sum('ok')).toBe(ok);
    expect(records.some(({ leaders }) => leaders === '1')).toBe(true);
    for (const { latency_p50_us: p50, latency_max_us: max } of records)
      if (p50 !== '') expect(Number(p50)).toBeLessThanOrEqual(Number(max));
  });

  it('states and faults', () => {
    const run = recorded('raft/showcase');
    expect(tableOf(run, 'states').filter(({ role }) => role === 'leader').length).toBeGreaterThan(
      1,
    );
    expect(tableOf(run, 'faults').map(({ fault, targets }) => [fault, targets])).toEqual([
      ['cut', 'n1'],
      ['c1-moves-on', 'n1'],
    ]);
  });
});

it('JSON lines: an object a row, which say the same as the trace', () => {
  const run = toyRun(...HOSTILE_STALE);
  const objects = exported(run, 'jsonl')
    .text.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(objects.map(({ event }) => event)).toEqual(
    Array.from(
      { length: run.result.trace.keptRows() },
      (_, index) => run.result.trace.row(index).event,
    ),
  );
});

/** Apalache's ADR 15: what a value of a trace may be. */
const ITF_VALUE: z.ZodType = z.lazy(() =>
  z.union([
    z.boolean(),
    z.string(),
    z.null(),
    z.array(ITF_VALUE),
    z.strictObject({ '#bigint': z.string().regex(/^-?\d+$/) }),
    z.strictObject({ '#map': z.array(z.tuple([ITF_VALUE, ITF_VALUE])) }),
  ]),
);
const ITF = z.strictObject({
  '#meta': z.object({
    format: z.literal('ITF'),
    'format-description': z.url(),
    source: z.string(),
  }),
  vars: z.array(z.string()).min(1),
  states: z.array(
    z.object({ '#meta': z.strictObject({ index: z.int().min(0) }) }).catchall(ITF_VALUE),
  ),
});

describe('ITF', () => {
  it('has one state an event, with every variable, as ADR 15 spells values', () => {
    const run = toyRun(...BUSY);
    const { vars, states } = ITF.parse(JSON.parse(exported(run, 'itf').text));
    expect(states).toHaveLength(run.result.events);
    for (const [index, { '#meta': meta, ...state }] of states.entries()) {
      expect(meta.index).toBe(index);
      expect(Object.keys(state)).toEqual(vars);
    }
  });

  it("holds the servers' own state: the term of Raft's leader", () => {
    const run = recorded('raft/showcase');
    const { text, notes } = exported(run, 'itf', { max: 20 });
    const { states } = ITF.parse(JSON.parse(text));
    expect(states).toHaveLength(20);
    expect(JSON.stringify(states.at(-1)!['event'])).toBe('{"#bigint":"593"}');
    expect(JSON.stringify(states.at(-1)!['state'])).toContain('["currentTerm",{"#bigint":"2"}]');
    expect(notes).toEqual(['itf: events 574 to 593 of 887; --max takes more']);
  });
});

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const nano = z.string().regex(/^\d{19}$/);
const attributes = z.array(
  z.strictObject({
    key: z.string(),
    value: z.union([
      z.strictObject({ stringValue: z.string() }),
      z.strictObject({ intValue: z.string() }),
    ]),
  }),
);
/** The JSON of OpenTelemetry's ExportTraceServiceRequest, as far as it is written. */
const OTLP = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string() }),
          spans: z.array(
            z.strictObject({
              traceId: hex(32),
              spanId: hex(16),
              parentSpanId: hex(16).optional(),
              name: z.string(),
              kind: z.int().min(1).max(5),
              startTimeUnixNano: nano,
              endTimeUnixNano: nano,
              attributes,
              events: z
                .array(z.strictObject({ timeUnixNano: nano, name: z.string(), attributes }))
                .optional(),
              status: z
                .strictObject({ code: z.int().optional(), message: z.string().optional() })
                .optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

describe('OTLP', () => {
  const spansOf = (run: RecordedRun) =>
    OTLP.parse(JSON.parse(exported(run, 'otlp').text)).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    );

  it('has a trace an operation; every other span has its parent in the same trace', () => {
    const run = recorded('raft/showcase');
    const spans = spansOf(run);
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots).toHaveLength(run.result.history.length);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    for (const { parentSpanId, traceId, startTimeUnixNano } of spans) {
      if (parentSpanId === undefined) continue;
      const parent = byId.get(parentSpanId)!;
      expect(parent.traceId).toBe(traceId);
      expect(BigInt(parent.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(startTimeUnixNano));
    }
  });

  it('the same run has the same ids, another seed has others', () => {
    const ids = (seed: string): string[] =>
      spansOf(recorded('raft/showcase', seed)).map(({ spanId }) => spanId);
    expect(ids('1')).toEqual(ids('1'));
    expect(ids('2')[0]).not.toBe(ids('1')[0]);
  });
});
