import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { Content, Entry } from './records.ts';

/** Judges that the messages of an account reach the broker in the order in which A committed them. */
export class OutboxWatch {
  readonly #judge: Judge;
  readonly #broker: NodeId;
  #commits = 0;
  /** When each key was committed at A, as a number of the order. */
  readonly #order = new Map<string, number>();
  /** By account: the latest commit whose message the broker has. */
  #latest = new Map<string, number>();
  #seen = new Set<string>();

  constructor(judge: Judge, broker: NodeId) {
    this.#judge = judge;
    this.#broker = broker;
  }

  committed(key: string): void {
    this.#commits += 1;
    this.#order.set(key, this.#commits);
  }

  /** What is not in the log any more never arrived. */
  recovered(entries: readonly Entry[]): void {
    this.#latest = new Map();
    this.#seen = new Set();
    for (const { record } of entries) if (record.kind === 'message') this.arrived(record.content);
  }

  arrived({ key, producer, shardKey }: Content): void {
    const order = this.#order.get(key);
    if (order === undefined || this.#seen.has(key)) return;
    this.#seen.add(key);
    const account = `${producer} ${shardKey}`;
    const latest = this.#latest.get(account) ?? 0;
    if (order < latest)
      this.#judge.violated(
        'outbox-order',
        [producer, this.#broker],
        `${key} reaches the broker behind a message of account ${shardKey} that A committed after it.`,
      );
    this.#latest.set(account, Math.max(order, latest));
  }
}
