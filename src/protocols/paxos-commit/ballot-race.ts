import type { NodeId } from '../../sim/engine/env.ts';
import type { Phase1b, Votes } from './messages.ts';

/** One attempt of one member to find or bring about the outcome of a transaction. */
export class BallotRace {
  readonly ballot: number;
  readonly participants: readonly NodeId[];
  readonly promises = new Map<NodeId, Phase1b['accepted']>();
  /** What this ballot proposes; null in phase 1. */
  proposal: Votes | null = null;
  readonly accepts = new Set<NodeId>();

  constructor(ballot: number, participants: readonly NodeId[]) {
    this.ballot = ballot;
    this.participants = participants;
  }

  /** What the promises say was accepted last; null: nothing. */
  latest(): Votes | null {
    let last: Phase1b['accepted'] = null;
    for (const accepted of this.promises.values())
      if (accepted !== null && (last === null || accepted.ballot > last.ballot)) last = accepted;
    return last?.votes ?? null;
  }
}
