import { TORN_RECORD } from '../../sim/engine/env.ts';
import type { DiskError, NodeEnv } from '../../sim/engine/env.ts';
import type { Effect } from './store.ts';

/** When the append-only file is forced to disk: `off` keeps none, `no` leaves it to the operating system. */
export type AofMode = 'off' | 'no' | 'everysec' | 'always';

const FILE = 'appendonly.aof';
const FLUSH_TIMER = 'aof-flush';
/** Redis' `hz 10`: how often it looks at its file when no command makes it. */
const FLUSH_EVERY_US = 100_000;
/** How long `everysec` keeps changes in memory for a sync that does not end, s. */
const POSTPONED_AT_MOST_S = 2;

/**
 * Redis' append-only file. With `always` an answer waits until everything written before it is durable, and the process
 * ends when a sync fails. With `everysec` up to a second of answered commands is lost with the power, though not with the
 * process; but while a sync is under way the changes after it stay in the memory of the process (at most 2 s), and are lost
 * with it, too; and after a sync that failed no write is accepted. No new one is tried then before something is written all
 * the same: a key that expires. The rules are those of `flushAppendOnlyFile` and `writeCommandsDeniedByDiskError` in Redis
 * 7.0, seen on a real 7.0.15 with a slow and with a failing fdatasync.
 */
export class AppendOnlyFile {
  readonly #env: NodeEnv;
  readonly #mode: AofMode;
  /** With `everysec`: changes that are not in the page cache yet. */
  #buffer: (readonly Effect[])[] = [];
  /** The second of the wall clock since which the buffer waits for a sync to end; null: it does not. */
  #postponedS: number | null = null;
  /** Whether the page cache has what no sync was begun for. */
  #dirty = false;
  /** With `everysec`: whether a sync is under way, and the second in which the last was due. */
  #syncing = false;
  #lastSyncS: number;
  #nextToken = 1;
  /** With `always`: answers that wait, by the sync that frees them. */
  #waiting: { readonly token: number; readonly answer: () => void }[] = [];
  /** With `everysec` no write is accepted after a failed sync, until a later one succeeds (MISCONF). */
  refuses = false;

  constructor(env: NodeEnv, mode: AofMode) {
    this.#env = env;
    this.#mode = mode;
    this.#lastSyncS = this.#nowS();
  }

  /** The changes on disk, oldest first; a torn tail is cut off, as `aof-load-truncated yes` does. */
  load(): readonly Effect[] {
    if (this.#mode === 'off') return [];
    const records = this.#env.disk.read(FILE);
    const torn = records.indexOf(TORN_RECORD);
    if (torn >= 0) this.#env.disk.truncate(FILE, torn);
    if (this.#mode === 'everysec') this.#env.setTimer(FLUSH_TIMER, FLUSH_EVERY_US);
    const whole = (torn >= 0 ? records.slice(0, torn) : records) as readonly (readonly Effect[])[];
    return whole.flat();
  }

  /** All that one command or script changes is one record: it is there as a whole or not at all (MULTI, EXEC in Redis). */
  write(effects: readonly Effect[]): void {
    if (this.#mode === 'off' || effects.length === 0) return;
    if (this.#mode !== 'everysec') {
      this.#append(effects);
      return;
    }
    this.#buffer.push(effects);
    this.#everySecond();
  }

  /** Answers now, or when what was written so far is durable. */
  whenSafe(answer: () => void): void {
    if (this.#mode !== 'always' || (!this.#dirty && this.#waiting.length === 0)) {
      answer();
      return;
    }
    if (this.#dirty) this.#sync();
    this.#waiting.push({ token: this.#nextToken - 1, answer });
  }

  onTimer(name: string): boolean {
    if (name !== FLUSH_TIMER) return false;
    this.#everySecond();
    this.#env.setTimer(FLUSH_TIMER, FLUSH_EVERY_US);
    return true;
  }

  onSynced(token: number, error: DiskError | null): void {
    this.#syncing = false;
    if (this.#mode !== 'always') {
      this.refuses = error !== null;
      return;
    }
    if (error !== null) this.#env.exit('a sync failed, and appendfsync is always');
    const free = this.#waiting.filter((one) => one.token <= token);
    this.#waiting = this.#waiting.filter((one) => one.token > token);
    for (const { answer } of free) answer();
  }

  /** Writes what is in memory, and begins a sync when the last was due in an earlier second. */
  #everySecond(): void {
    if (this.#syncing && (this.#buffer.length === 0 || this.#mayPostpone())) return;
    this.#empty();
    if (!this.#dirty || this.#nowS() <= this.#lastSyncS) return;
    this.#lastSyncS = this.#nowS();
    if (!this.#syncing) this.#sync();
  }

  /** While a sync is under way a write could wait for it in the operating system, and every client with it. */
  #mayPostpone(): boolean {
    this.#postponedS ??= this.#nowS();
    return this.#nowS() - this.#postponedS < POSTPONED_AT_MOST_S;
  }

  /** From the memory of the process to the page cache. */
  #empty(): void {
    for (const effects of this.#buffer) this.#append(effects);
    this.#buffer = [];
    this.#postponedS = null;
  }

  #append(effects: readonly Effect[]): void {
    this.#env.disk.append(FILE, effects);
    this.#dirty = true;
  }

  #sync(): void {
    this.#dirty = false;
    this.#syncing = true;
    this.#env.disk.sync(this.#nextToken);
    this.#nextToken += 1;
  }

  /** Redis' `unixtime`: whole seconds of the wall clock. */
  #nowS(): number {
    return Math.floor(this.#env.wallUs() / 1_000_000);
  }
}
