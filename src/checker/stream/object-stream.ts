import type { Dialect } from '../../history/history.ts';
import type { Model } from '../models/model.ts';
import type { Budget } from '../search/budget.ts';
import { ConfigTable } from '../search/config-table.ts';
import { keepUndominated } from '../search/dominance.ts';
import { JitEngine } from '../search/engine.ts';
import { CRASH, STATE, WORD_BITS } from '../search/open-operations.ts';
import { CallCompiler } from './call-compiler.ts';
import type { RunningCall } from './call-compiler.ts';

/** At a quiescent moment with more than this interned, everything but the possible states is forgotten. */
const FORGET_AT = 2_000;
const WORDS = 4;
/** What one completion may cost; a search of the whole history, which knows all ends, does better than one that waits on. */
const AN_EVENT: Budget = { configurations: 200_000, bytes: 64 * 1024 * 1024 };

interface StreamEvent {
  readonly call: RunningCall;
  readonly isReturn: boolean;
  readonly position: number;
}

/**
 * One object of a running history. Events are settled in order as soon as the end of every operation that began before them
 * is known; the configurations after the last settled event are all that is kept of the past. The few events behind an
 * operation that is still open are looked at with that operation's end unknown. With too many possibilities, or operations
 * open at once, it gives up.
 */
export class ObjectStream {
  readonly #model: Model;
  readonly #dialect: Dialect;
  #compiler: CallCompiler;
  #engine: JitEngine;
  #current: ConfigTable;
  #queue: StreamEvent[] = [];
  /** Open slots of settled invocations. */
  #slots = new Map<RunningCall, number>();
  #freeSlots: number[] = [];
  #slotCount = 0;
  #fresh: number[] = [];
  #crashed: RunningCall[] = [];
  readonly #completes = new Map<RunningCall, number>();
  #gaveUp = false;

