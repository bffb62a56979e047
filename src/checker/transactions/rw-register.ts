import { NOTHING, type Dependencies, type Dependency, type VersionChoice } from './dependency.ts';
import { Findings } from './findings.ts';
import type { MicroOperation, Transaction } from './transaction.ts';
import type { TransactionWords } from './transaction-words.ts';

interface Write {
  readonly transaction: number;
  /** Whether it is what the transaction left behind. */
  readonly last: boolean;
}

interface RegisterRead {
  readonly transaction: number;
  readonly value: number;
  /** Not of the transaction's own write. */
  readonly first: boolean;
}

interface Register {
  readonly key: number;
  readonly writes: Map<number, Write>;
  readonly reads: RegisterRead[];
}

/** A value that makes the writer of a read ambiguous. */
export interface WrittenTwice {
  readonly key: number;
  readonly value: number;
  /** The second is undefined when the value is the initial one. */
  readonly transactions: readonly [number, number | undefined];
}

/**
 * What a history of read-write registers tells about the order of transactions. Values are written once per key, so every
 * read names its writer; the order of versions is known where a transaction read a version before it wrote, after the
 * initial version, and otherwise left as choices.
 */
export function analyseRegisters(
  all: readonly Transaction[],
  initial: number,
  words: TransactionWords,
): Dependencies | WrittenTwice {
  const analyser = new RegisterAnalyser(all, initial, words);
  return analyser.collect() ?? analyser.run();
}

class RegisterAnalyser {
  readonly #all: readonly Transaction[];
  readonly #initial: number;
  readonly #words: TransactionWords;
  readonly #registers = new Map<number, Register>();
  readonly #id: Int32Array;
  readonly #found: Findings;
  readonly #choices: VersionChoice[] = [];
  readonly #atomicEdges: Dependency[] = [];

  constructor(all: readonly Transaction[], initial: number, words: TransactionWords) {
    this.#all = all;
    this.#initial = initial;
    this.#words = words;
    this.#found = new Findings(all, words);
    this.#id = new Int32Array(all.length).fill(-1);
  }

  collect(): WrittenTwice | undefined {
    for (const aborted of [false, true])
      for (const [index, { outcome, steps }] of this.#all.entries()) {
        if ((outcome === 'aborted') !== aborted) continue;
        for (const [at, step] of steps.entries()) {
          if (step.f === 'read') continue;
          const { writes } = this.#register(step.key);
          const known = writes.get(step.value);
          if (known !== undefined || step.value === this.#initial) {
            if (aborted) continue;
            if (
              known === undefined ||
              known.transaction !== index ||
              this.#readBetween(index, step.key)
            )
              return {
                key: step.key,
                value: step.value,
                transactions: [index, known?.transaction],
              };
          }
          const last = !steps
            .slice(at + 1)
            .some((later) => later.f !== 'read' && later.key === step.key);
          writes.set(step.value, { transaction: index, last });
        }
      }
    for (const [index, transaction] of this.#all.entries())
      if (transaction.outcome === 'committed') this.#collectReads(transaction, index);
    return undefined;
  }

  run(): Dependencies {
    const observed = new Set<number>();
    for (const { reads, writes } of this.#registers.values())
      for (const read of reads) {
        const write = writes.get(read.value);
        if (write !== undefined) observed.add(write.transaction);
      }
    const transactions: Transaction[] = [];
    for (const [index, transaction] of this.#all.entries()) {
      const takes =
        transaction.outcome === 'committed' ||
        (transaction.outcome === 'unknown' && observed.has(index));
      if (!takes) continue;
      this.#id[index] = transactions.length;
      transactions.push(transaction);
    }
    for (const register of this.#registers.values()) {
      this.#checkReads(register);
      this.#link(register);
    }
    this.#linkAtomically();
    return {
      transactions,
      edges: this.#found.edges,
      choices: this.#choices,
      atomicEdges: this.#atomicEdges,
      anomalies: this.#found.anomalies,
    };
  }

  #register(key: number): Register {
    let register = this.#registers.get(key);
    if (register === undefined) {
      register = { key, writes: new Map(), reads: [] };
      this.#registers.set(key, register);
    }
    return register;
  }

  /** Writing a value twice in one transaction is harmless unless someone could have read in between. */
  #readBetween(index: number, key: number): boolean {
    return this.#all[index]!.steps.some((step) => step.f === 'read' && step.key === key);
  }

