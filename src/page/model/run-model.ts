import type { Message } from '../../sim/engine/env.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { describeRow } from '../../report/describe-row.ts';
import type { OperationData, RunData } from '../../report/html/report-data.ts';

/** A run as the page works with it: its data, and what follows from it. Rows are named by their index. */
export class RunModel {
  readonly data: RunData;
  readonly names: readonly string[];
  readonly count: number;
  /** The row before on the same node; -1 for the first, and for rows of no node. */
  readonly previous: Int32Array;
  readonly lastRowOfEvent: Int32Array;
  /** By row: the operation asked or answered there, -1 for other rows. */
  readonly operationOfRow: Int32Array;
  /** By send: what became of it (its last arrival or loss), -1 while under way; and whether it was doubled. */
  readonly fate: Int32Array;
  readonly doubled: Uint8Array;
  /** Deliveries that took longer than this are drawn as delayed: the 99th percentile. */
  readonly slowUs: number;
  /** Where the picture ends: the end of the run, or the last that is known of it. */
  readonly endUs: number;

  constructor(data: RunData) {
    this.data = data;
    this.names = data.head.nodes.map(({ name }) => name);
    const { rows } = data;
    this.count = rows.kind.length;
    this.previous = new Int32Array(this.count).fill(-1);
    this.lastRowOfEvent = new Int32Array(this.count);
    this.fate = new Int32Array(this.count).fill(-1);
    this.doubled = new Uint8Array(this.count);
    this.operationOfRow = new Int32Array(this.count).fill(-1);
    this.#link();
    for (const { index, invokeRow, completeRow } of data.head.operations) {
      if (invokeRow >= 0) this.operationOfRow[invokeRow] = index;
      if (completeRow >= 0) this.operationOfRow[completeRow] = index;
    }
    this.slowUs = this.#slowUs();
    this.endUs = this.#endOfRun();
  }

  #link(): void {
    const { kind, cause, event } = this.data.rows;
    const last = new Map<number, number>();
    for (let row = 0; row < this.count; row += 1) {
      const actor = this.actorOf(row);
      if (actor >= 0) {
        this.previous[row] = last.get(actor) ?? -1;
        last.set(actor, row);
      }
      const send = cause[row]!;
      if (kind[row] === Kind.DUPLICATE && send >= 0) this.doubled[send] = 1;
      if ((kind[row] === Kind.DELIVER || kind[row] === Kind.DROP) && send >= 0)
        if (kind[send] === Kind.SEND) this.fate[send] = row;
    }
    for (let row = this.count - 1, end = row; row >= 0; row -= 1) {
      if (row + 1 < this.count && event[row + 1] !== event[row]) end = row;
      this.lastRowOfEvent[row] = end;
    }
  }

  #slowUs(): number {
    const { kind, cause, timeUs } = this.data.rows;
    const delays: number[] = [];
    const step = Math.max(1, Math.floor(this.count / 20_000));
    for (let row = 0; row < this.count; row += step)
      if (kind[row] === Kind.DELIVER && cause[row]! >= 0)
        delays.push(timeUs[row]! - timeUs[cause[row]!]!);
    if (delays.length < 20) return Infinity;
    delays.sort((a, b) => a - b);
    return delays[Math.floor(delays.length * 0.99)]!;
  }

  /** Whose row it is; -1 for the world's own. A loss belongs to nobody: neither side sees it. */
  actorOf(row: number): number {
    const { kind, node } = this.data.rows;
    return kind[row] === Kind.DROP || kind[row] === Kind.DUPLICATE ? -1 : node[row]!;
  }

  /** The first row of the event that this row is part of. */
  headOf(row: number): number {
    const { kind, cause } = this.data.rows;
    let at = row;
    while (at > 0 && kind[at]! >= Kind.FIRST_INNER_KIND) {
      const before = cause[at]!;
      at = before >= 0 && before < at && kind[before]! < Kind.FIRST_INNER_KIND ? before : at - 1;
    }
    return at;
  }

  payloadText(row: number): string | null {
    const payload = this.payload(row);
    return payload === undefined ? null : JSON.stringify(payload);
  }

  payload(row: number): unknown {
    const index = this.data.rows.payload[row]!;
    return index < 0 ? undefined : this.data.payloads.at(index);
  }

  row(index: number): TraceRow {
    const { rows } = this.data;
    return {
      event: rows.event[index]!,
      timeUs: rows.timeUs[index]!,
      kind: rows.kind[index]!,
      node: rows.node[index]!,
      peer: rows.peer[index]!,
      a: rows.a[index]!,
      digest: 0,
      draws: rows.draws[index]!,
      cause: rows.cause[index]!,
      // A sync that went well has the error null.
      payload: this.payload(index) ?? (rows.kind[index] === Kind.SYNCED ? null : undefined),
    };
  }

  /** What a row says, in the words of `splitbrain show`. */
  describe(index: number): string {
    return describeRow(this.row(index), this.names).trim();
  }

  /** `AppendEntries`: the type of the message that a row is about; empty for other rows. */
  messageType(row: number): string {
    const payload = this.payload(row) as Partial<Message> | null | undefined;
    return typeof payload?.type === 'string' ? payload.type : '';
  }

  timeUs(row: number): number {
    return this.data.rows.timeUs[row] ?? 0;
  }

  /** The first row at or after a time; `count` when there is none. */
  firstAt(timeUs: number): number {
    const times = this.data.rows.timeUs;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < timeUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first row of an event by its number; -1 when the run has no such event. */
  rowOfEvent(event: number): number {
    const { event: events } = this.data.rows;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]! < event) low = middle + 1;
      else high = middle;
    }
    return low < this.count && events[low] === event ? low : -1;
  }

  #endOfRun(): number {
    const { head } = this.data;
    const last = head.operations.reduce(
      (end, { invokeUs, completeUs }) => Math.max(end, completeUs ?? 0, invokeUs ?? 0),
      0,
    );
    return Math.max(head.virtualUs, this.count > 0 ? this.timeUs(this.count - 1) : 0, last, 1);
  }

  operation(index: number): OperationData | undefined {
    return this.data.head.operations[index];
  }
}
