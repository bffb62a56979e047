import * as Kind from '../../sim/engine/event-kind.ts';
import type { Trace } from '../../sim/engine/trace.ts';
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
export function collectRows(trace: Trace, places: readonly number[]): CollectedRows {
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
  const journeys = new Journeys();
  let head = -1;
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
    if (row.kind < Kind.FIRST_INNER_KIND) head = index;
    rows.cause[index] = journeys.causeOf(index, row) ?? (head === index ? -1 : head);
  }
  return { rows, payloads: payloads.build(), payloadsLeft: payloads.left };
}

interface Journey {
  readonly sendRow: number;
  readonly from: number;
  readonly to: number;
  copies: number;
}

/**
 * Finds the send behind every delivery and loss. A message travels by reference, so its object names it; of several
 * sends of one object over one link the oldest is taken, which nobody could tell from the others.
 */
class Journeys {
  readonly #byMessage = new Map<unknown, Journey[]>();

  /** Undefined for rows that are no part of a message's way. */
  causeOf(
    index: number,
    row: { kind: number; node: number; peer: number; payload: unknown },
  ): number | undefined {
    const { kind, node, peer, payload } = row;
    if (kind === Kind.SEND) {
      const journey = { sendRow: index, from: node, to: peer, copies: 1 };
      const known = this.#byMessage.get(payload);
      if (known === undefined) this.#byMessage.set(payload, [journey]);
      else known.push(journey);
      return undefined;
    }
    if (kind === Kind.DELIVER) return this.#arrive(peer, node, payload, -1);
    if (kind === Kind.DROP) return this.#arrive(node, peer, payload, -1);
    if (kind === Kind.DUPLICATE) return this.#arrive(node, peer, payload, 1);
    return undefined;
  }

  #arrive(from: number, to: number, payload: unknown, copies: number): number | undefined {
    const known = this.#byMessage.get(payload);
    const at = known?.findIndex((one) => one.from === from && one.to === to) ?? -1;
    if (known === undefined || at < 0) return undefined;
    const journey = known[at]!;
    journey.copies += copies;
    if (journey.copies === 0) {
      known.splice(at, 1);
      if (known.length === 0) this.#byMessage.delete(payload);
    }
    return journey.sendRow;
  }
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
