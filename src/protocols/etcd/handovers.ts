import type { NodeId } from '../../sim/engine/env.ts';
import { inMs } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import { folderOf } from './store.ts';
import type { KeyValue } from './store.ts';

interface HolderEnd {
  readonly key: KeyValue;
  readonly atUs: number;
  /** The store's revision then: who had a key by then was waiting. */
  readonly revision: number;
  /** Its owner deleted the key; else its lease ended first. */
  readonly released: boolean;
}

/** How a lock passes from one holder to the next, by the order of the log and in true time. */
export class Handovers {
  /** The longest from the end of a holder, by its release or by its lease, to the grant of one who was waiting by then, µs. */
  longestUs = 0;
  readonly #lockDelayUs: number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** By folder: the end of the holder that was the last to end, and what each server's clock said then. */
  readonly #ends = new Map<string, HolderEnd & { readonly clocks: ReadonlyMap<NodeId, number> }>();
  readonly #clocks = new Map<NodeId, () => number>();

  constructor(lockDelayUs: number, nameOf: (id: NodeId) => string, report: ReportViolation) {
    this.#lockDelayUs = lockDelayUs;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  /** A lock-delay is as long as the leader's monotonic clock makes it: whoever may lead shows its own. */
  showClock(server: NodeId, monotonicUs: () => number): void {
    this.#clocks.set(server, monotonicUs);
  }

  ended(end: HolderEnd): void {
    const clocks = new Map([...this.#clocks].map(([server, read]) => [server, read()]));
    this.#ends.set(folderOf(end.key.key), { ...end, clocks });
  }

  granted({ key, client }: Grant, path: string, revision: number, nowUs: number): void {
    const end = this.#ends.get(folderOf(path));
    // One that takes the lock with a key that has lapsed itself is no other: `grant-has-key` speaks of it.
    if (end === undefined || end.key.key === path) return;
    const passedUs = nowUs - end.atUs;
    if (revision <= end.revision) this.longestUs = Math.max(this.longestUs, passedUs);
    const countedUs = [...end.clocks].map(([server, us]) => this.#clocks.get(server)!() - us);
    if (!end.released && Math.max(...countedUs) < this.#lockDelayUs)
      this.#report({
        invariant: 'lock-delay',
        sentence: `${this.#nameOf(client)} takes lock ${key} with ${path} ${inMs(passedUs)} after the lease of ${end.key.key} had ended.`,
        because: [
          `Its owner had not released it: the lock-delay of ${inMs(this.#lockDelayUs)} began at ${inMs(end.atUs)}.`,
        ],
        nodes: [client],
      });
  }
}
