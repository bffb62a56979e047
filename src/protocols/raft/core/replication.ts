import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { Entry } from '../entry.ts';
import { isMember } from '../membership.ts';
import type { AppendEntries, AppendEntriesReply } from '../messages.ts';
import { Progress } from '../progress.ts';
import { Receiver } from './receiver.ts';

const NO_ENTRIES: readonly Entry[] = [];

/** The leader's half of log replication (Raft §5.3, Figure 2 "Leaders"). */
export abstract class Replication extends Receiver {
  /** Number of the latest round of messages by which leadership is confirmed; they carry it, answers echo it. */
  protected round = 0;
  #sessions = 0;
  #lastSent: AppendEntries | null = null;
  #batching = false;

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.#sessions, this.#batching];
  }

  /** A leader at first knows nothing of the others: "nextIndex = last log index + 1, matchIndex = 0" (Figure 2). */
  protected override leadershipWon(): void {
    this.progress = [];
    this.round = 0;
    this.membershipChanged();
    this.startRound();
    this.proposeNoop();
    this.announce();
    if (this.config.checkQuorum)
      this.port.setTimer('checkQuorum', this.config.electionTimeoutMinUs);
  }

  /** A blank entry of one's own term commits everything before it, without waiting for clients (Raft §8). */
  protected proposeNoop(): void {
    this.propose({ command: null, membership: null });
  }

  /** "If command received from client: append entry to local log" (Raft Figure 2). */
  protected propose(content: Pick<Entry, 'command' | 'membership'>): Entry {
    const entry: Entry = {
      index: this.log.lastIndex + 1,
      term: this.currentTerm,
      prevTerm: this.log.lastTerm,
      command: content.command,
      membership: content.membership,
      timeUs: this.port.wallUs(),
    };
    this.appendEntry(entry);
    this.#replicateSoon();
    return entry;
  }

  #replicateSoon(): void {
    if (this.config.batchUs === 0) this.replicateToAll();
    else if (!this.#batching) {
      this.#batching = true;
      this.port.setTimer('batch', this.config.batchUs);
    }
  }

  protected batchTimedOut(): void {
    this.#batching = false;
    if (this.role === 'leader') this.replicateToAll();
  }

  /** Members that joined get progress, members that left lose it. */
  protected override membershipChanged(): void {
    if (this.role !== 'leader') {
      this.resetElectionTimer();
      return;
    }
    this.#sessions += 1;
    for (const id of [...this.peers, this.id])
      this.progress[id] ??= new Progress(this.log.lastIndex + 1, this.#sessions);
    for (let id = 0; id < this.progress.length; id += 1)
      if (id !== this.id && !isMember(this.membership, id)) this.progress[id] = undefined;
  }

  /** "Repeat during idle periods to prevent election timeouts" (Raft §5.2); also finds lost messages. */
  protected heartbeat(): void {
    this.startRound();
    for (const peer of this.peers) {
      const progress = this.progress[peer]!;
      this.noticeLoss(progress);
      progress.probing = false;
    }
    this.announce();
  }

  /** Every member hears from its leader now, unless a message to it has just left. */
  protected announce(): void {
    this.port.setTimer('heartbeat', this.config.heartbeatUs);
    for (const peer of this.peers) {
      const progress = this.progress[peer]!;
      if (!progress.probing && !this.sendNext(peer, progress)) this.sendHeartbeat(peer, progress);
    }
  }

  /** Every message from now on, when answered, confirms that this server led at this moment. */
  protected startRound(): void {
    this.round += 1;
    this.progress[this.id]!.round = this.round;
  }

  /** Messages are under way but nothing was acknowledged since the last heartbeat: send again from the match on. */
  protected noticeLoss(progress: Progress): void {
    const stalled =
      progress.mode === 'replicate' &&
      progress.nextIndex > progress.matchIndex + 1 &&
      progress.matchIndex === progress.matchAtHeartbeat;
    if (stalled) progress.becomeProbe(progress.matchIndex + 1);
    progress.matchAtHeartbeat = progress.matchIndex;
  }

  protected replicateToAll(): void {
    for (const peer of this.peers) this.replicateTo(peer, this.progress[peer]!);
  }

  /** "If last log index >= nextIndex for a follower: send AppendEntries with entries starting at nextIndex". */
  protected replicateTo(peer: NodeId, progress: Progress): void {
    while (progress.nextIndex <= this.log.lastIndex && this.sendNext(peer, progress));
  }

  /** Sends the next entries, or the snapshot when they are compacted away. False when nothing may be sent now. */
  protected sendNext(peer: NodeId, progress: Progress): boolean {
    if (progress.mode === 'snapshot') return this.sendSnapshot(peer, progress);
    if (progress.probing) return false;
    if (progress.nextIndex <= this.log.compactedIndex) return this.sendSnapshot(peer, progress);
    const limit = this.sendableEntries(progress);
    if (limit <= 0) return false;
    const message = this.appendFrom(progress.nextIndex - 1, limit, progress);
    if (progress.mode === 'probe') progress.probing = true;
    else progress.nextIndex += message.entries.length;
    this.transmit(peer, message);
    return true;
  }

  /** How many entries the limits let go to this member now. */
  protected sendableEntries(progress: Progress): number {
    const { entriesPerAppend, inflightEntries, pipeline } = this.config;
    if (progress.mode === 'probe') return entriesPerAppend;
    const inflight = progress.nextIndex - 1 - progress.matchIndex;
    if (!pipeline && inflight > 0) return 0;
    if (progress.nextIndex > this.log.lastIndex) return 0;
    return Math.min(entriesPerAppend, inflightEntries - inflight);
  }

  /** Says "I lead" about the part of the log that the member is known to share. */
  protected sendHeartbeat(peer: NodeId, progress: Progress): void {
    const shared = Math.max(progress.matchIndex, this.log.compactedIndex);
    this.transmit(peer, this.appendFrom(shared, 0, progress));
  }

  /** Builds an AppendEntries, or takes the last one again when it says the same: messages are never changed. */
  protected appendFrom(prevLogIndex: number, limit: number, progress: Progress): AppendEntries {
    const count = Math.min(limit, this.log.lastIndex - prevLogIndex);
    const leaderCommit = this.commitIndex;
    const last = this.#lastSent;
    if (
      last?.prevLogIndex === prevLogIndex &&
      last.entries.length === count &&
      last.leaderCommit === leaderCommit &&
      last.round === this.round &&
      last.term === this.currentTerm &&
      last.session === progress.session
    )
      return last;
    this.#lastSent = {
      type: 'AppendEntries',
      term: this.currentTerm,
      leaderId: this.id,
      prevLogIndex,
      prevLogTerm: this.log.termAt(prevLogIndex) ?? 0,
      entries: count === 0 ? NO_ENTRIES : this.log.slice(prevLogIndex + 1, count),
      leaderCommit,
      round: this.round,
      session: progress.session,
    };
    return this.#lastSent;
  }

  protected onAppendEntriesReply(from: NodeId, reply: AppendEntriesReply): void {
    this.observeTerm(reply.term);
    if (this.role !== 'leader' || !this.answersThisTerm(reply)) return;
    const progress = this.progress[from];
    if (progress === undefined || !this.answersThisSession(progress, reply)) return;
    progress.active = true;
    this.noteRound(progress, reply.round);
    if (reply.success) this.onAccepted(from, progress, reply);
    else if (this.rejectionIsNews(progress, reply)) {
      progress.becomeProbe(this.nextAfterRejection(progress, reply));
      this.observer?.backtracked(this, from, progress.nextIndex, progress.matchIndex);
      this.sendNext(from, progress);
    }
  }

  protected noteRound(progress: Progress, round: number): void {
    if (round <= progress.round) return;
    progress.round = round;
    this.roundAnswered();
  }

  /** An answer to an earlier leadership of this server says nothing about this one's log. */
  protected answersThisTerm(reply: AppendEntriesReply): boolean {
    return reply.term === this.currentTerm;
  }

  /** An answer from before the member was removed and added again may speak of a log that is gone (etcd raft#349). */
  protected answersThisSession(progress: Progress, reply: { readonly session: number }): boolean {
    return reply.session === progress.session;
  }

  /** "If successful: update nextIndex and matchIndex for follower" (Raft §5.3). */
  protected onAccepted(from: NodeId, progress: Progress, reply: AppendEntriesReply): void {
    if (this.raiseMatch(progress, reply.matchIndex)) {
      this.observer?.matchAdvanced(this, from, progress.matchIndex, progress.session);
      progress.nextIndex = Math.max(progress.nextIndex, progress.matchIndex + 1);
      this.matchAdvanced(from, progress);
    }
    if (this.role !== 'leader') return;
    if (progress.mode === 'probe') progress.becomeReplicate();
    else if (progress.mode === 'snapshot' && progress.matchIndex >= this.log.compactedIndex)
      progress.becomeProbe(progress.matchIndex + 1);
    this.replicateTo(from, progress);
  }

  /** Acknowledgements may arrive in any order: the match only rises (Raft Figure 2: "increases monotonically"). */
  protected raiseMatch(progress: Progress, matchIndex: number): boolean {
    if (matchIndex <= progress.matchIndex) return false;
    progress.matchIndex = matchIndex;
    return true;
  }

  /** A late rejection, of a message before the ones that since succeeded or were retried, changes nothing. */
  protected rejectionIsNews(progress: Progress, reply: AppendEntriesReply): boolean {
    if (progress.mode === 'replicate') return reply.rejectedIndex > progress.matchIndex;
    return progress.mode === 'probe' && reply.rejectedIndex === progress.nextIndex - 1;
  }

  /** "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry" (Raft §5.3). */
  protected nextAfterRejection(progress: Progress, reply: AppendEntriesReply): number {
    const next =
      this.config.backtracking === 'slow' ? reply.rejectedIndex : this.skipConflictingTerm(reply);
    return Math.max(progress.matchIndex + 1, Math.min(next, reply.rejectedIndex));
  }

  /** The optimization at the end of Raft §5.3: one rejection a conflicting term instead of one an entry. */
  protected skipConflictingTerm(reply: AppendEntriesReply): number {
    if (reply.conflictTerm === 0) return reply.conflictIndex;
    const shared = this.log.lastIndexOfTerm(reply.conflictTerm);
    return shared === 0 || shared >= reply.rejectedIndex ? reply.conflictIndex : shared + 1;
  }

  protected abstract sendSnapshot(peer: NodeId, progress: Progress): boolean;
  /** A member has answered a later confirmation round than before. */
  protected abstract roundAnswered(): void;
  /** A member's match has risen. */
  protected abstract matchAdvanced(peer: NodeId, progress: Progress): void;
}
