import type { NodeId } from '../../sim/engine/env.ts';
import type { Entry } from './entry.ts';
import type { RaftLog } from './log.ts';
import type { Membership } from './membership.ts';
import type { ClientRequest, RaftMessage } from './messages.ts';
import type { Progress } from './progress.ts';
import type { ApplyResult } from './state-machine.ts';
import type { Snapshot } from './storage.ts';

/** What an observer may look at in a server. */
export interface RaftView {
  readonly id: NodeId;
  readonly role: string;
  readonly currentTerm: number;
  readonly votedFor: NodeId | null;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly log: RaftLog;
  readonly membership: Membership;
  /** Its disk was lost: it takes no part. */
  readonly inert: boolean;
  /** On a leader: to whom it hands its office over. */
  readonly transferTarget: NodeId | null;
  /** On a leader: what it knows of each member, by id. */
  readonly progress: readonly (Progress | undefined)[];
}

/** Told by the store about every write and every completed sync: the ghost copy of the disk is made from this. */
export interface DiskObserver {
  wroteHardState(id: NodeId, term: number, votedFor: NodeId | null): void;
  wroteEntry(id: NodeId, entry: Entry): void;
  wroteTruncation(id: NodeId, fromIndex: number): void;
  /** `keepsSuffix` false: the log was replaced by the snapshot as a whole. */
  wroteSnapshot(id: NodeId, snapshot: Snapshot, keepsSuffix: boolean): void;
  syncIssued(id: NodeId): void;
  syncDone(id: NodeId): void;
}

/** Told by the core what happens, at the moment it happens; the invariants are judged from this. */
export interface RaftObserver extends DiskObserver {
  /** After recovery; `usedDisk` false: the disk was empty. */
  started(node: RaftView, snapshot: Snapshot | null, stateHash: number, usedDisk: boolean): void;
  sending(node: RaftView, to: NodeId, message: RaftMessage): void;
  becameLeader(node: RaftView): void;
  /** `prevTerm` is the term of the entry before it in this log. */
  appended(node: RaftView, entry: Entry, prevTerm: number): void;
  /** Before the entries from `fromIndex` on are removed. */
  truncating(node: RaftView, fromIndex: number): void;
  /** `counted`: this leader counted replicas; otherwise the index was learned from a leader. */
  commitAdvanced(node: RaftView, from: number, counted: boolean): void;
  applied(node: RaftView, entry: Entry, result: ApplyResult, stateHash: number): void;
  /** A leader counts `matchIndex` for a member; `session` tells one stretch of its membership from another. */
  matchAdvanced(node: RaftView, peer: NodeId, matchIndex: number, session: number): void;
  /** After a rejection a leader goes on sending from `nextIndex`. */
  backtracked(node: RaftView, peer: NodeId, nextIndex: number, matchIndex: number): void;
  snapshotTaken(node: RaftView, snapshot: Snapshot): void;
  snapshotInstalled(
    node: RaftView,
    snapshot: Snapshot,
    stateHash: number,
    commitBefore: number,
  ): void;
  /** A leader made an entry of this client's request. */
  proposed(entry: Entry, request: ClientRequest): void;
  /** The highest index that any client was answered from so far: what a read received now must reflect. */
  acknowledgedIndex(): number;
  /** A client is being answered from the state at `index`; `entry` is its own command, null for a read. */
  acknowledged(node: RaftView, index: number, entry: Entry | null): void;
  /** A read is being answered from the state at `index`; it arrived when `floor` was acknowledged. */
  readServed(node: RaftView, key: string, index: number, floor: number, leased: boolean): void;
}
