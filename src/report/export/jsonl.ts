import * as Kind from '../../sim/engine/event-kind.ts';
import { Causes } from '../trace/causes.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

/** Every row of the trace as an object a line, names instead of numbers, with its direct cause. */
export function* jsonl(run: RecordedRun): Generator<string> {
  const { trace } = run.result;
  const causes = new Causes(run);
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const row = trace.row(index);
    const operation = causes.operationOf(index);
    const fields = {
      row: index,
      event: row.event,
      timeUs: row.timeUs,
      kind: Kind.KIND_NAMES[row.kind],
      node: run.names[row.node],
      peer: run.names[row.peer],
      reason: row.kind === Kind.DROP ? Kind.DROP_REASONS[row.a] : undefined,
      cause: causes.causeOf(index),
      operation: operation < 0 ? undefined : operation,
      payload: row.payload,
    };
    yield `${JSON.stringify(fields)}\n`;
  }
}
