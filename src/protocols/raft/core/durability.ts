import type { DiskError, NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { RaftMessage } from '../messages.ts';
import { RaftState } from './state.ts';

interface HeldMessage {
  /** Number of the last write that must be durable before this goes out. */
  readonly write: number;
  readonly to: NodeId;
  readonly message: RaftMessage;
}

interface SyncUnderWay {
  readonly write: number;
  /** Last log index it makes durable; lowered when the log is truncated meanwhile. */
  logIndex: number;
}

/**
 * Promises only what is on disk (Raft Figure 2: "updated on stable storage before responding to RPCs"). Messages
 * that promise something wait in an outbox for the sync that covers every write made before them.
 */
export abstract class Durability extends RaftState {
  /** Writes handed to the disk so far. */
  protected writes = 0;
  /** Writes known to be durable. */
  protected durableWrites = 0;
  #issuedWrites = 0;
  /** The write that makes the current term durable. */
  #termWrite = 0;
  #nextToken = 1;
  readonly #syncs: SyncUnderWay[] = [];
  #outbox: HeldMessage[] = [];

  /** How many writes there ever were decides nothing: only what is still to become durable does. */
  override [INNER_STATE](): unknown {
    const left = ({ write }: { readonly write: number }): number => write - this.durableWrites;
    return [
      super[INNER_STATE](),
      this.writes - this.durableWrites,
      this.writes - this.#issuedWrites,
      Math.max(0, this.#termWrite - this.durableWrites),
      this.#syncs.map((sync) => [left(sync), sync.logIndex]),
      this.#outbox.map((held) => [left(held), held.to, held.message]),
    ];
  }

  /** Writes term and vote. */
  protected persistHardState(): void {
    this.store.saveHardState(this.currentTerm, this.votedFor);
    this.writes += 1;
    this.#termWrite = this.writes;
  }

  /** Sends a promise: at once when everything written is durable, else after the sync that makes it so. */
  sendPromise(to: NodeId, message: RaftMessage): void {
    if (this.mayPromise()) this.transmit(to, message);
    else this.#outbox.push({ write: this.writes, to, message });
  }

  /** Sends what promises nothing but its term: that one must not be spoken of before it is durable (Raft Figure 2). */
  protected sendOfTerm(to: NodeId, message: RaftMessage): void {
    if (this.#termWrite <= this.durableWrites) this.transmit(to, message);
    else this.#outbox.push({ write: this.#termWrite, to, message });
  }

  /** A promise may leave only when everything it rests on is durable. */
  protected mayPromise(): boolean {
    return this.durableWrites === this.writes;
  }

  protected override transmit(to: NodeId, message: RaftMessage): void {
    this.observer?.sending(this, to, message);
    this.port.send(to, message);
  }

  /** Starts a sync for what the last input wrote, unless one is under way that the next should wait for. */
  protected syncWrites(): void {
    if (this.writes === this.#issuedWrites || this.#syncs.length >= this.config.syncsInFlight)
      return;
    this.#issuedWrites = this.writes;
    this.#syncs.push({ write: this.writes, logIndex: this.log.lastIndex });
    this.store.sync(this.#nextToken);
    this.#nextToken += 1;
  }

  /**
   * The oldest sync has ended.
   * When it failed, what it covered may be lost for good: this server stops, and recovers from its disk when it starts again.
   */
  protected syncEnded(error: DiskError | null): void {
    if (error !== null)
      this.port.exit(`fsync failed (${error}): the log cannot be trusted before it is read again`);
    const sync = this.#syncs.shift();
    if (sync === undefined) throw new Error(`${this.name()}: a sync ended that was never started`);
    this.store.synced();
    this.durableWrites = sync.write;
    this.durableIndex = Math.max(this.durableIndex, sync.logIndex);
    this.durableAdvanced();
    this.#releaseOutbox();
  }

  /** Entries from `index` on were removed: a sync under way no longer makes anything there durable. */
  protected forgetDurable(index: number): void {
    this.durableIndex = Math.min(this.durableIndex, index - 1);
    for (const sync of this.#syncs) sync.logIndex = Math.min(sync.logIndex, index - 1);
  }

  #releaseOutbox(): void {
    const held = this.#outbox;
    if (held.length === 0) return;
    let count = 0;
    while (count < held.length && held[count]!.write <= this.durableWrites) count += 1;
    if (count === 0) return;
    this.#outbox = held.slice(count);
    for (let at = 0; at < count; at += 1) {
      const { to, message } = held[at]!;
      if (!this.outdated(message)) this.transmit(to, message);
    }
  }

  /**
   * What was overtaken while it waited for the disk: an acknowledgement of an earlier term, as the log it spoke of may
   * have been cut since; a request for votes in a campaign that is over.
   */
  protected outdated(message: RaftMessage): boolean {
    if (message.type === 'AppendEntriesReply' || message.type === 'InstallSnapshotReply')
      return message.term < this.currentTerm;
    if (message.type === 'RequestVote')
      return this.role !== 'candidate' || message.term < this.currentTerm;
    return false;
  }
}