  #collectReads(transaction: Transaction, index: number): void {
    const known = new Map<number, number>();
    const external = new Set<number>();
    for (const { f, key, value } of transaction.steps) {
      if (f !== 'read') {
        known.set(key, value);
        external.add(key);
        continue;
      }
      const register = this.#register(key);
      const seen = value as number;
      const before = known.get(key);
      if (before !== undefined && before !== seen)
        this.#found.report(
          'internal',
          [index],
          (t) =>
            `${t} read ${this.#version(key, seen)} although the same transaction had ${external.has(key) ? 'written' : 'read'} ${this.#version(key, before)} before`,
        );
      const own = register.writes.get(seen)?.transaction === index;
      if (before !== undefined && before === seen && own) continue;
      register.reads.push({
        transaction: index,
        value: seen,
        first: !external.has(key) && before === undefined,
      });
      if (before === undefined) known.set(key, seen);
    }
  }

  #version(key: number, value: number): string {
    return `${this.#words.key(key)} = ${this.#words.value(value)}`;
  }

  #checkReads({ key, writes, reads }: Register): void {
    for (const { transaction, value } of reads) {
      if (value === this.#initial) continue;
      const write = writes.get(value);
      if (write === undefined)
        this.#found.report(
          'garbage-read',
          [transaction],
          (t) => `${t} read ${this.#version(key, value)}, which nobody wrote`,
        );
      else if (this.#all[write.transaction]!.outcome === 'aborted')
        this.#found.report(
          'G1a',
          [write.transaction, transaction],
          (a, t) =>
            `${t} read ${this.#version(key, value)}, which ${a} had written, but ${a} aborted`,
          ['dirty-read'],
        );
      else if (write.transaction === transaction)
        this.#found.report(
          'internal',
          [transaction],
          (t) => `${t} read ${this.#version(key, value)} before it wrote that value itself`,
        );
      else if (!write.last)
        this.#found.report(
          'G1b',
          [write.transaction, transaction],
          (a, t) =>
            `${t} read ${this.#version(key, value)}, an intermediate value of ${a}, which overwrote it before it committed`,
        );
    }
  }

  #link({ key, writes, reads }: Register): void {
    const readers = new Map<number, number[]>();
    for (const { transaction, value } of reads) {
      const list = readers.get(value);
      const reader = this.#id[transaction]!;
      if (list === undefined) readers.set(value, [reader]);
      else if (!list.includes(reader)) list.push(reader);
    }
    /** What each transaction that takes part left in the register. */
    const left = new Map<number, number>();
    for (const [value, { transaction, last }] of writes)
      if (last && this.#id[transaction]! >= 0) left.set(this.#id[transaction]!, value);
    for (const [value, list] of readers) {
      const write = writes.get(value);
      const writer = write === undefined ? -1 : this.#id[write.transaction]!;
      for (const reader of list) this.#found.edge(writer, reader, 'wr', key, value, value);
      // Every other writer comes after the initial version; who read a version and wrote comes after that version.
      if (value === this.#initial) {
        for (const reader of list)
          for (const [other, later] of left)
            this.#found.edge(reader, other, 'rw', key, NOTHING, later);
      } else if (writer >= 0 && left.get(writer) === value) {
        for (const updater of list) {
          const later = left.get(updater);
          if (later === undefined || updater === writer) continue;
          for (const reader of list) this.#found.edge(reader, updater, 'rw', key, value, later);
        }
      }
      this.#findLostUpdate(key, value, list, left);
    }
    const writers = [...left.keys()];
    for (const [index, a] of writers.entries())
      for (const b of writers.slice(index + 1))
        this.#choices.push({
          a,
          b,
          key,
          valueOfA: left.get(a)!,
          valueOfB: left.get(b)!,
          readersOfA: readers.get(left.get(a)!) ?? [],
          readersOfB: readers.get(left.get(b)!) ?? [],
        });
  }

  #findLostUpdate(
    key: number,
    value: number,
    readers: readonly number[],
    left: ReadonlyMap<number, number>,
  ): void {
    const updaters = readers.filter((reader) => left.has(reader) && left.get(reader) !== value);
    if (updaters.length < 2) return;
    const [a, b] = updaters.map((id) => this.#id.indexOf(id)) as [number, number];
    this.#found.report(
      'lost-update',
      [a, b],
      (first, second) =>
        `${first} and ${second} both read ${this.#version(key, value)} and both wrote ${this.#words.key(key)}: one overwrote the other's update without seeing it`,
    );
  }

  /** What a transaction read came from others whole: their writes to other keys it read are not newer than what it read. */
  #linkAtomically(): void {
    const first = new Map<number, Map<number, number>>();
    for (const { key, reads } of this.#registers.values())
      for (const read of reads) {
        if (!read.first) continue;
        const values = first.get(read.transaction);
        if (values === undefined) first.set(read.transaction, new Map([[key, read.value]]));
        else values.set(key, read.value);
      }
    for (const [reader, values] of first)
      for (const [key, value] of values) {
        const source = this.#registers.get(key)!.writes.get(value)?.transaction;
        if (source === undefined || source === reader) continue;
        for (const [other, seen] of values) {
          const step: MicroOperation | undefined = this.#all[source]!.steps.findLast(
            (s) => s.f !== 'read' && s.key === other,
          );
          if (other === key || step === undefined || step.value === seen) continue;
          const written = step.value as number;
          const from = this.#id[source]!;
          const owner: number | undefined = this.#registers
            .get(other)!
            .writes.get(seen)?.transaction;
          if (seen === this.#initial)
            this.#found.report(
              'fractured-read',
              [source, reader],
              (a, t) =>
                `${t} read ${this.#version(key, value)} of ${a}, but ${this.#words.key(other)} still with its initial value although ${a} had written ${this.#version(other, written)} too`,
            );
          else if (owner !== undefined && owner !== source && from >= 0 && this.#id[owner]! >= 0)
            this.#atomicEdges.push({
              from,
              to: this.#id[owner]!,
              type: 'ww',
              key: other,
              earlier: written,
              later: seen,
            });
        }
      }
  }
}
