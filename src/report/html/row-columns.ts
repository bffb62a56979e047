import type { RecordedRun } from '../trace/recorded-run.ts';
import { Causes } from '../trace/causes.ts';
import type { RowColumns, TextBlock } from './report-data.ts';
import { TextBlockBuilder } from './text-block.ts';

/** Payloads of so many bytes are kept whole; what comes later is said to be missing. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

export interface CollectedRows {
  readonly rows: RowColumns;
  readonly payloads: TextBlock;
  /** Payloads that did not fit. */
  readonly payloadsLeft: number;
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
  return { rows, payloads: payloads.build(), payloadsLeft: payloads.left };
}

/** Payloads as JSON, each object once. */
class PayloadTable {
  left = 0;
  readonly #texts = new TextBlockBuilder();
  readonly #byObject = new Map<unknown, number>();

  indexOf(payload: unknown): number {
    if (payload === undefined || payload === null) return -1;
    const known = this.#byObject.get(payload);
    if (known !== undefined) return known;
    const index = this.#add(payload);
    this.#byObject.set(payload, index);
    return index;
  }

  build(): TextBlock {
    return this.#texts.build();
  }

  #add(payload: unknown): number {
    if (this.#texts.sizeBytes > MAX_PAYLOAD_BYTES) {
      this.left += 1;
      return -1;
    }
    return this.#texts.add(payloadJson(payload));
  }
}

/** Data of people's own nodes may hold what JSON cannot say. */
function payloadJson(payload: unknown): string {
  return JSON.stringify(payload, (_, value: unknown) => {
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
    return value instanceof Set ? [...(value as Set<unknown>)] : value;
  });
}
