import type { Model } from './models/model.ts';
import type { Budget } from './search/budget.ts';

export interface CheckOptions {
  /** Default `linearizable`, the one consistency that this function judges. */
  readonly consistency?: 'linearizable';
  /** A data type by name, or a sequential specification of one's own. */
  readonly model: string | Model;
  /** The state before the first operation; default: what the history's format says. */
  readonly initial?: unknown;
  /** Whether an ok read of null saw null or tells nothing; default: what the history's format says. */
  readonly nilRead?: 'value' | 'unknown';
  /** What a failed cas means; default: what the history's format says. */
  readonly casFail?: 'no-effect' | 'compare-failed' | 'compare-if-said';
  readonly budget?: Partial<Budget>;
  /** Also give an order that explains every answer, when there is one. Costs memory in proportion to the history. */
  readonly witness?: boolean;
}
