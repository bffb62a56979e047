import type { NodeId } from '../../../sim/engine/env.ts';
import type { Entry } from '../entry.ts';
import type { AppendEntries } from '../messages.ts';
import { PreVote } from './pre-vote.ts';

/** The follower's half of log replication: receiver implementation of AppendEntries (Raft Figure 2, §5.3). */
export abstract class Receiver extends PreVote {
  protected onAppendEntries(from: NodeId, request: AppendEntries): void {
    if (this.inert) return;
    if (this.isStale(request.term)) {
      this.reject(from, request, 0, this.log.lastIndex + 1);
      return;
    }
    this.observeTerm(request.term);
    this.heardFromLeader(request.leaderId);
    if (!this.consistent(request)) {
      this.rejectInconsistent(from, request);
      return;
    }
    this.storeEntries(request.entries);
    const lastNew = request.prevLogIndex + request.entries.length;
    this.learnCommit(request, lastNew);
    this.acknowledge(from, request, this.matchToReport(lastNew));
  }

  /** "Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm" (Raft §5.3). */
  protected consistent(request: AppendEntries): boolean {
    // A compacted prefix is committed, hence the same at every leader.
    if (request.prevLogIndex < this.log.compactedIndex) return true;
    return this.log.termAt(request.prevLogIndex) === request.prevLogTerm;
  }

  /** Adds what is new; cuts only at a real conflict, never because a message is short or late (Raft §5.3). */
  protected storeEntries(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.index <= this.log.compactedIndex) continue;
      if (entry.index <= this.log.lastIndex) {
        if (!this.conflicts(entry)) continue;
        this.truncateLog(entry.index);
      }
      this.appendEntry(entry);
    }
  }

  /** "An existing entry conflicts with a new one: same index but different terms" (Raft §5.3). */
  protected conflicts(entry: Entry): boolean {
    return this.log.termAt(entry.index) !== entry.term;
  }

  /** "Set commitIndex = min(leaderCommit, index of last new entry)": beyond it the logs may differ (Raft Figure 2). */
  protected learnCommit(request: AppendEntries, lastNew: number): void {
    this.advanceCommit(Math.min(request.leaderCommit, lastNew), false);
  }

  /** What this follower may acknowledge: as far as the request was checked, or what it knows to be committed. */
  protected matchToReport(lastNew: number): number {
    return Math.max(lastNew, this.log.compactedIndex);
  }

  protected acknowledge(from: NodeId, request: AppendEntries, matchIndex: number): void {
    this.sendPromise(from, {
      type: 'AppendEntriesReply',
      term: this.currentTerm,
      success: true,
      matchIndex,
      rejectedIndex: 0,
      conflictTerm: 0,
      conflictIndex: 0,
      round: request.round,
      session: request.session,
    });
  }

  /** Tells the leader where to look next: past the end, or before the whole conflicting term (Raft §5.3, end). */
  protected rejectInconsistent(from: NodeId, request: AppendEntries): void {
    const conflictTerm = this.log.termAt(request.prevLogIndex);
    if (conflictTerm === undefined) this.reject(from, request, 0, this.log.lastIndex + 1);
    else this.reject(from, request, conflictTerm, this.log.firstIndexOfTerm(conflictTerm));
  }

  protected reject(
    from: NodeId,
    request: AppendEntries,
    conflictTerm: number,
    conflictIndex: number,
  ): void {
    this.sendPromise(from, {
      type: 'AppendEntriesReply',
      term: this.currentTerm,
      success: false,
      matchIndex: 0,
      rejectedIndex: request.prevLogIndex,
      conflictTerm,
      conflictIndex,
      round: request.round,
      session: request.session,
    });
  }
}
