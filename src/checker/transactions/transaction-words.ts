import type { History } from '../../history/history.ts';
import { NOTHING, type Dependency } from './dependency.ts';
import type { Transaction } from './transaction.ts';

/** Puts transactions, values and dependencies into words. */
export class TransactionWords {
  readonly #history: History;
  readonly #all: readonly Transaction[];

  constructor(history: History, all: readonly Transaction[]) {
    this.#history = history;
    this.#all = all;
  }

  value(code: number): string {
    return this.#history.values.text(code);
  }

  /** A key as people write it: without quotes. */
  key(code: number): string {
    const key: unknown = this.#history.values.decode(code);
    return typeof key === 'string' ? key : this.value(code);
  }

  list(codes: readonly number[]): string {
    return `[${codes.map((code) => this.value(code)).join(' ')}]`;
  }

  /** `#41`: the operation of transaction `index`. */
  name(index: number): string {
    return `#${this.#all[index]!.operation}`;
  }

  /** The operation of transaction `index`. */
  operation(index: number): number {
    return this.#all[index]!.operation;
  }

  /** `#41 (process 3): append x 1, read y → [2]`. */
  whole(index: number): string {
    const transaction = this.#all[index]!;
    const process = this.#history.columns.processes[transaction.process]!;
    const steps = transaction.steps.map((step) => {
      const value = typeof step.value === 'number' ? this.value(step.value) : this.list(step.value);
      return step.f === 'read'
        ? `read ${this.key(step.key)} → ${value}`
        : `${step.f} ${this.key(step.key)} ${value}`;
    });
    const unknown = transaction.outcome === 'unknown' ? ', outcome unknown' : '';
    return `${this.name(index)} (process ${process}${unknown}): ${steps.join(', ')}`;
  }

  /** The same for operations of the history, as lines of an explanation. */
  lines(operations: readonly number[]): string[] {
    const wanted = new Set(operations);
    const found = this.#all.flatMap(({ operation }, index) =>
      wanted.has(operation) ? [index] : [],
    );
    return found.map((index) => `    ${this.whole(index)}`);
  }

  /** One edge in because-form: why `from` comes before `to`. */
  because({ from, to, type, key, earlier, later }: Dependency, lists: boolean): string {
    const [a, b] = [this.name(from), this.name(to)];
    switch (type) {
      case 'process':
        return `${a} comes before ${b}: the same process did it earlier (process order)`;
      case 'realtime':
        return `${a} comes before ${b}: it had completed before ${b} was invoked (real-time order)`;
      case 'wr':
        return lists
          ? `${a} comes before ${b}: ${b} read ${this.key(key)} with ${this.value(later)} on top, which ${a} appended (wr)`
          : `${a} comes before ${b}: ${b} read ${this.key(key)} = ${this.value(later)}, which ${a} wrote (wr)`;
      case 'ww':
        return lists
          ? `${a} comes before ${b}: ${b} appended ${this.value(later)} to ${this.key(key)} after the ${this.value(earlier)} of ${a} (ww)`
          : `${a} comes before ${b}: ${b} overwrote ${this.key(key)} = ${this.value(earlier)} of ${a} with ${this.value(later)} (ww)`;
      case 'rw':
        return lists
          ? `${a} comes before ${b}: ${a} read ${this.key(key)} without ${this.value(later)}, which ${b} appended (rw)`
          : `${a} comes before ${b}: ${a} read ${this.key(key)} = ${earlier === NOTHING ? 'its initial value' : this.value(earlier)}, which ${b} overwrote with ${this.value(later)} (rw)`;
    }
  }
}
