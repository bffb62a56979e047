import { FIRST_INNER_KIND } from './event-kind.ts';

/** `off`: only the rolling hash; `events`: rows too; `full`: rows with their payloads, for the story. */
export type TraceLevel = 'off' | 'events' | 'full';

/** Events between two checkpoints of the trace hash (DESIGN §2). */
export const CHECKPOINT_EVENTS = 1024;
const CHUNK_ROWS = 4096;

/** One row of the trace, read back. `event` is the number of the event it happened in, from 1. */
export interface TraceRow {
  readonly event: number;
  readonly timeUs: number;
  readonly kind: number;
  readonly node: number;
  readonly peer: number;
  readonly a: number;
  readonly digest: number;
  readonly draws: number;
  /**
   * The row that led to this one, -1 for none: of the first row of an event, what scheduled it (the send of a message, what
   * set a timer); of every other row, that first row. Not hashed.
   */
  readonly cause: number;
  readonly payload: unknown;
}

/** The hash as it stood when `event` events had been dispatched. */
export interface Checkpoint {
  readonly event: number;
  readonly hash: string;
}

class Chunk {
  readonly event = new Int32Array(CHUNK_ROWS);
  readonly timeUs = new Float64Array(CHUNK_ROWS);
  readonly kind = new Uint8Array(CHUNK_ROWS);
  readonly node = new Int16Array(CHUNK_ROWS);
  readonly peer = new Int16Array(CHUNK_ROWS);
  readonly a = new Int32Array(CHUNK_ROWS);
  readonly digest = new Int32Array(CHUNK_ROWS);
  readonly draws = new Int32Array(CHUNK_ROWS);
  readonly cause = new Int32Array(CHUNK_ROWS);
}

/** Counts the draws of all streams of a run. */
export interface DrawTally {
  draws: number;
}

/**
 * What happened, row by row: always folded into a rolling 64-bit hash of (kind, node, peer, a, time, digest, draws), and,
 * when the level asks for it, kept in columns of typed arrays (about 35 bytes a row).
 */
export class Trace {
  readonly level: TraceLevel;
  /** Events dispatched so far. */
  events = 0;
  /** Rows recorded so far, kept or not. */
  rows = 0;
  readonly #tally: DrawTally;
  readonly #keeps: boolean;
  readonly #chunks: Chunk[] = [];
  readonly #payloads: unknown[] | null;
  #chunk: Chunk | null = null;
  #chunkRow = 0;
  #dispatchRow = 0;
  #dispatchCause = -1;
  #h1 = 0x243f6a88 | 0;
  #h2 = 0x85a308d3 | 0;
  readonly #checkpoints: number[] = [];

  constructor(level: TraceLevel, tally: DrawTally) {
    this.level = level;
    this.#tally = tally;
    this.#keeps = level !== 'off';
    this.#payloads = level === 'full' ? [] : null;
  }

