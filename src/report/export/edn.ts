import { INFO, type History, type Operation } from '../../history/history.ts';
import { eventsInOrder } from '../../history/write-jsonl.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { spansOf, type FaultSpan } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

interface Entry {
  readonly timeUs: number;
  readonly fields: readonly string[];
}

/**
 * A Jepsen history: one map an event, times in nanoseconds, the faults as the nemesis' operations. A process whose outcome
 * is unknown never acts again, and a timeout is `:info`, never `:fail`: the run's own rule. Several keys become the tuples
 * of jepsen.independent.
 */
export function* edn(run: RecordedRun): Generator<string> {
  const { history } = run.result;
  const { keys } = history.columns;
  const tupled = keys.length > 1;
  if (keys.length === 1) yield `; one key: ${writeEdn(keys[0])}\n`;
  if (tupled) yield '; values are the [key value] tuples of jepsen.independent\n';
  let index = 0;
  for (const { timeUs, fields } of entriesInOrder(run, tupled)) {
    const time = Number.isNaN(timeUs) ? [] : [`:time ${timeUs * 1_000}`];
    yield `{:index ${index}, ${[...time, ...fields].join(', ')}}\n`;
    index += 1;
  }
}

/** What clients did in its order; in between, by their time, the nemesis and outcomes that nobody knows. */
function* entriesInOrder(run: RecordedRun, tupled: boolean): Generator<Entry> {
  const { history } = run.result;
  const floating = nemesisEntries(run);
  const ordered: number[] = [];
  for (const event of eventsInOrder(history)) {
    const isInfo = (event & 1) === 1 && history.columns.status[event >> 1] === INFO;
    if (isInfo) floating.push(clientEntry(history, event, tupled));
    else ordered.push(event);
  }
  floating.sort((a, b) => a.timeUs - b.timeUs);
  let next = 0;
  for (const event of ordered) {
    const entry = clientEntry(history, event, tupled);
    while (next < floating.length && floating[next]!.timeUs < entry.timeUs) yield floating[next++]!;
    yield entry;
  }
  yield* floating.slice(next);
}

function clientEntry(history: History, event: number, tupled: boolean): Entry {
  const operation = history.operation(event >> 1);
  const isInvoke = (event & 1) === 0;
  return {
    timeUs: isInvoke ? operation.invokeTimeUs : operation.completeTimeUs,
    fields: fieldsOf(operation, isInvoke, tupled),
  };
}

/** As Jepsen's clients do, an answer without a value of its own repeats the request's. */
function fieldsOf(operation: Operation, isInvoke: boolean, tupled: boolean): string[] {
  const { process, status, f, key, input, output, error } = operation;
  const value = (isInvoke ? input : (output ?? input)) ?? null;
  return [
    `:process ${writeEdn(process)}`,
    `:type :${isInvoke ? 'invoke' : status}`,
    `:f ${keyword(f)}`,
    `:value ${writeEdn(tupled ? [key ?? null, value] : value)}`,
    ...(isInvoke || error === null ? [] : [`:error ${writeEdn(error)}`]),
  ];
}

function nemesisEntries(run: RecordedRun): Entry[] {
  const moments = spansOf(run).faults.flatMap((span) => [
    { timeUs: span.startUs, word: 'start', span },
    ...(span.endUs === null ? [] : [{ timeUs: span.endUs, word: 'stop', span }]),
  ]);
  return moments.map(({ timeUs, word, span }) => ({ timeUs, fields: nemesisFields(word, span) }));
}

function nemesisFields(word: string, { fault, targets }: FaultSpan): string[] {
  return [
    ':process :nemesis',
    ':type :info',
    `:f ${keyword(`${word}-${fault.action.kind}`)}`,
    `:value ${writeEdn(describeFaultBegun({ fault, targets }))}`,
  ];
}

/** A name as a keyword; what a keyword cannot hold becomes `-`. */
function keyword(name: string): string {
  return `:${name.replace(/[^\w*+!?<>=.-]/g, '-')}`;
}

/** Plain data as EDN. Strings stay strings: a value `"x"` and a keyword `:x` are not the same to a checker. */
function writeEdn(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}N`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeEdn(item)).join(' ')}]`;
  const pairs = Object.entries(value as Readonly<Record<string, unknown>>).map(
    ([name, field]) => `${JSON.stringify(name)} ${writeEdn(field)}`,
  );
  return `{${pairs.join(', ')}}`;
}
