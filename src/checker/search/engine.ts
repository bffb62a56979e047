import { ConfigTable } from './config-table.ts';
import { CrashTable } from './crash-table.ts';
import { IMPOSSIBLE } from './machine.ts';
import type { Machine } from './machine.ts';
import { CRASH, STATE, USED } from './open-operations.ts';
import type { OpenOperations } from './open-operations.ts';
import { goalsOf } from './register-goals.ts';

/** Receives each configuration that survives a completion, and (when tracing) the operations used for it, in order. */
export type Found = (config: Int32Array, used: readonly number[]) => void;

/**
 * The moves that all searches share: just-in-time linearization (Lowe 2017). A configuration is what one partial
 * linearization leaves behind: the object's state, and for each open operation whether it is
 *   - free: not linearized yet;
 *   - used: linearized, and its effect was needed;
 *   - spared: it can be said to have been linearized already at a point where it changed nothing (it preserves the state
 *     there, or is overwritten at once), yet may still be used later. Spared is never worse than used or free.
 * When an operation completes, configurations in which it is free are extended by open operations, in every order that
 * can matter, until it is not. Crashed operations have no completion; equal ones are used in order of invocation.
 */
export class JitEngine implements OpenOperations {
  readonly machine: Machine;
  readonly words: number;
  readonly stride: number;
  readonly crash = new CrashTable();
  /** Configurations generated so far: the measure of work. */
  work = 0;
  pending: number[] = [];
  readonly slotOp: number[] = [];
  readonly slotAction: number[] = [];
  /** Per slot: the position of the completion, as far as it is known. */
  readonly slotDeadline: number[] = [];
  /** Per slot: whether the operation may be left out altogether. */
  readonly slotOptional: boolean[] = [];
  readonly crashActions: number[] = [];
  readonly crashAvailable: number[] = [];
  /** Operations of each crashed kind, in order of invocation. */
  readonly crashOps: number[][] = [];
  readonly #crashKinds = new Map<number, number>();
  /** Per slot: open slots with the same action and an earlier deadline. */
  readonly #rivals: number[][] = [];
  readonly #totalMask: Int32Array;
  readonly #open: ConfigTable;
  readonly #scratch: Int32Array;
  /** With tracing: for each configuration in `#open`, where it came from and the operation used. */
  #traceParent: number[] = [];
  #traceOp: number[] = [];
  readonly #tracing: boolean;

  constructor(machine: Machine, words: number, tracing = false) {
    this.machine = machine;
    this.words = words;
    this.stride = 2 + 2 * words;
    this.#tracing = tracing;
    this.#totalMask = new Int32Array(words);
    this.#open = new ConfigTable(this.stride);
    this.#scratch = new Int32Array(this.stride);
  }

  get bytes(): number {
    return this.#open.bytes + this.crash.bytes + (this.machine.bytes ?? 0);
  }

  /** The kind of a crashed operation; new actions get new kinds. */
  crashKind(action: number): number {
    let kind = this.#crashKinds.get(action);
    if (kind === undefined) {
      kind = this.crashActions.length;
      this.#crashKinds.set(action, kind);
      this.crashActions.push(action);
      this.crashAvailable.push(0);
      this.crashOps.push([]);
    }
    return kind;
  }

  /** Occupies a slot. */
  open(slot: number, op: number, action: number, deadline: number, optional: boolean): void {
    this.slotOp[slot] = op;
    this.slotAction[slot] = action;
    this.slotDeadline[slot] = deadline;
    this.slotOptional[slot] = optional;
    this.#rivals[slot] ??= [];
  }

  /** Frees a slot. */
  close(slot: number): void {
    this.slotOp[slot] = -1;
  }

  /** To be called when the open operations have changed, before {@link extend}. */
  prepare(): void {
    this.pending = [];
    this.#totalMask.fill(0);
    for (let slot = 0; slot < this.slotOp.length; slot++) {
      if ((this.slotOp[slot] ?? -1) < 0) continue;
      this.pending.push(slot);
      const action = this.slotAction[slot]!;
      if (this.machine.isTotal(action) && !this.machine.isPure(action))
        this.#totalMask[slot >> 5]! |= 1 << (slot & 31);
    }
    for (const slot of this.pending) {
      const rivals = this.#rivals[slot]!;
      rivals.length = 0;
      for (const other of this.pending)
        if (
          this.slotAction[other] === this.slotAction[slot] &&
          this.slotDeadline[other]! < this.slotDeadline[slot]!
        )
          rivals.push(other);
    }
  }

