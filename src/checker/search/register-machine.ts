import { CAS, IMPOSSIBLE, OTHER, READ, WRITE } from './machine.ts';
import type { Machine, RegisterActions } from './machine.ts';

/** A register whose states are value codes: reads, writes, compare-and-set, and compare-and-set that found another value. */
export class RegisterMachine implements Machine, RegisterActions {
  readonly register = this;
  readonly #kinds: number[] = [];
  readonly #froms: number[] = [];
  readonly #tos: number[] = [];
  readonly #known = new Map<string, number>();

  /** The action of this kind with these value codes; `from` or `to` is ignored where it has no meaning. */
  action(kind: number, from: number, to: number): number {
    const a = kind === WRITE ? 0 : from;
    const b = kind === READ || kind === OTHER ? a : to;
    const name = `${kind} ${a} ${b}`;
    let action = this.#known.get(name);
    if (action === undefined) {
      action = this.#kinds.length;
      this.#kinds.push(kind === CAS && a === b ? READ : kind);
      this.#froms.push(a);
      this.#tos.push(b);
      this.#known.set(name, action);
    }
    return action;
  }

  /** How many actions are remembered. */
  get size(): number {
    return this.#kinds.length;
  }

  step(state: number, action: number): number {
    const kind = this.#kinds[action];
    if (kind === WRITE) return this.#tos[action]!;
    const holds = state === this.#froms[action];
    if (kind === OTHER) return holds ? IMPOSSIBLE : state;
    return holds ? this.#tos[action]! : IMPOSSIBLE;
  }

  isPure(action: number): boolean {
    const kind = this.#kinds[action];
    return kind === READ || kind === OTHER;
  }

  isTotal(action: number): boolean {
    return this.#kinds[action] === WRITE;
  }

  isBlind(action: number): boolean {
    return this.#kinds[action] === WRITE;
  }

  kind(action: number): number {
    return this.#kinds[action]!;
  }

  from(action: number): number {
    return this.#froms[action]!;
  }

  to(action: number): number {
    return this.#tos[action]!;
  }
}