  constructor(model: Model, dialect: Dialect) {
    this.#model = model;
    this.#dialect = dialect;
    this.#compiler = new CallCompiler(model, dialect);
    this.#engine = new JitEngine(this.#compiler.machine, WORDS);
    this.#current = new ConfigTable(this.#engine.stride);
    const config = new Int32Array(this.#engine.stride);
    config[STATE] = this.#compiler.initial();
    this.#current.add(config, 0);
  }

  /** Events that cannot be settled yet, and configurations kept. */
  get retained(): number {
    return this.#queue.length + this.#current.count;
  }

  /** Whether it tells nothing any more. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  invoke(call: RunningCall, position: number): void {
    if (this.#gaveUp) return;
    this.#queue.push({ call, isReturn: false, position });
  }

  /** The call's end has just been written into it. False: no order explains what has been seen so far. */
  complete(call: RunningCall, position: number): boolean {
    if (this.#gaveUp) return true;
    if (call.status !== 'info') {
      this.#queue.push({ call, isReturn: true, position });
      this.#completes.set(call, position);
    }
    return (this.#settle() && this.#lookAhead()) || this.gaveUp;
  }

  #giveUp(): void {
    this.#gaveUp = true;
    this.#queue = [];
  }

  #settle(): boolean {
    let settled = 0;
    for (const event of this.#queue) {
      if (!event.isReturn && event.call.status === undefined) break;
      if (!this.#apply(event, false)) return false;
      settled++;
      if (event.isReturn) this.#completes.delete(event.call);
    }
    this.#queue = this.#queue.slice(settled);
    if (this.#queue.length === 0 && this.#slots.size === 0 && this.#compiler.size > FORGET_AT)
      this.#forget();
    return true;
  }

  /** Whether the events that wait behind an open operation still have an order. Everything is put back afterwards. */
  #lookAhead(): boolean {
    if (this.#queue.length === 0) return true;
    const kept = {
      current: this.#current,
      slots: new Map(this.#slots),
      freeSlots: [...this.#freeSlots],
      slotCount: this.#slotCount,
      fresh: [...this.#fresh],
      crashed: this.#crashed.length,
      available: [...this.#engine.crashAvailable],
      op: [...this.#engine.slotOp],
      action: [...this.#engine.slotAction],
      deadline: [...this.#engine.slotDeadline],
    };
    this.#current = copyOf(this.#current);
    const holds = this.#queue.every((event) => this.#apply(event, true));
    this.#current = kept.current;
    this.#slots = kept.slots;
    this.#freeSlots = kept.freeSlots;
    this.#slotCount = kept.slotCount;
    this.#fresh = kept.fresh;
    this.#crashed.length = kept.crashed;
    const engine = this.#engine;
    engine.crashAvailable.forEach((_, kind) => {
      engine.crashAvailable[kind] = kept.available[kind] ?? 0;
    });
    for (let slot = 0; slot < engine.slotOp.length; slot++) {
      engine.close(slot);
      const op = kept.op[slot] ?? -1;
      if (op >= 0) engine.open(slot, op, kept.action[slot]!, kept.deadline[slot]!, false);
    }
    return holds;
  }

  /** False when no order is left, or when it has given up. */
  #apply(event: StreamEvent, ahead: boolean): boolean {
    const { call } = event;
    if (!event.isReturn) {
      const action = this.#compiler.action(call);
      if (action < 0) return true;
      if (call.status === undefined || call.status === 'info') {
        if (!ahead || call.status === 'info') this.#crashed.push(call);
        this.#engine.crashAvailable[this.#engine.crashKind(action)]!++;
        return true;
      }
      const slot = this.#freeSlots.pop() ?? this.#slotCount++;
      if (slot >= WORDS * WORD_BITS) {
        this.#giveUp();
        return false;
      }
      this.#slots.set(call, slot);
      this.#fresh.push(slot);
      this.#engine.open(slot, 0, action, this.#completes.get(call)!, false);
      return true;
    }
    const slot = this.#slots.get(call);
    if (slot === undefined) return true;
    this.#engine.prepare();
    const { stride, words, crash } = this.#engine;
    const found = new ConfigTable(stride);
    const { work, bytes } = this.#engine;
    const isSpent = (): boolean =>
      this.#engine.work - work > AN_EVENT.configurations ||
      this.#engine.bytes - bytes + found.bytes > AN_EVENT.bytes;
    const accept = (config: Int32Array): void => {
      found.add(config, 0);
    };
    for (let id = 0; id < this.#current.count; id++) {
      this.#engine.extend(this.#current.data, id * stride, this.#fresh, slot, accept, isSpent);
      if (!isSpent()) continue;
      this.#giveUp();
      return false;
    }
    this.#fresh = [];
    this.#engine.close(slot);
    this.#slots.delete(call);
    this.#freeSlots.push(slot);
    if (found.count === 0) return false;
    const kept = new ConfigTable(stride);
    keepUndominated(found, kept, words, crash);
    this.#current = kept;
    return true;
  }

  /** Starts afresh from the possible states and what crashed operations may still do. */
  #forget(): void {
    const [before, old] = [this.#compiler, this.#engine];
    this.#compiler = new CallCompiler(this.#model, this.#dialect);
    this.#engine = new JitEngine(this.#compiler.machine, WORDS);
    // Only crashed operations that some configuration has not used yet can still matter; kinds keep their order.
    const kinds = new Map<number, number>();
    for (const call of this.#crashed) {
      const kind = this.#engine.crashKind(this.#compiler.action(call));
      this.#engine.crashAvailable[kind]!++;
      kinds.set(old.crashKind(before.action(call)), kind);
    }
    const table = new ConfigTable(this.#engine.stride);
    const config = new Int32Array(this.#engine.stride);
    for (let id = 0; id < this.#current.count; id++) {
      const base = id * this.#current.stride;
      config[STATE] = this.#compiler.state(before.value(this.#current.data[base + STATE]!));
      let vector = 0;
      for (const [oldKind, kind] of kinds)
        for (let n = old.crash.count(this.#current.data[base + CRASH]!, oldKind); n > 0; n--)
          vector = this.#engine.crash.plus(vector, kind);
      config[CRASH] = vector;
      table.add(config, 0);
    }
    this.#current = table;
    this.#freeSlots = [];
    this.#slotCount = 0;
    this.#fresh = [];
  }
}

function copyOf(table: ConfigTable): ConfigTable {
  const copy = new ConfigTable(table.stride);
  for (let id = 0; id < table.count; id++) copy.add(table.data, id * table.stride);
  return copy;
}
