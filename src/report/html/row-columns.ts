import type { RecordedRun } from '../trace/recorded-run.ts';
import { Causes } from '../trace/causes.ts';
import type { RowColumns } from './report-data.ts';
import { valueList, type ValueList } from './value-list.ts';

export interface CollectedRows {
  readonly rows: RowColumns;
  readonly payloads: ValueList;
}

/** The trace (level `full`) in columns, with the row that caused each. `places`: one a row, or none at all. */
export function collectRows(
  run: Pick<RecordedRun, 'result'>,
  places: readonly number[],
): CollectedRows {
  const { trace } = run.result;
  const count = trace.keptRows();
  const rows: RowColumns = {
    event: new Int32Array(count),
    timeUs: new Float64Array(count),
    kind: new Uint8Array(count),
    node: new Int16Array(count),
    peer: new Int16Array(count),
    a: new Int32Array(count),
    cause: new Int32Array(count),
    payload: new Int32Array(count),
    place: new Int32Array(count).fill(-1),
    draws: new Int32Array(count),
  };
  const payloads = new PayloadTable();
  const causes = new Causes(run);
  for (let index = 0; index < count; index += 1) {
    const row = trace.row(index);
    rows.event[index] = row.event;
    rows.timeUs[index] = row.timeUs;
    rows.kind[index] = row.kind;
    rows.node[index] = row.node;
    rows.peer[index] = row.peer;
    rows.a[index] = row.a;
    rows.draws[index] = row.draws;
    rows.payload[index] = payloads.indexOf(row.payload);
    rows.place[index] = places[index] ?? -1;
    rows.cause[index] = causes.causeOf(index);
  }
  return { rows, payloads: valueList(payloads.values) };
}

/** Payloads, each object once. */
class PayloadTable {
  readonly values: unknown[] = [];
  readonly #indexes = new Map<unknown, number>();

  indexOf(payload: unknown): number {
    if (payload === undefined || payload === null) return -1;
    const known = this.#indexes.get(payload);
    if (known !== undefined) return known;
    this.#indexes.set(payload, this.values.length);
    return this.values.push(payload) - 1;
  }
}
