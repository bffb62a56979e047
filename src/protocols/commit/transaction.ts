import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Vote } from './messages.ts';
import type { Outcome } from './xa.ts';

export interface BranchWork {
  readonly changes: readonly Change[];
  readonly reads: readonly string[];
}

/** A transaction the coordinator has not finished with. */
export interface Transaction {
  readonly gid: string;
  readonly request: string;
  /** Who waits for the answer. */
  readonly askers: { readonly from: NodeId; readonly replyTo: number }[];
  readonly participants: readonly NodeId[];
  readonly work: ReadonlyMap<NodeId, BranchWork>;
  /** `preCommitting`, `recovering`: of three-phase commit only. */
  state:
    | 'working'
    | 'collecting'
    | 'voting'
    | 'onePhase'
    | 'preCommitting'
    | 'recovering'
    | 'deciding'
    | Outcome;
  /** Who has done the work, and then who has voted what. */
  readonly worked: Set<NodeId>;
  readonly votes: Map<NodeId, Vote['vote']>;
  /** Who must acknowledge the decision. */
  unacked: Set<NodeId>;
  readonly amounts: Record<string, number>;
  /** Votes were asked for. */
  asked: boolean;
  /** The decision is in the log. */
  logged: boolean;
  retryUs: number;
}

export function isDecided({ state }: Transaction): boolean {
  return state === 'commit' || state === 'abort';
}

export function outcomeOf({ state }: Transaction): Outcome {
  return state === 'commit' ? 'commit' : 'abort';
}