  record(
    timeUs: number,
    kind: number,
    node: number,
    peer: number,
    a: number,
    digest: number,
    payload: unknown,
  ): void {
    const draws = this.#tally.draws;
    if (kind < FIRST_INNER_KIND) {
      if (this.events !== 0 && this.events % CHECKPOINT_EVENTS === 0)
        this.#checkpoints.push(this.#h1, this.#h2);
      this.events += 1;
    }
    let h1 = this.#h1;
    let h2 = this.#h2;
    h1 = Math.imul(h1 ^ (kind | ((node + 1) << 8) | ((peer + 1) << 20)), 0x9e3779b1);
    h1 = (((h1 << 13) | (h1 >>> 19)) + h2) | 0;
    // All 53 bits of the time: the upper ones are zero, and cost nothing, in a run below 71 virtual minutes.
    h2 = Math.imul(h2 ^ (timeUs | 0) ^ Math.imul(timeUs / 0x1_0000_0000, 0x9e3779b1), 0x85ebca6b);
    h2 = (((h2 << 15) | (h2 >>> 17)) + h1) | 0;
    h1 = Math.imul(h1 ^ a, 0xc2b2ae35);
    h1 = (((h1 << 13) | (h1 >>> 19)) + h2) | 0;
    h2 = Math.imul(h2 ^ digest, 0x27d4eb2f);
    h2 = (((h2 << 15) | (h2 >>> 17)) + h1) | 0;
    h1 = Math.imul(h1 ^ draws, 0x165667b1);
    this.#h1 = (((h1 << 13) | (h1 >>> 19)) + h2) | 0;
    this.#h2 = h2;
    this.rows += 1;
    if (this.#keeps) this.#keep(timeUs, kind, node, peer, a, digest, draws, payload);
  }

  #keep(
    timeUs: number,
    kind: number,
    node: number,
    peer: number,
    a: number,
    digest: number,
    draws: number,
    payload: unknown,
  ): void {
    let chunk = this.#chunk;
    if (chunk === null || this.#chunkRow === CHUNK_ROWS) {
      chunk = new Chunk();
      this.#chunk = chunk;
      this.#chunks.push(chunk);
      this.#chunkRow = 0;
    }
    const row = this.#chunkRow++;
    chunk.event[row] = this.events;
    chunk.timeUs[row] = timeUs;
    chunk.kind[row] = kind;
    chunk.node[row] = node;
    chunk.peer[row] = peer;
    chunk.a[row] = a;
    chunk.digest[row] = digest;
    chunk.draws[row] = draws;
    const index = this.rows - 1;
    chunk.cause[row] = index === this.#dispatchRow ? this.#dispatchCause : this.#dispatchRow;
    this.#payloads?.push(payload);
  }

  /** The loop takes the next event from the queue; `cause` is the row that scheduled it, -1 for none. */
  beginDispatch(cause: number): void {
    this.#dispatchRow = this.rows;
    this.#dispatchCause = cause;
  }

  /** What is dispatched was led to by another row than by the one that scheduled it: a timer that was moved. */
  blame(cause: number): void {
    this.#dispatchCause = cause;
  }

  /** The row to blame for what is scheduled now. */
  get lastCause(): number {
    return this.rows > this.#dispatchRow ? this.rows - 1 : this.#dispatchCause;
  }

  /** The 64-bit hash of everything so far, 16 hexadecimal digits. */
  hash(): string {
    return hex64(this.#h1, this.#h2);
  }

  /** The hash at every {@link CHECKPOINT_EVENTS} events, oldest first. */
  checkpoints(): Checkpoint[] {
    const result: Checkpoint[] = [];
    for (let index = 0; index * 2 < this.#checkpoints.length; index += 1)
      result.push({
        event: (index + 1) * CHECKPOINT_EVENTS,
        hash: hex64(this.#checkpoints[index * 2]!, this.#checkpoints[index * 2 + 1]!),
      });
    return result;
  }

  /** The row with this index (0-based); only rows kept by the level can be read. */
  row(index: number): TraceRow {
    const chunk = this.#chunks[Math.floor(index / CHUNK_ROWS)];
    if (chunk === undefined || index >= this.rows)
      throw new RangeError(
        `trace row ${index} was not kept (level ${this.level}, ${this.rows} rows)`,
      );
    const at = index % CHUNK_ROWS;
    return {
      event: chunk.event[at]!,
      timeUs: chunk.timeUs[at]!,
      kind: chunk.kind[at]!,
      node: chunk.node[at]!,
      peer: chunk.peer[at]!,
      a: chunk.a[at]!,
      digest: chunk.digest[at]!,
      draws: chunk.draws[at]!,
      cause: chunk.cause[at]!,
      payload: this.#payloads?.[index],
    };
  }

  /** The first kept row of this event or, if it has none, of the next that has; {@link keptRows} when there is none. */
  firstRowOf(event: number): number {
    let low = 0;
    let high = this.keptRows();
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[Math.floor(middle / CHUNK_ROWS)]!.event[middle % CHUNK_ROWS]! < event)
        low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Rows kept: 0 when the level is `off`. */
  keptRows(): number {
    return this.#keeps ? this.rows : 0;
  }
}

function hex64(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