  /**
   * Extends one configuration over the completion of the operation in slot `goal` and hands each result to `found`.
   * `fresh` are the slots that were opened since the configuration was made. The configuration that `found` gets is
   * reused: copy it. Stops before its end when `isSpent`: what was found then is not all.
   */
  extend(
    source: Int32Array,
    offset: number,
    fresh: readonly number[],
    goal: number,
    found: Found,
    isSpent: () => boolean,
  ): void {
    const { words } = this;
    const config = this.#scratch;
    for (let i = 0; i < this.stride; i++) config[i] = source[offset + i]!;
    const state = config[STATE]!;
    for (const slot of fresh)
      if (
        this.slotOptional[slot] === true ||
        this.machine.step(state, this.slotAction[slot]!) === state
      )
        config[USED + words + (slot >> 5)]! |= 1 << (slot & 31);
    const word = USED + (goal >> 5);
    const bit = 1 << (goal & 31);
    const wasUsed = (config[word]! & bit) !== 0;
    const wasSpared = (config[word + words]! & bit) !== 0;
    this.#open.clear();
    this.#open.add(config, 0);
    if (wasUsed || wasSpared) {
      config[word]! &= ~bit;
      config[word + words]! &= ~bit;
      this.work++;
      found(config, []);
      // A spared operation counts as done; or its effect is wanted after all, and this is the last chance to use it.
      if (wasUsed || this.machine.isPure(this.slotAction[goal]!)) return;
    }
    if (this.#tracing) {
      this.#traceParent = [-1];
      this.#traceOp = [-1];
    }
    for (let id = 0; id < this.#open.count && !isSpent(); id++) this.#expand(id, goal, found);
  }

  #expand(id: number, goal: number, found: Found): void {
    const { words, machine } = this;
    const base = id * this.stride;
    const data = this.#open.data;
    const state = data[base + STATE]!;
    const goals = goalsOf(this, data, base, goal);
    for (const slot of this.pending) {
      const word = slot >> 5;
      const bit = 1 << (slot & 31);
      if ((this.#open.data[base + USED + word]! & bit) !== 0) continue;
      const action = this.slotAction[slot]!;
      if (slot !== goal && machine.isPure(action)) continue;
      const spared = (this.#open.data[base + USED + words + word]! & bit) !== 0;
      if (goals !== undefined && slot !== goal && !goals.admits(action, !spared)) continue;
      const after = machine.step(state, action);
      if (after === IMPOSSIBLE || (after === state && !machine.isBlind(action))) continue;
      if (this.#hasBetterRival(slot, spared, base)) continue;
      this.#move(id, slot, action, after, -1, goal, found);
    }
    const crash = this.#open.data[base + CRASH]!;
    for (let kind = 0; kind < this.crashActions.length; kind++) {
      if (this.crash.count(crash, kind) >= this.crashAvailable[kind]!) continue;
      const action = this.crashActions[kind]!;
      if (machine.isPure(action)) continue;
      if (goals !== undefined && !goals.admits(action, false)) continue;
      const after = machine.step(state, action);
      if (after === IMPOSSIBLE || (after === state && !machine.isBlind(action))) continue;
      this.#move(id, -1, action, after, kind, goal, found);
    }
  }

  /** Of open operations with equal actions the one that must complete first is used first; see the class comment. */
  #hasBetterRival(slot: number, spared: boolean, base: number): boolean {
    for (const rival of this.#rivals[slot]!) {
      const word = rival >> 5;
      const bit = 1 << (rival & 31);
      if ((this.#open.data[base + USED + word]! & bit) !== 0) continue;
      if (spared || (this.#open.data[base + USED + this.words + word]! & bit) === 0) return true;
    }
    return false;
  }

  #move(
    id: number,
    slot: number,
    action: number,
    after: number,
    kind: number,
    goal: number,
    found: Found,
  ): void {
    const { words, machine } = this;
    const config = this.#scratch;
    const base = id * this.stride;
    const data = this.#open.data;
    for (let i = 0; i < this.stride; i++) config[i] = data[base + i]!;
    config[STATE] = after;
    if (slot >= 0) {
      config[USED + (slot >> 5)]! |= 1 << (slot & 31);
      config[USED + words + (slot >> 5)]! &= ~(1 << (slot & 31));
    } else config[CRASH] = this.crash.plus(config[CRASH]!, kind);
    if (machine.isBlind(action))
      for (let w = 0; w < words; w++)
        config[USED + words + w]! |= this.#totalMask[w]! & ~config[USED + w]!;
    for (const other of this.pending) {
      const bit = 1 << (other & 31);
      const word = USED + (other >> 5);
      if (((config[word]! | config[word + words]!) & bit) !== 0) continue;
      if (machine.step(after, this.slotAction[other]!) === after) config[word + words]! |= bit;
    }
    this.work++;
    const word = USED + (goal >> 5);
    const bit = 1 << (goal & 31);
    const goalUsed = (config[word]! & bit) !== 0;
    const goalSpared = (config[word + words]! & bit) !== 0;
    if (!goalUsed && !(goalSpared && machine.isPure(this.slotAction[goal]!))) {
      // A goal that was only spared may still be used, after other operations: the way goes on, too.
      const added = this.#open.add(config, 0);
      if (this.#tracing && added >= 0) {
        this.#traceParent[added] = id;
        this.#traceOp[added] = this.#operationOf(slot, kind, data[base + CRASH]!);
      }
      if (!goalSpared || (data[base + word + words]! & bit) !== 0) return;
    }
    config[word]! &= ~bit;
    config[word + words]! &= ~bit;
    const used: number[] = [];
    if (this.#tracing) {
      used.push(this.#operationOf(slot, kind, data[base + CRASH]!));
      for (let at = id; this.#traceParent[at]! >= 0; at = this.#traceParent[at]!)
        used.push(this.#traceOp[at]!);
      used.reverse();
    }
    found(config, used);
  }

  #operationOf(slot: number, kind: number, crash: number): number {
    return slot >= 0 ? this.slotOp[slot]! : this.crashOps[kind]![this.crash.count(crash, kind)]!;
  }
}
