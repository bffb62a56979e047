import * as Kind from '../../sim/engine/event-kind.ts';
import { describeAction, describeMoment } from '../describe-fault.ts';
import { describeRow } from '../describe-row.ts';
import { rowContext } from '../show/row-context.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf } from '../trace/fault-spans.ts';
import { metricsOf } from '../trace/metrics.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import type { ExportOptions } from './exporter.ts';

type Cell = string | number | null;
type Table = Generator<readonly Cell[]>;

/** One table of a run as CSV (RFC 4180): a head, then a line a record; nothing of a payload is cut. */
export function* csv(run: RecordedRun, { table }: ExportOptions): Generator<string> {
  for (const record of TABLES[table](run))
    yield `${record.map((cell) => csvCell(cell)).join(',')}\r\n`;
}

const TABLES: Readonly<Record<ExportOptions['table'], (run: RecordedRun) => Table>> = {
  events,
  history,
  metrics,
  states,
  faults,
};

export function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* events(run: RecordedRun): Table {
  yield [
    'row',
    'event',
    'time_us',
    'kind',
    'node',
    'peer',
    'cause_row',
    'operation',
    'what',
    'payload',
  ];
  const { trace } = run.result;
  const causes = new Causes(run);
  const context = rowContext(run, spansOf(run), false);
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const row = trace.row(index);
    const cause = causes.causeOf(index);
    const operation = causes.operationOf(index);
    yield [
      index,
      row.event,
      row.timeUs,
      Kind.KIND_NAMES[row.kind] ?? String(row.kind),
      run.names[row.node] ?? null,
      run.names[row.peer] ?? null,
      cause < 0 ? null : cause,
      operation < 0 ? null : operation,
      describeRow(row, run.names, context).trim(),
      row.payload === undefined ? null : JSON.stringify(row.payload),
    ];
  }
}

function* history({ result: { history: recorded } }: RecordedRun): Table {
  yield [
    'operation',
    'process',
    'f',
    'key',
    'input',
    'status',
    'output',
    'error',
    'invoke_us',
    'complete_us',
  ];
  for (let index = 0; index < recorded.length; index += 1) {
    const operation = recorded.operation(index);
    const { process, f, status, error, invokeTimeUs, completeTimeUs } = operation;
    const [key, input, output] = [operation.key, operation.input, operation.output].map((value) =>
      value === undefined ? null : JSON.stringify(value),
    );
    yield [
      index,
      process,
      f,
      key ?? null,
      input ?? null,
      status,
      output ?? null,
      error,
      invokeTimeUs,
      Number.isNaN(completeTimeUs) ? null : completeTimeUs,
    ];
  }
}

function* states({ states: log, names }: RecordedRun): Table {
  yield ['node', 'event', 'time_us', 'role', 'state'];
  for (const [node, name] of names.entries())
    for (const { event, timeUs, state } of log.changesOf(node))
      yield [name, event, timeUs, state.role, state.text];
}

function* faults({ result }: RecordedRun): Table {
  yield ['fault', 'kind', 'what', 'begins', 'state', 'start_us', 'end_us', 'targets', 'effect'];
  const reports = new Map(result.faults.map((report) => [report.id, report]));
  for (const fault of result.schedule) {
    const report = reports.get(fault.id);
    yield [
      fault.id,
      fault.action.kind,
      describeAction(fault.action),
      describeMoment(fault.start),
      report?.state ?? null,
      report?.startUs ?? null,
      report?.endUs ?? null,
      report?.targets.join(' ') ?? null,
      report?.effect ?? null,
    ];
  }
}

function* metrics(run: RecordedRun): Table {
  yield [
    'from_us',
    'to_us',
    'ok',
    'fail',
    'info',
    'latency_p50_us',
    'latency_p99_us',
    'latency_max_us',
    'sent',
    'delivered',
    'lost',
    'in_flight',
    'leaders',
    'faults',
  ];
  for (const bucket of metricsOf(run))
    yield [
      bucket.fromUs,
      bucket.toUs,
      bucket.ok,
      bucket.fail,
      bucket.info,
      bucket.latencyUs?.p50 ?? null,
      bucket.latencyUs?.p99 ?? null,
      bucket.latencyUs?.max ?? null,
      bucket.sent,
      bucket.delivered,
      bucket.lost,
      bucket.inFlight,
      bucket.leaders,
      bucket.faults,
    ];
}
