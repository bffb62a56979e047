import type { NodeId } from '../../sim/engine/env.ts';
import type { Entry } from './entry.ts';
import type { Membership } from './membership.ts';

/** Invoked by candidates to gather votes (Raft Figure 2). */
export interface RequestVote {
  readonly type: 'RequestVote';
  readonly term: number;
  readonly candidateId: NodeId;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** Set when a leader asked for this election (TimeoutNow): voters then do not protect that leader. */
  readonly leadershipTransfer: boolean;
}

export interface RequestVoteReply {
  readonly type: 'RequestVoteReply';
  readonly term: number;
  readonly voteGranted: boolean;
}

/** "Would you vote for me in `term`?" (dissertation §9.6). Changes nothing at the receiver. */
export interface RequestPreVote {
  readonly type: 'RequestPreVote';
  /** The term the candidate would campaign in: its own plus one. */
  readonly term: number;
  readonly candidateId: NodeId;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface RequestPreVoteReply {
  readonly type: 'RequestPreVoteReply';
  /** The receiver's current term. */
  readonly term: number;
  /** The term asked about. */
  readonly proposedTerm: number;
  readonly voteGranted: boolean;
}

/** Invoked by the leader to replicate log entries; without entries it is the heartbeat (Raft Figure 2). */
export interface AppendEntries {
  readonly type: 'AppendEntries';
  readonly term: number;
  readonly leaderId: NodeId;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
  /** The leader's latest confirmation round (ReadIndex, lease): echoed by the follower. */
  readonly round: number;
  /** Which stretch of the receiver's membership, in this term, the message belongs to: echoed. */
  readonly session: number;
}

export interface AppendEntriesReply {
  readonly type: 'AppendEntriesReply';
  readonly term: number;
  readonly success: boolean;
  /** On success: the log is known to match up to here, durably. */
  readonly matchIndex: number;
  /** On failure: the request's prevLogIndex, by which the leader tells a late reply from a new one. */
  readonly rejectedIndex: number;
  /** On failure: the term of the conflicting entry, or 0 when the log is too short (Raft §5.3). */
  readonly conflictTerm: number;
  /** On failure: the first index of that term, or one past the log's end. */
  readonly conflictIndex: number;
  readonly round: number;
  readonly session: number;
}

/** One chunk of a snapshot (Raft Figure 13). */
export interface InstallSnapshot {
  readonly type: 'InstallSnapshot';
  readonly term: number;
  readonly leaderId: NodeId;
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** The membership committed at `lastIncludedIndex`. */
  readonly membership: Membership;
  /** Where this chunk starts, counted in records. */
  readonly offset: number;
  readonly data: readonly unknown[];
  readonly done: boolean;
  readonly round: number;
  readonly session: number;
}

export interface InstallSnapshotReply {
  readonly type: 'InstallSnapshotReply';
  readonly term: number;
  readonly lastIncludedIndex: number;
  /** How many records of this snapshot the follower holds; the leader goes on from there. */
  readonly received: number;
  readonly installed: boolean;
  readonly round: number;
  readonly session: number;
}

/** The leader tells a caught-up follower to campaign at once (dissertation §3.10). */
export interface TimeoutNow {
  readonly type: 'TimeoutNow';
  readonly term: number;
}

/** A follower asks the leader which index a read must wait for (dissertation §6.4). */
export interface ReadIndexRequest {
  readonly type: 'ReadIndexRequest';
  readonly term: number;
  /** The follower's number for the read. */
  readonly ticket: number;
}

export interface ReadIndexReply {
  readonly type: 'ReadIndexReply';
  readonly term: number;
  readonly ticket: number;
  /** 0 when the asked server could not confirm its leadership. */
  readonly readIndex: number;
}

/** A client's request passed on by a follower (config `requests: forward`). */
export interface ForwardRequest {
  readonly type: 'ForwardRequest';
  readonly ticket: number;
  readonly request: ClientRequest;
}

export interface ForwardReply {
  readonly type: 'ForwardReply';
  readonly ticket: number;
  readonly reply: ClientReply;
}

export interface ClientRequest {
  readonly type: 'ClientRequest';
  readonly session: number;
  readonly sequence: number;
  readonly f: string;
  readonly key: string;
  readonly value: unknown;
}

/**
 * `ok`: done, `value` is the answer; `compare`: a cas that found another value. `notLeader` and `busy`: this attempt
 * was refused and had no effect. `unknown`: it may or may not take effect. `sessionExpired`: nobody remembers whether
 * it took effect.
 */
export type ClientStatus = 'ok' | 'compare' | 'notLeader' | 'busy' | 'unknown' | 'sessionExpired';

export interface ClientReply {
  readonly type: 'ClientReply';
  readonly status: ClientStatus;
  readonly value: unknown;
  readonly leader: NodeId | null;
}

/** Asks the leader to hand over, or to change the membership; for operators and scripts, answered by ClientReply. */
export type AdminRequest =
  | { readonly type: 'TransferLeadership'; readonly target: NodeId }
  | {
      readonly type: 'ChangeMembership';
      readonly voters: readonly NodeId[];
      readonly learners: readonly NodeId[];
    }
  | { readonly type: 'LeaveJoint' };

export type RaftMessage =
  | RequestVote
  | RequestVoteReply
  | RequestPreVote
  | RequestPreVoteReply
  | AppendEntries
  | AppendEntriesReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndexRequest
  | ReadIndexReply
  | ForwardRequest
  | ForwardReply
  | ClientRequest
  | ClientReply
  | AdminRequest;

export const messageTypes: readonly RaftMessage['type'][] = [
  'RequestVote',
  'RequestVoteReply',
  'RequestPreVote',
  'RequestPreVoteReply',
  'AppendEntries',
  'AppendEntriesReply',
  'InstallSnapshot',
  'InstallSnapshotReply',
  'TimeoutNow',
  'ReadIndexRequest',
  'ReadIndexReply',
  'ForwardRequest',
  'ForwardReply',
  'ClientRequest',
  'ClientReply',
  'TransferLeadership',
  'ChangeMembership',
  'LeaveJoint',
];
