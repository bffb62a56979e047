import type { PropertyVerdict } from '../../scenario/run-result.ts';
import { firstDivergence } from '../../sim/engine/divergence.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { describeFault } from '../describe-fault.ts';
import { operationText, outcomeText } from '../describe-row.ts';
import { operationRows } from '../trace/operation-rows.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { align } from './align.ts';

/** The row of each run at a difference; -1: that run had ended. */
export interface RowPair {
  readonly a: number;
  readonly b: number;
}

export interface VerdictDifference {
  readonly property: string;
  readonly a: PropertyVerdict | 'absent';
  readonly b: PropertyVerdict | 'absent';
}

/** An operation that both runs have under one number, and that became something else. */
export interface OperationDifference {
  readonly operation: number;
  readonly a: string;
  readonly b: string;
}

/** A stretch of rows of both runs: equal but for their times, or different. Rows from the first to before the last. */
export interface RowStretch {
  readonly equal: boolean;
  readonly a: readonly [from: number, to: number];
  readonly b: readonly [from: number, to: number];
}

export interface RunDiff {
  /** Events up to which both hashes are equal. */
  readonly equalEvents: number;
  readonly first: RowPair;
  /** The first thing that a node does otherwise: a changed fault shows before it has any effect. */
  readonly firstActing: RowPair | null;
  readonly scheduleOnlyA: readonly string[];
  readonly scheduleOnlyB: readonly string[];
  readonly verdicts: readonly VerdictDifference[];
  readonly operations: readonly OperationDifference[];
  /** How many operations each run has. */
  readonly operationCounts: readonly [a: number, b: number];
  /** From the first difference on. */
  readonly stretches: readonly RowStretch[];
}

/** Where two runs part and what became of it; null when they are identical. */
export function diffRuns(a: RecordedRun, b: RecordedRun): RunDiff | null {
  const divergence = firstDivergence(a.result.trace, b.result.trace);
  if (divergence === null) return null;
  const start = firstRowOf(divergence.left ?? divergence.right, a, b);
  const first = {
    a: divergence.left === null ? -1 : start,
    b: divergence.right === null ? -1 : start,
  };
  return {
    equalEvents: divergence.event - 1,
    first,
    firstActing: firstActing(a, b),
    ...scheduleDiff(a.result.schedule, b.result.schedule),
    verdicts: verdictDiff(a, b),
    operations: operationDiff(a, b),
    operationCounts: [a.result.history.length, b.result.history.length],
    stretches: stretchesFrom(start, a, b),
  };
}

/** Equal prefixes have equal numbers of rows, so the place is the same in both. */
function firstRowOf(row: TraceRow | null, a: RecordedRun, b: RecordedRun): number {
  const [left, right] = [a.result.trace, b.result.trace];
  const least = Math.min(left.keptRows(), right.keptRows());
  let index = Math.min(left.firstRowOf(row!.event), right.firstRowOf(row!.event));
  while (index < least && keyOf(left.row(index), a, true) === keyOf(right.row(index), b, true))
    index += 1;
  return index;
}

/** A row without its place in the run: who did what with whom, and the contents; `timed`: and when. */
function keyOf(row: TraceRow, { names }: RecordedRun, timed: boolean): string {
  const { kind, node, peer, digest, a } = row;
  const reason = kind === Kind.DROP ? a : '';
  const when = timed ? `${row.event} ${row.timeUs} ${row.draws} ${a}` : '';
  return `${kind} ${names[node] ?? ''} ${names[peer] ?? ''} ${digest} ${reason} ${when}`;
}

function firstActing(a: RecordedRun, b: RecordedRun): RowPair | null {
  const [left, right] = [new Acts(a), new Acts(b)];
  for (;;) {
    const pair = { a: left.next(), b: right.next() };
    if (pair.a < 0 && pair.b < 0) return null;
    if (pair.a < 0 || pair.b < 0 || left.key !== right.key) return pair;
  }
}

/** The rows in which a node acts, in order. */
class Acts {
  key = '';
  readonly #run: RecordedRun;
  #index = -1;

  constructor(run: RecordedRun) {
    this.#run = run;
  }

  next(): number {
    const { trace } = this.#run.result;
    for (this.#index += 1; this.#index < trace.keptRows(); this.#index += 1) {
      const row = trace.row(this.#index);
      if (row.node < 0) continue;
      this.key = `${keyOf(row, this.#run, false)} ${row.timeUs}`;
      return this.#index;
    }
    return -1;
  }
}

function scheduleDiff(
  a: readonly Fault[],
  b: readonly Fault[],
): Pick<RunDiff, 'scheduleOnlyA' | 'scheduleOnlyB'> {
  const [left, right] = [a.map(describeFault), b.map(describeFault)];
  return {
    scheduleOnlyA: left.filter((line) => !right.includes(line)),
    scheduleOnlyB: right.filter((line) => !left.includes(line)),
  };
}

function verdictDiff(a: RecordedRun, b: RecordedRun): VerdictDifference[] {
  const [left, right] = [a, b].map(
    ({ result }) => new Map(result.properties.map(({ name, verdict }) => [name, verdict])),
  );
  const names = new Set([...left!.keys(), ...right!.keys()]);
  return [...names].flatMap((property) => {
    const pair = {
      a: left!.get(property) ?? 'absent',
      b: right!.get(property) ?? 'absent',
    } as const;
    return pair.a === pair.b ? [] : [{ property, ...pair }];
  });
}

function operationDiff(a: RecordedRun, b: RecordedRun): OperationDifference[] {
  const [left, right] = [operationTexts(a), operationTexts(b)];
  return left.slice(0, right.length).flatMap((text, operation) => {
    const other = right[operation]!;
    return text === other ? [] : [{ operation, a: text, b: other }];
  });
}

/** `c2 read x: ok -> 1`, in the order of the history. */
function operationTexts({ result, names }: RecordedRun): string[] {
  return operationRows(result.trace).map(({ node, completeRow }, index) => {
    const { f, key, input, status, output, error } = result.history.operation(index);
    const request = { f, key: typeof key === 'string' ? key : null, value: input };
    const outcome = { type: status, value: output, ...(error === null ? {} : { error }) };
    const learned = completeRow < 0 ? 'no answer' : outcomeText(request, outcome);
    return `${names[node] ?? ''} ${operationText(request)}: ${learned}`;
  });
}

function stretchesFrom(start: number, a: RecordedRun, b: RecordedRun): RowStretch[] {
  const [left, right] = [a, b].map((run) => {
    const { trace } = run.result;
    const keys: string[] = [];
    for (let index = start; index < trace.keptRows(); index += 1)
      keys.push(keyOf(trace.row(index), run, false));
    return keys;
  });
  const stretches: RowStretch[] = [];
  let [endA, endB] = [0, 0];
  const add = (equal: boolean, toA: number, toB: number): void => {
    if (toA === endA && toB === endB) return;
    stretches.push({
      equal,
      a: [start + endA, start + toA],
      b: [start + endB, start + toB],
    });
    [endA, endB] = [toA, toB];
  };
  for (const { a: atA, b: atB, length } of align(left!, right!)) {
    add(false, atA, atB);
    add(true, atA + length, atB + length);
  }
  add(false, left!.length, right!.length);
  return stretches;
}
