import type { NodeId } from '../sim/engine/env.ts';

/** One lock as it was held, in true virtual µs; null: to the end of the run. */
export interface HeldLockSpan {
  readonly client: NodeId;
  readonly key: string;
  readonly token: number | null;
  readonly fromUs: number;
  /** Until when its client believed to hold it. */
  beliefEndUs: number | null;
  /** Until when the service stood behind it; at most known to the end of the belief. */
  grantEndUs: number | null;
}

/** A write that reached the protected resource. */
export interface ArrivedWrite {
  readonly client: NodeId;
  readonly key: string;
  readonly atUs: number;
  /** `harmful`: applied in the middle of another's critical section, or over another's later write. */
  readonly outcome: 'applied' | 'harmful' | 'refused';
}

/** Grant, belief and effect of every lock of a run, in the order in which they began. */
export interface LockTimeline {
  readonly holds: readonly HeldLockSpan[];
  readonly writes: readonly ArrivedWrite[];
}
