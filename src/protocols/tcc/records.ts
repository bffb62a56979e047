import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';

export type TccOutcome = 'confirm' | 'cancel';

export type CoordinatorRecord =
  | {
      /** All branches, before the first Try leaves. */
      readonly kind: 'registered';
      readonly gid: string;
      readonly request: string;
      readonly work: readonly (readonly [NodeId, readonly Change[]])[];
    }
  | { readonly kind: TccOutcome; readonly gid: string }
  | { readonly kind: 'done'; readonly gid: string };

/** One local transaction of a service: the fence row and its business effect, in one record. */
export interface ServiceRecord {
  readonly kind: FenceState;
  readonly gid: string;
  readonly changes: readonly Change[];
}

/** A row of the fence table; `suspended`: cancelled before it was tried. */
export type FenceState = 'tried' | 'confirmed' | 'cancelled' | 'suspended';
