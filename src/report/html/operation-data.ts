import { STATUS_NAMES, type History } from '../../history/history.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { Trace } from '../../sim/engine/trace.ts';
import type { OperationData } from './report-data.ts';

/** The operations of a history; with a trace, with the rows in which each was asked and answered. */
export function collectOperations(
  history: History,
  trace: Trace | null,
  nodeOf: (process: number | string) => number,
): OperationData[] {
  const rows = trace === null ? [] : operationRows(trace);
  return history.operations().map((operation): OperationData => {
    const { index, invokeTimeUs, completeTimeUs, complete } = operation;
    return {
      index,
      process: operation.process,
      node: nodeOf(operation.process),
      f: operation.f,
      key: operation.key,
      input: operation.input,
      output: operation.output,
      status: STATUS_NAMES[history.columns.status[index]!]!,
      error: operation.error,
      invoke: operation.invoke,
      complete: complete === Infinity ? null : complete,
      invokeUs: Number.isNaN(invokeTimeUs) ? null : invokeTimeUs,
      completeUs: Number.isNaN(completeTimeUs) ? null : completeTimeUs,
      invokeRow: rows[index]?.invoke ?? -1,
      completeRow: rows[index]?.complete ?? -1,
    };
  });
}

/** By operation: the history's operations are in the order of their invocations, and so are the trace's rows. */
function operationRows(trace: Trace): { invoke: number; complete: number }[] {
  const found: { invoke: number; complete: number }[] = [];
  const open = new Map<number, { invoke: number; complete: number }>();
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const { kind, node } = trace.row(index);
    if (kind === Kind.INVOKE) {
      const rows = { invoke: index, complete: -1 };
      found.push(rows);
      open.set(node, rows);
    } else if (kind === Kind.COMPLETE) {
      const rows = open.get(node);
      if (rows !== undefined) rows.complete = index;
    }
  }
  return found;
}
