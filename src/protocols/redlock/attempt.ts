import type { NodeId } from '../../sim/engine/env.ts';
import type { Ballot } from './quorum-call.ts';

/** One try to lock: all that a failed try leaves behind carries its value. */
export interface Attempt {
  readonly key: string;
  readonly value: string;
  /** Local clock reading before the command that may have won it was sent. */
  startUs: number;
  /** Given up or released: what still arrives for it is released again. */
  ended: boolean;
  readonly acked: NodeId[];
  /** How the nodes answered when they were asked last; null: they have not been. */
  ballot: Ballot | null;
}
