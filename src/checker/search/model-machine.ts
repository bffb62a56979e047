import { canonicalJson } from '../../history/canonical-json.ts';
import type { Call, Model } from '../models/model.ts';
import { IMPOSSIBLE } from './machine.ts';
import type { Machine } from './machine.ts';

/** Beyond this many states every transition is computed anew instead of remembered. */
const MOST_REMEMBERED = 4_000_000;
const BYTES_PER_STATE = 240;
const BYTES_PER_TRANSITION = 48;

/** A {@link Model} as a machine: states and calls are interned, transitions are computed when first asked for. */
export class ModelMachine implements Machine {
  readonly #model: Model;
  readonly #states: unknown[] = [];
  readonly #stateNumbers = new Map<string, number>();
  readonly #calls: Call[] = [];
  readonly #callNumbers = new Map<string, number>();
  readonly #pure: boolean[] = [];
  readonly #total: boolean[] = [];
  readonly #blind: boolean[] = [];
  readonly #next = new Map<number, number>();
  readonly #actionLimit: number;
  #bytes = 0;

  /** `actionLimit`: no more different actions than this will be asked for. */
  constructor(model: Model, actionLimit: number) {
    this.#model = model;
    this.#actionLimit = actionLimit;
  }

  get bytes(): number {
    return this.#bytes + BYTES_PER_TRANSITION * this.#next.size;
  }

  /** Numbers a state. */
  state(state: unknown): number {
    const name = this.#model.identity?.(state) ?? canonicalJson(state);
    let number = this.#stateNumbers.get(name);
    if (number === undefined) {
      number = this.#states.length;
      this.#states.push(state);
      this.#stateNumbers.set(name, number);
      // The name, and the state itself, which is about as large.
      this.#bytes += BYTES_PER_STATE + 4 * name.length;
    }
    return number;
  }

  /** Numbers a call; calls that the model cannot tell apart get one number. */
  action(call: Call): number {
    const process = this.#model.byProcess === true ? `${typeof call.process}${call.process}` : '';
    const output = call.output === undefined ? '' : canonicalJson(call.output);
    const name = `${call.f} ${call.outcome} ${process} ${canonicalJson(call.input)} ${output}`;
    let number = this.#callNumbers.get(name);
    if (number === undefined) {
      number = this.#calls.length;
      this.#calls.push(call);
      this.#callNumbers.set(name, number);
      this.#pure.push(this.#model.isPure?.(call) ?? false);
      this.#total.push(this.#model.isTotal?.(call) ?? false);
      this.#blind.push(this.#model.isBlind?.(call) ?? false);
    }
    return number;
  }

  step(state: number, action: number): number {
    const transition = state * this.#actionLimit + action;
    let next = this.#next.get(transition);
    if (next === undefined) {
      const after = this.#model.step(this.#states[state], this.#calls[action]!);
      next = after === undefined ? IMPOSSIBLE : this.state(after);
      if (this.#next.size < MOST_REMEMBERED) this.#next.set(transition, next);
    }
    return next;
  }

  isPure(action: number): boolean {
    return this.#pure[action]!;
  }

  isTotal(action: number): boolean {
    return this.#total[action]!;
  }

  isBlind(action: number): boolean {
    return this.#blind[action]!;
  }

  /** How many states, calls and transitions are remembered. */
  get size(): number {
    return this.#states.length + this.#calls.length + this.#next.size;
  }

  /** The state behind a number. */
  stateValue(state: number): unknown {
    return this.#states[state];
  }
}
