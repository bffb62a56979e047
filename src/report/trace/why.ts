import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { Causes } from './causes.ts';
import { faultsBehind, spansOf, type FaultSpan, type RunSpans } from './fault-spans.ts';
import type { RecordedRun } from './recorded-run.ts';

/** One step from an effect back to its cause. */
export interface WhyStep {
  readonly row: number;
  /**
   * How it led to the step before it: `start` for the event asked about; `silence`: a timer fired because this message,
   * which would have come while it waited, was lost.
   */
  readonly how: 'start' | 'cause' | 'silence' | 'fault';
  /** `silence`: how many messages to or from the node were lost while it waited. */
  readonly lost: number;
}

/** Why an event happened: its causes back to the nearest fault, lost message or client operation. */
export interface Why {
  readonly steps: readonly WhyStep[];
  /** `fault`, `operation`, `loss`, or `scenario`: nothing but the scenario's own beginning. */
  readonly end: 'fault' | 'operation' | 'loss' | 'scenario';
  /** Faults that were on during the chain and concern a node in it, without being its end. */
  readonly meanwhile: readonly FaultSpan[];
}

export function whyOf(run: RecordedRun, start: number): Why {
  const causes = new Causes(run);
  const spans = spansOf(run);
  const { trace } = run.result;
  const steps: WhyStep[] = [{ row: start, how: 'start', lost: 0 }];
  const done = (end: Why['end']): Why => ({
    steps,
    end,
    meanwhile: faultsDuring(run, spans, steps),
  });
  for (let at = start; ; at = steps.at(-1)!.row) {
    const row = trace.row(at);
    if (row.kind === Kind.FAULT_START) return done('fault');
    if (row.kind === Kind.INVOKE) return done('operation');
    if (row.kind === Kind.DROP) {
      const [fault] = faultsBehind(spans, row, run.names);
      if (fault !== undefined) {
        steps.push({ row: fault.startRow, how: 'fault', lost: 0 });
        return done('fault');
      }
      if (Kind.DROP_REASONS[row.a] !== 'node down') return done('loss');
      const crash = lastCrash(spans, row);
      if (crash >= 0) {
        steps.push({ row: crash, how: 'fault', lost: 0 });
        continue;
      }
    }
    const cause = causes.causeOf(at);
    const silence = silenceBefore(run, at, row, cause);
    if (silence !== null) steps.push(silence);
    else if (cause >= 0) steps.push({ row: cause, how: 'cause', lost: 0 });
    else return done('scenario');
  }
}

/** What a timer waited for in vain: the first message to its node that was lost meanwhile, or else from it. */
function silenceBefore(
  { result: { trace } }: RecordedRun,
  at: number,
  row: TraceRow,
  cause: number,
): WhyStep | null {
  if (row.kind !== Kind.TIMER && row.kind !== Kind.WAKE) return null;
  let [firstTo, firstFrom, lost] = [-1, -1, 0];
  for (let index = Math.max(cause, 0); index < at; index += 1) {
    const { kind, node, peer } = trace.row(index);
    if (kind !== Kind.DROP || (node !== row.node && peer !== row.node)) continue;
    lost += 1;
    if (peer === row.node && firstTo < 0) firstTo = index;
    if (node === row.node && firstFrom < 0) firstFrom = index;
  }
  if (lost === 0) return null;
  return { row: firstTo >= 0 ? firstTo : firstFrom, how: 'silence', lost };
}

function lastCrash({ nodes }: RunSpans, { peer, event }: TraceRow): number {
  return (
    nodes.findLast(
      ({ node, kind, startEvent }) => node === peer && kind === 'down' && startEvent <= event,
    )?.startRow ?? -1
  );
}

function faultsDuring(
  { result: { trace }, names }: RecordedRun,
  { faults }: RunSpans,
  steps: readonly WhyStep[],
): FaultSpan[] {
  const rows = steps.map(({ row }) => trace.row(row));
  const fromEvent = Math.min(...rows.map(({ event }) => event));
  const toEvent = Math.max(...rows.map(({ event }) => event));
  const nodes = new Set(rows.flatMap(({ node, peer }) => [names[node], names[peer]]));
  const inChain = new Set(steps.map(({ row }) => row));
  return faults.filter(
    ({ startRow, startEvent, endEvent, targets }) =>
      !inChain.has(startRow) &&
      startEvent <= toEvent &&
      (endEvent ?? Infinity) >= fromEvent &&
      targets.some((name) => nodes.has(name)),
  );
}
