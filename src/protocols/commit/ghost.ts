import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Vote } from './messages.ts';
import type { Outcome } from './xa.ts';

/** What a monitor remembers of a transaction, whatever the nodes forget. */
export interface Ghost {
  readonly gid: string;
  readonly request: string;
  readonly work: ReadonlyMap<NodeId, readonly Change[]>;
  decision: Outcome | null;
  /** Its coordinator has crashed before it decided. */
  orphaned: boolean;
  readonly votes: Map<NodeId, Vote['vote']>;
  /** Which outcomes each manager was told of. */
  readonly told: Map<NodeId, Set<Outcome>>;
  readonly ends: Map<NodeId, { readonly outcome: Outcome; readonly promised: boolean }>;
  readonly heuristics: Map<NodeId, Outcome>;
  readonly reported: Set<NodeId>;
}

export function newGhost(
  gid: string,
  request: string,
  work: ReadonlyMap<NodeId, readonly Change[]>,
): Ghost {
  return {
    gid,
    request,
    work,
    decision: null,
    orphaned: false,
    votes: new Map(),
    told: new Map(),
    ends: new Map(),
    heuristics: new Map(),
    reported: new Set(),
  };
}
