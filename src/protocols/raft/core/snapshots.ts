import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { Membership } from '../membership.ts';
import type { InstallSnapshot, InstallSnapshotReply } from '../messages.ts';
import type { Progress } from '../progress.ts';
import type { Snapshot } from '../storage.ts';
import { LeaderCommit } from './leader-commit.ts';

interface IncomingSnapshot {
  readonly index: number;
  readonly term: number;
  readonly records: unknown[];
}

/** Log compaction (Raft §7, Figure 13): snapshots taken by each server, and sent in chunks to who lags too far. */
export abstract class Snapshots extends LeaderCommit {
  snapshot: Snapshot | null = null;
  /** The write that makes the latest snapshot durable; 0 when the log is already compacted. */
  #compactAfterWrite = 0;
  #incoming: IncomingSnapshot | null = null;

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.#compactAfterWrite > 0, this.#incoming];
  }

  protected override advanceCommit(index: number, counted: boolean): void {
    super.advanceCommit(index, counted);
    if (this.snapshotDue()) this.takeSnapshot();
  }

  protected snapshotDue(): boolean {
    const every = this.config.snapshotEvery;
    return every > 0 && this.lastApplied - (this.snapshot?.lastIncludedIndex ?? 0) >= every;
  }

  protected takeSnapshot(): void {
    const index = this.snapshotIndex();
    const snapshot: Snapshot = {
      lastIncludedIndex: index,
      lastIncludedTerm: this.log.termAt(index)!,
      membership: this.membershipForSnapshot(index),
      records: this.machine.save(),
    };
    this.snapshot = snapshot;
    this.store.saveSnapshot(snapshot, this.log.lastIndex, this.log.lastTerm);
    this.writes += 1;
    this.#compactAfterWrite = this.writes;
    this.observer?.snapshotTaken(this, snapshot);
    if (this.compactsAtOnce()) this.compact();
  }

  /** A snapshot holds what was applied, no more and no less. */
  protected snapshotIndex(): number {
    return this.lastApplied;
  }

  /** The membership as of `index`: a later one in the log may still be undone. */
  protected membershipForSnapshot(index: number): Membership {
    let found = this.memberships[0]!.membership;
    for (const at of this.memberships) if (at.index <= index) found = at.membership;
    return found;
  }

  /** The entries go only when the snapshot that replaces them is durable. */
  protected compactsAtOnce(): boolean {
    return false;
  }

  protected override durableAdvanced(): void {
    super.durableAdvanced();
    if (this.#compactAfterWrite > 0 && this.durableWrites >= this.#compactAfterWrite)
      this.compact();
  }

  protected compact(): void {
    this.#compactAfterWrite = 0;
    const { lastIncludedIndex: index, lastIncludedTerm: term, membership } = this.snapshot!;
    if (index <= this.log.compactedIndex) return;
    this.log.compactTo(index, term);
    const later = this.memberships.filter((at) => at.index > index);
    this.memberships = [{ index, membership }, ...later];
  }

  /** Sends the next chunk to a member that needs entries which are compacted away. */
  protected override sendSnapshot(peer: NodeId, progress: Progress): boolean {
    if (progress.snapshot === null) progress.becomeSnapshot(this.snapshot!);
    if (progress.probing) return false;
    progress.probing = true;
    const snapshot = progress.snapshot!;
    const offset = progress.snapshotReceived;
    const end = Math.min(offset + this.config.snapshotChunk, snapshot.records.length);
    this.transmit(peer, {
      type: 'InstallSnapshot',
      term: this.currentTerm,
      leaderId: this.id,
      lastIncludedIndex: snapshot.lastIncludedIndex,
      lastIncludedTerm: snapshot.lastIncludedTerm,
      membership: snapshot.membership,
      offset,
      data: snapshot.records.slice(offset, end),
      done: end === snapshot.records.length,
      round: this.round,
      session: progress.session,
    });
    return true;
  }

  protected onInstallSnapshotReply(from: NodeId, reply: InstallSnapshotReply): void {
    this.observeTerm(reply.term);
    if (this.role !== 'leader' || reply.term !== this.currentTerm) return;
    const progress = this.progress[from];
    if (progress === undefined || !this.answersThisSession(progress, reply)) return;
    progress.active = true;
    this.noteRound(progress, reply.round);
    if (progress.snapshot?.lastIncludedIndex !== reply.lastIncludedIndex) return;
    if (reply.installed) this.snapshotArrived(from, progress, reply.lastIncludedIndex);
    else if (reply.received !== progress.snapshotReceived) {
      progress.snapshotReceived = reply.received;
      progress.probing = false;
      this.sendSnapshot(from, progress);
    }
  }

  protected snapshotArrived(peer: NodeId, progress: Progress, index: number): void {
    if (this.raiseMatch(progress, index)) {
      this.observer?.matchAdvanced(this, peer, index, progress.session);
      this.matchAdvanced(peer, progress);
    }
    progress.becomeProbe(progress.matchIndex + 1);
    this.sendNext(peer, progress);
  }

  /** Receiver implementation of InstallSnapshot (Raft Figure 13). */
  protected onInstallSnapshot(from: NodeId, request: InstallSnapshot): void {
    if (this.inert) return;
    if (this.isStale(request.term)) {
      this.answerSnapshot(from, request, 0, false);
      return;
    }
    this.observeTerm(request.term);
    this.heardFromLeader(request.leaderId);
    if (!this.snapshotIsNews(request)) this.answerSnapshot(from, request, 0, true);
    else if (!this.takeChunk(request))
      this.answerSnapshot(from, request, this.#held(request), false);
    else this.#chunkTaken(from, request);
  }

  /** A snapshot of what is committed here already must change nothing: state never goes back. */
  protected snapshotIsNews(request: InstallSnapshot): boolean {
    return request.lastIncludedIndex > this.commitIndex;
  }

  /** Adds the chunk when it continues what is held of the very same snapshot. */
  protected takeChunk(request: InstallSnapshot): boolean {
    if (request.offset === 0)
      this.#incoming = {
        index: request.lastIncludedIndex,
        term: request.lastIncludedTerm,
        records: [],
      };
    if (request.offset !== this.#held(request)) return false;
    this.#incoming!.records.push(...request.data);
    return true;
  }

  /** True while chunks of some snapshot are here and more are to come. */
  protected receiving(): boolean {
    return this.#incoming !== null;
  }

  /** How many records of the snapshot that `request` belongs to are here. */
  #held(request: InstallSnapshot): number {
    const incoming = this.#incoming;
    return incoming !== null && this.sameSnapshot(incoming, request) ? incoming.records.length : 0;
  }

  protected sameSnapshot(incoming: IncomingSnapshot, request: InstallSnapshot): boolean {
    return (
      incoming.index === request.lastIncludedIndex && incoming.term === request.lastIncludedTerm
    );
  }

  #chunkTaken(from: NodeId, request: InstallSnapshot): void {
    if (!request.done) {
      this.answerSnapshot(from, request, this.#incoming!.records.length, false);
      return;
    }
    const records = this.#incoming!.records;
    this.#incoming = null;
    const { lastIncludedIndex, lastIncludedTerm, membership } = request;
    this.install({ lastIncludedIndex, lastIncludedTerm, membership, records });
    this.answerSnapshot(from, request, records.length, true);
  }

  /**
   * "If existing log entry has same index and term as snapshot's last included entry, retain log entries following it",
   * otherwise "discard the entire log" (Raft Figure 13, rules 6-8).
   */
  protected install(snapshot: Snapshot): void {
    const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot;
    if (this.log.termAt(index) === term) this.advanceCommit(index, false);
    else this.replaceLog(snapshot);
  }

  protected replaceLog(snapshot: Snapshot): void {
    const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot;
    const commitBefore = this.commitIndex;
    this.snapshot = snapshot;
    this.store.replaceBySnapshot(snapshot);
    this.writes += 1;
    this.#compactAfterWrite = this.writes;
    this.forgetDurable(this.log.compactedIndex + 1);
    this.log.resetTo(index, term);
    this.loadSnapshot(snapshot);
    this.observer?.snapshotInstalled(this, snapshot, this.machine.stateHash, commitBefore);
    this.membershipChanged();
  }

  /** State machine, indexes and membership as the snapshot has them. */
  protected loadSnapshot(snapshot: Snapshot): void {
    const index = snapshot.lastIncludedIndex;
    this.machine = this.createMachine();
    this.machine.restore(snapshot.records);
    this.lastApplied = index;
    this.commitIndex = index;
    this.memberships = [{ index, membership: snapshot.membership }];
    this.adoptLatestMembership();
  }

  protected answerSnapshot(
    from: NodeId,
    request: InstallSnapshot,
    received: number,
    installed: boolean,
  ): void {
    this.sendPromise(from, {
      type: 'InstallSnapshotReply',
      term: this.currentTerm,
      lastIncludedIndex: request.lastIncludedIndex,
      received,
      installed,
      round: request.round,
      session: request.session,
    });
  }
}
