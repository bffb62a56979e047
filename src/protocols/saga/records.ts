import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';

export type SagaOutcome = 'committed' | 'compensated';

/** One local transaction of a saga, and where. */
export interface Step {
  readonly node: NodeId;
  readonly changes: readonly Change[];
}

export type CoordinatorRecord =
  | {
      /** The whole saga, before its first action leaves. */
      readonly kind: 'began';
      readonly gid: string;
      readonly request: string;
      readonly steps: readonly Step[];
    }
  /** A step could not be done: from here on backwards; the steps before `failed` are to be taken back. */
  | { readonly kind: 'failed'; readonly gid: string; readonly failed: number }
  /** AT mode: the rows of a step are locked globally. */
  | { readonly kind: 'locked'; readonly gid: string; readonly step: number }
  | { readonly kind: SagaOutcome; readonly gid: string };

/** One local transaction of a service: the fence row of a step and its effect. */
export interface ServiceRecord {
  readonly kind: StepState;
  readonly key: string;
  readonly changes: readonly Change[];
  /** AT mode: the undo log; else empty. */
  readonly images: readonly Image[];
}

/** What a row was before and after a step. */
export interface Image {
  readonly account: string;
  readonly before: number;
  readonly after: number;
}

export type StepState = 'acted' | 'refused' | 'compensated';

/** A step's name in fences and logs. */
export function stepKey(gid: string, step: number): string {
  return `${gid}#${step}`;
}
