import type { Snapshot } from './storage.ts';

/** How the leader feeds one member: `probe` one message at a time, `replicate` ahead of answers, `snapshot`. */
export type ProgressMode = 'probe' | 'replicate' | 'snapshot';

/** What a leader knows of one member (Raft Figure 2, volatile state on leaders). */
export class Progress {
  /** Highest index known to be replicated there, durably. */
  matchIndex = 0;
  /** Next index to send. */
  nextIndex: number;
  mode: ProgressMode = 'probe';
  /** In `probe`: an AppendEntries is under way; the next waits for its answer or the heartbeat. */
  probing = false;
  /** Highest confirmation round that the member answered. */
  round = 0;
  /** Heard from since the last quorum check. */
  active = true;
  /** `matchIndex` at the last heartbeat: no move since then means that something got lost. */
  matchAtHeartbeat = 0;
  /** In `snapshot`: the one under way; a newer one waits until this has arrived. */
  snapshot: Snapshot | null = null;
  /** In `snapshot`: records acknowledged so far. */
  snapshotReceived = 0;
  /** Tells this stretch of membership from an earlier one in the same term. */
  readonly session: number;

  constructor(nextIndex: number, session: number) {
    this.nextIndex = nextIndex;
    this.session = session;
  }

  /** Falls back to one message at a time from `nextIndex` on. */
  becomeProbe(nextIndex: number): void {
    this.mode = 'probe';
    this.probing = false;
    this.snapshot = null;
    this.nextIndex = nextIndex;
  }

  /**
   * Goes on from the match, which is all that an acceptance proves: that of an earlier heartbeat says nothing about the
   * place that is probed now (etcd: "pr.Next = pr.Match + 1").
   */
  becomeReplicate(): void {
    this.mode = 'replicate';
    this.probing = false;
    this.nextIndex = this.matchIndex + 1;
  }

  becomeSnapshot(snapshot: Snapshot): void {
    this.mode = 'snapshot';
    this.probing = false;
    this.snapshot = snapshot;
    this.snapshotReceived = 0;
  }
}
