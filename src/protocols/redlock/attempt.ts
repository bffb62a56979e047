import type { NodeId } from '../../sim/engine/env.ts';

/** One try to lock: all that a failed try leaves behind carries its value. */
export interface Attempt {
  readonly key: string;
  readonly value: string;
  /** Local clock reading before the command that may have won it was sent. */
  startUs: number;
  /** Given up or released: what still arrives for it is released again. */
  ended: boolean;
  readonly acked: NodeId[];
  /** When a majority will be free of the lock found there, as far as its answers tell, µs from then; 0: nothing is known. */
  freeUs: number;
}
