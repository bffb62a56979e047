import type { Message, NodeId } from '../../sim/engine/env.ts';
import { messageTypes as commitTypes, type Inquiry, type Vote } from '../commit/index.ts';

/** How each participant voted, all instances of a transaction together. */
export type Votes = readonly (readonly [NodeId, Vote['vote']])[];

/** Phase 2a of ballot 0, from the participant itself: its vote is a proposal in its own instance. */
export interface ProposedVote extends Vote {
  readonly participants: readonly NodeId[];
}
/** In doubt: asked of every member of the commit group. */
export interface GroupInquiry extends Inquiry {
  readonly participants: readonly NodeId[];
}
interface Ballot extends Message {
  readonly gid: string;
  readonly ballot: number;
}
export interface Phase1a extends Ballot {
  readonly type: 'Phase1a';
}
export interface Phase1b extends Ballot {
  readonly type: 'Phase1b';
  /** What was accepted before, at which ballot; null: nothing. */
  readonly accepted: { readonly ballot: number; readonly votes: Votes } | null;
}
export interface Phase2a extends Ballot {
  readonly type: 'Phase2a';
  readonly participants: readonly NodeId[];
  readonly votes: Votes;
}
/** Phase 2b, all instances in one message. */
export interface Accepted extends Ballot {
  readonly type: 'Accepted';
}

export type PaxosMessage = ProposedVote | GroupInquiry | Phase1a | Phase1b | Phase2a | Accepted;

export const messageTypes: readonly string[] = [
  ...commitTypes,
  'Phase1a',
  'Phase1b',
  'Phase2a',
  'Accepted',
];
