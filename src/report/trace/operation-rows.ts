import { COMPLETE, INVOKE } from '../../sim/engine/event-kind.ts';
import type { Trace } from '../../sim/engine/trace.ts';

/** Where an operation of the history stands in the trace. */
export interface OperationRows {
  readonly node: number;
  readonly invokeRow: number;
  /** -1: never completed. */
  completeRow: number;
}

/** The rows of every operation of the history, by its number there. */
export function operationRows(trace: Trace): readonly OperationRows[] {
  const operations: OperationRows[] = [];
  const open = new Map<number, OperationRows>();
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const { kind, node } = trace.row(index);
    if (kind === INVOKE) {
      const operation: OperationRows = { node, invokeRow: index, completeRow: -1 };
      operations.push(operation);
      open.set(node, operation);
    } else if (kind === COMPLETE) {
      const operation = open.get(node);
      if (operation !== undefined) operation.completeRow = index;
      open.delete(node);
    }
  }
  return operations;
}
