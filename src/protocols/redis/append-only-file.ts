import { TORN_RECORD } from '../../sim/engine/env.ts';
import type { DiskError, NodeEnv } from '../../sim/engine/env.ts';
import type { Effect } from './store.ts';

/** When the append-only file is forced to disk: `off` keeps none, `no` leaves it to the operating system. */
export type AofMode = 'off' | 'no' | 'everysec' | 'always';

const FILE = 'appendonly.aof';
const EVERY_US = 1_000_000;
const SYNC_TIMER = 'aof-sync';

/**
 * Redis' append-only file. With `always` an answer waits until everything written before it is durable; with
 * `everysec` up to a second of answered commands is lost with the power, though not with the process.
 */
export class AppendOnlyFile {
  readonly #env: NodeEnv;
  readonly #mode: AofMode;
  #dirty = false;
  #nextToken = 1;
  /** With `always`: answers that wait, by the sync that frees them. */
  #waiting: { readonly token: number; readonly answer: () => void }[] = [];
  /** A failed sync stops Redis for good when it has promised `always`. */
  failed = false;

  constructor(env: NodeEnv, mode: AofMode) {
    this.#env = env;
    this.#mode = mode;
  }

  /** The changes on disk, oldest first; a torn tail is cut off, as `aof-load-truncated yes` does. */
  load(): readonly Effect[] {
    if (this.#mode === 'off') return [];
    const records = this.#env.disk.read(FILE);
    const torn = records.indexOf(TORN_RECORD);
    if (torn >= 0) this.#env.disk.truncate(FILE, torn);
    if (this.#mode === 'everysec') this.#env.setTimer(SYNC_TIMER, EVERY_US);
    const whole = (torn >= 0 ? records.slice(0, torn) : records) as readonly (readonly Effect[])[];
    return whole.flat();
  }

  /** All that one command or script changes is one record: it is there as a whole or not at all (MULTI, EXEC in Redis). */
  write(effects: readonly Effect[]): void {
    if (this.#mode === 'off' || effects.length === 0) return;
    this.#env.disk.append(FILE, effects);
    this.#dirty = true;
  }

  /** Answers now, or when what was written so far is durable. */
  whenSafe(answer: () => void): void {
    if (this.failed) return;
    if (this.#mode !== 'always' || (!this.#dirty && this.#waiting.length === 0)) {
      answer();
      return;
    }
    if (this.#dirty) {
      this.#dirty = false;
      this.#env.disk.sync(this.#nextToken);
      this.#nextToken += 1;
    }
    this.#waiting.push({ token: this.#nextToken - 1, answer });
  }

  onTimer(name: string): boolean {
    if (name !== SYNC_TIMER) return false;
    if (this.#dirty) this.#env.disk.sync(0);
    this.#dirty = false;
    this.#env.setTimer(SYNC_TIMER, EVERY_US);
    return true;
  }

  onSynced(token: number, error: DiskError | null): void {
    if (this.#mode !== 'always') return;
    if (error !== null) {
      this.failed = true;
      return;
    }
    const free = this.#waiting.filter((one) => one.token <= token);
    this.#waiting = this.#waiting.filter((one) => one.token > token);
    for (const { answer } of free) answer();
  }
}
