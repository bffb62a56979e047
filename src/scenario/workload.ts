import type { OperationRequest, ProtocolDefinition } from '../protocols/protocol.ts';
import type { RandomStream } from '../sim/engine/random.ts';
import type { WorkloadPlan } from './scenario.ts';

/** What all clients of a run share: written values are unique over all of them. */
export interface WorkloadState {
  nextValue: number;
  /** By key: the value some client last saw or wrote; a good guess for a compare-and-set. */
  readonly lastSeen: Map<string, unknown>;
}

/** Draws one client's operations from its own stream. */
export class OperationSource {
  readonly #plan: WorkloadPlan;
  readonly #state: WorkloadState;
  readonly #stream: RandomStream;
  readonly #bag: readonly string[];
  readonly #keys: readonly string[];
  readonly #valueOf: ProtocolDefinition['valueFor'];
  #drawn = 0;

  /** `valueOf`: the protocol's own values; undefined: numbers. */
  constructor(
    plan: WorkloadPlan,
    state: WorkloadState,
    stream: RandomStream,
    valueOf?: ProtocolDefinition['valueFor'],
  ) {
    this.#plan = plan;
    this.#valueOf = valueOf;
    this.#keys = Array.from({ length: plan.keys }, (_, index) => keyName(index));
    this.#state = state;
    this.#stream = stream;
    this.#bag = plan.mix.flatMap(({ f, weight }) => new Array<string>(weight).fill(f));
  }

  /** The next operation, or null when this client has done its share. */
  next(): OperationRequest | null {
    if (this.#drawn >= this.#plan.operations) return null;
    this.#drawn += 1;
    const f = this.#stream.pick(this.#bag);
    const key = this.#stream.pick(this.#keys);
    const value =
      this.#valueOf === undefined
        ? this.#valueFor(f, key)
        : this.#valueOf(f, key, this.#keys, this.#stream);
    return { f, key, value };
  }

  thinkUs(): number {
    return this.#stream.between(this.#plan.thinkMinUs, this.#plan.thinkMaxUs);
  }

  #valueFor(f: string, key: string): unknown {
    switch (f) {
      case 'read':
      case 'delete':
      case 'increment':
        return null;
      case 'cas':
        return [this.#expected(key), this.#newValue()];
      case 'append':
        return `${String(this.#newValue())} `;
      default:
        return this.#newValue();
    }
  }

  #newValue(): number {
    if (this.#plan.values !== 'unique') return 1 + this.#stream.below(this.#plan.values);
    this.#state.nextValue += 1;
    return this.#state.nextValue;
  }

  #expected(key: string): unknown {
    return this.#plan.values === 'unique'
      ? (this.#state.lastSeen.get(key) ?? null)
      : this.#newValue();
  }
}

const KEY_NAMES = 'xyzabcdefghijklmnopqrstuvw';

/** Keys are x, y, z, a, ...; then k26, k27, ... */
export function keyName(index: number): string {
  return KEY_NAMES[index] ?? `k${index}`;
}
