import { STATUS_NAMES, type History } from '../../history/history.ts';
import type { Trace } from '../../sim/engine/trace.ts';
import { operationRows } from '../trace/operation-rows.ts';
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
      invokeRow: rows[index]?.invokeRow ?? -1,
      completeRow: rows[index]?.completeRow ?? -1,
    };
  });
}
