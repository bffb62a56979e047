import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Vote } from './messages.ts';
import type { Outcome } from './xa.ts';

/** What a coordinator's log holds. */
export type CoordinatorRecord =
  /** Presumed commit only: who will be asked to prepare. */
  | { readonly kind: 'collecting'; readonly gid: string; readonly participants: readonly NodeId[] }
  | {
      readonly kind: 'commit' | 'abort';
      readonly gid: string;
      /** Who must learn it. */
      readonly participants: readonly NodeId[];
      readonly request: string;
    }
  /** All others have voted; from here on the last resource decides. */
  | {
      readonly kind: 'lastResource';
      readonly gid: string;
      /** The last of them is the last resource. */
      readonly participants: readonly NodeId[];
      readonly request: string;
    }
  /** Everyone has acknowledged. */
  | { readonly kind: 'end'; readonly gid: string }
  | AcceptorRecord;

/** Paxos Commit only: what an acceptor has promised, and what it has accepted of all the votes of a transaction. */
export type AcceptorRecord =
  | { readonly kind: 'promised'; readonly gid: string; readonly ballot: number }
  | {
      readonly kind: 'accepted';
      readonly gid: string;
      readonly ballot: number;
      readonly participants: readonly NodeId[];
      readonly votes: readonly (readonly [NodeId, Vote['vote']])[];
    };

/** What a resource manager's log holds. */
export type ParticipantRecord =
  | {
      /** `onePhase` prepares and commits at once. */
      readonly kind: 'prepared' | 'onePhase';
      readonly gid: string;
      readonly request: string;
      readonly changes: readonly Change[];
      /** The lock set: a prepared branch keeps its rows over a restart. */
      readonly rows: readonly string[];
      readonly peers: readonly NodeId[];
    }
  /** `precommit`: three-phase commit only, everyone has voted yes. */
  | { readonly kind: 'commit' | 'abort' | 'forget' | 'precommit'; readonly gid: string }
  | { readonly kind: 'heuristic'; readonly gid: string; readonly outcome: Outcome };
