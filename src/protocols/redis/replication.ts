import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Replicate } from './messages.ts';
import type { Effect, RedisStore } from './store.ts';

export interface ReplicationOptions {
  /** Both servers; the first starts as the primary. */
  readonly pair: readonly [NodeId, NodeId];
  /** How long the primary collects changes before it sends them, µs. Clients are answered before. */
  readonly delayUs: number;
  /** The replica takes over after this much silence, µs. */
  readonly failoverAfterUs: number;
}

const SEND_TIMER = 'replicate';
const SILENCE_TIMER = 'primary-silent';

/** Asynchronous replication with fail-over by silence: a write that was answered may not have reached the replica. */
export class Replication {
  isReplica: boolean;
  readonly #env: NodeEnv;
  readonly #options: ReplicationOptions;
  readonly #store: RedisStore;
  readonly #peer: NodeId;
  #epoch = 1;
  #sendSoon = false;

  constructor(env: NodeEnv, options: ReplicationOptions, store: RedisStore) {
    this.#env = env;
    this.#options = options;
    this.#store = store;
    const [first, second] = options.pair;
    this.#peer = env.id === first ? second : first;
    // Whoever restarts waits for the other one's word before it leads.
    this.isReplica = env.id !== first || env.incarnation > 1;
  }

  start(): void {
    if (this.isReplica) this.#env.setTimer(SILENCE_TIMER, this.#options.failoverAfterUs);
    else this.#heartbeat();
  }

  changed(): void {
    if (this.isReplica || this.#sendSoon) return;
    this.#sendSoon = true;
    this.#env.setTimer(SEND_TIMER, this.#options.delayUs);
  }

  /** Takes over the primary's data set; answers what that changes here, for the append-only file. */
  receive({ epoch, entries }: Replicate): readonly Effect[] {
    if (epoch < this.#epoch || (epoch === this.#epoch && !this.isReplica)) return [];
    this.#epoch = epoch;
    this.isReplica = true;
    this.#env.cancelTimer(SEND_TIMER);
    this.#env.setTimer(SILENCE_TIMER, this.#options.failoverAfterUs);
    return this.#store.replaceBy(entries);
  }

  onTimer(name: string): void {
    if (name === SEND_TIMER) this.#heartbeat();
    else if (name === SILENCE_TIMER) {
      this.#epoch += 1;
      this.isReplica = false;
      this.#env.mark('promoted', { epoch: this.#epoch });
      this.#heartbeat();
    }
  }

  #heartbeat(): void {
    this.#sendSoon = false;
    const message: Replicate = {
      type: 'Replicate',
      epoch: this.#epoch,
      entries: this.#store.entries(),
    };
    this.#env.send(this.#peer, message);
    this.#env.setTimer(SEND_TIMER, Math.floor(this.#options.failoverAfterUs / 3));
  }
}
