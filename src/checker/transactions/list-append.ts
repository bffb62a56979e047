import { NOTHING, type Dependencies, type VersionChoice } from './dependency.ts';
import { Findings } from './findings.ts';
import type { ListKey, ListRead } from './list-reads.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionWords } from './transaction-words.ts';

/**
 * What a list-append history tells about the order of transactions. Lists carry their own past, so the order of versions
 * of a key is the longest list that was read; appends that nobody read come after it, in an order left open.
 */
export function analyseLists(
  all: readonly Transaction[],
  keys: ReadonlyMap<number, ListKey>,
  words: TransactionWords,
): Dependencies {
  const analyser = new ListAnalyser(all, words);
  const orders = [...keys.values()].map((key) => analyser.order(key));
  analyser.choose();
  for (const order of orders) analyser.link(order);
  analyser.findFracturedReads(keys, orders);
  return analyser.result();
}

/** The order of versions of one key. */
interface VersionOrder {
  readonly key: ListKey;
  readonly elements: readonly number[];
  readonly position: ReadonlyMap<number, number>;
  readonly reader: number;
}

class ListAnalyser {
  readonly #all: readonly Transaction[];
  readonly #words: TransactionWords;
  readonly #observed = new Set<number>();
  /** Per transaction: its index in the result, or -1 if it took no part. */
  readonly #id: Int32Array;
  readonly #transactions: Transaction[] = [];
  readonly #found: Findings;
  readonly #choices: VersionChoice[] = [];

  constructor(all: readonly Transaction[], words: TransactionWords) {
    this.#all = all;
    this.#words = words;
    this.#found = new Findings(all, words);
    this.#id = new Int32Array(all.length).fill(-1);
  }

  result(): Dependencies {
    return {
      transactions: this.#transactions,
      edges: this.#found.edges,
      choices: this.#choices,
      atomicEdges: [],
      anomalies: this.#found.anomalies,
    };
  }

  /** Decides who took part: the committed, and those of unknown outcome of which an element was read. */
  choose(): void {
    for (const [index, transaction] of this.#all.entries()) {
      if (transaction.outcome !== 'committed' && !this.#observed.has(index)) continue;
      this.#id[index] = this.#transactions.length;
      this.#transactions.push(transaction);
    }
  }

  /** The longest list read of a key; reports lists and elements that do not fit it. */
  order(key: ListKey): VersionOrder {
    let longest: ListRead | undefined;
    for (const read of key.reads)
      if (read.list.length > (longest?.list.length ?? 0)) longest = read;
    const elements = longest?.list ?? [];
    const position = new Map<number, number>();
    elements.forEach((element, at) => {
      if (!position.has(element)) position.set(element, at);
    });
    const order = { key, elements, position, reader: longest?.transaction ?? -1 };
    const repeated = elements.find((element, at) => position.get(element) !== at);
    if (repeated !== undefined)
      this.#found.report(
        'duplicate-elements',
        [order.reader],
        (r) =>
          `${r} read ${this.#words.key(key.key)} with ${this.#words.value(repeated)} in it twice: ${this.#words.list(elements)}`,
      );
    const dirty = new Set<number>();
    for (const read of key.reads) {
      this.#checkRead(read, order);
      this.#checkElements(read, key, dirty);
    }
    this.#checkOwnOrder(order);
    return order;
  }

  #checkRead(read: ListRead, order: VersionOrder): void {
    const { key, list, transaction } = read;
    if (!read.internal)
      this.#found.report(
        'internal',
        [transaction],
        (t) =>
          `${t} read ${this.#words.key(key)} as ${this.#words.list(list)}, which contradicts what the same transaction had read and appended before`,
      );
    if (!list.every((element, at) => element === order.elements[at]))
      this.#found.report(
        'incompatible-order',
        [transaction, order.reader],
        (a, b) =>
          `${a} read ${this.#words.key(key)} as ${this.#words.list(list)} and ${b} read it as ${this.#words.list(order.elements)}: no order of appends gives both`,
      );
    const top = read.base.at(-1);
    const append = top === undefined ? undefined : order.key.appends.get(top);
    if (append !== undefined && !append.last && append.transaction !== transaction)
      this.#found.report(
        'G1b',
        [append.transaction, transaction],
        (a, b) =>
          `${b} read ${this.#words.key(key)} up to ${this.#words.value(top!)}, an intermediate state of ${a}, which went on appending to it`,
      );
  }

  /** Notes who was observed; reports elements from nowhere and from aborted transactions, once each. */
  #checkElements(
    { transaction, list }: ListRead,
    { key, appends }: ListKey,
    dirty: Set<number>,
  ): void {
    list.forEach((element, at) => {
      const append = appends.get(element);
      if (append !== undefined) this.#observed.add(append.transaction);
      const outcome = append === undefined ? 'nowhere' : this.#all[append.transaction]!.outcome;
      if ((outcome !== 'nowhere' && outcome !== 'aborted') || dirty.has(element)) return;
      dirty.add(element);
      const what = `${this.#words.value(element)} in ${this.#words.key(key)}`;
      if (append === undefined) {
        this.#found.report(
          'garbage-read',
          [transaction],
          (t) => `${t} read ${what}, which nobody appended`,
        );
        return;
      }
      this.#found.report(
        'G1a',
        [append.transaction, transaction],
        (a, t) => `${t} read ${what}, which ${a} had appended, but ${a} aborted`,
        ['dirty-read'],
      );
      const above = list.slice(at + 1).map((later) => appends.get(later)?.transaction);
      const updater = above.find(
        (index) => index !== undefined && this.#all[index]!.outcome !== 'aborted',
      );
      if (updater !== undefined)
        this.#found.report(
          'dirty-update',
          [append.transaction, updater, transaction],
          (a, u) =>
            `${u} appended to ${this.#words.key(key)} on top of ${what}, which ${a} had appended, but ${a} aborted`,
        );
    });
  }

  /** A transaction's appends to one key show in its own order, none missing before one that shows. */
  #checkOwnOrder({ key, position, reader }: VersionOrder): void {
    const last = new Map<number, number>();
    for (const [element, { transaction }] of key.appends) {
      if (this.#all[transaction]!.outcome === 'aborted') continue;
      const at = position.get(element) ?? Infinity;
      const before = last.get(transaction) ?? -1;
      if (at < before)
        this.#found.report(
          'incompatible-order',
          [transaction, reader],
          (t, r) =>
            `${t} appended to ${this.#words.key(key.key)} before ${this.#words.value(element)} something that ${r} read after it, or not at all`,
        );
      last.set(transaction, Math.max(before, at));
    }
  }

  link(order: VersionOrder): void {
    const { elements, key, position } = order;
    const owner = (element: number): number => {
      const append = key.appends.get(element);
      return append === undefined ? -1 : this.#id[append.transaction]!;
    };
    elements.slice(1).forEach((element, at) => {
      this.#found.edge(owner(elements[at]!), owner(element), 'ww', key.key, elements[at]!, element);
    });
    const unread = [...key.appends.keys()].filter(
      (element) => !position.has(element) && owner(element) >= 0,
    );
    const top = elements.at(-1);
    for (const element of unread)
      if (top !== undefined)
        this.#found.edge(owner(top), owner(element), 'ww', key.key, top, element);
    const writers = new Map<number, number>();
    for (const element of unread)
      if (!writers.has(owner(element))) writers.set(owner(element), element);
    const open = [...writers];
    for (const [index, [a, valueOfA]] of open.entries())
      for (const [b, valueOfB] of open.slice(index + 1))
        this.#choices.push({
          ...{ a, b, key: key.key, valueOfA, valueOfB },
          ...{ readersOfA: [], readersOfB: [] },
        });
    const updates = new Map<number, number[]>();
    for (const read of key.reads) {
      const reader = this.#id[read.transaction]!;
      const seen = read.base.at(-1);
      if (seen !== undefined) this.#found.edge(owner(seen), reader, 'wr', key.key, seen, seen);
      // If the reader itself appended next, its own version leads to the following ones.
      const next = read.base.length;
      if (next < elements.length)
        this.#found.edge(
          reader,
          owner(elements[next]!),
          'rw',
          key.key,
          seen ?? NOTHING,
          elements[next]!,
        );
      else
        for (const element of unread)
          this.#found.edge(reader, owner(element), 'rw', key.key, seen ?? NOTHING, element);
      const appends = this.#all[read.transaction]!.steps.some(
        (step) => step.f === 'append' && step.key === key.key,
      );
      if (!appends || !read.internal) continue;
      const group = updates.get(read.base.length);
      if (group === undefined) updates.set(read.base.length, [read.transaction]);
      else if (!group.includes(read.transaction)) group.push(read.transaction);
    }
    for (const [length, group] of updates) {
      if (group.length < 2) continue;
      this.#found.report(
        'lost-update',
        group.slice(0, 2),
        (a, b) =>
          `${a} and ${b} both read ${this.#words.key(key.key)} as ${this.#words.list(elements.slice(0, length))} and appended to it: one did not see the other's append`,
      );
    }
  }

  /** A transaction that sees part of what another one did must see all of it. */
  findFracturedReads(keys: ReadonlyMap<number, ListKey>, orders: readonly VersionOrder[]): void {
    const baseOf = new Map<number, Map<number, ListRead>>();
    for (const { key } of orders)
      for (const read of key.reads) {
        let reads = baseOf.get(read.transaction);
        if (reads === undefined) {
          reads = new Map<number, ListRead>();
          baseOf.set(read.transaction, reads);
        }
        if (!reads.has(key.key)) reads.set(key.key, read);
      }
    for (const [transaction, reads] of baseOf) {
      if (reads.size < 2) continue;
      const seen = new Set<number>();
      for (const read of reads.values())
        for (const element of read.base) {
          const append = keys.get(read.key)!.appends.get(element);
          if (
            append === undefined ||
            append.transaction === transaction ||
            seen.has(append.transaction)
          )
            continue;
          seen.add(append.transaction);
          const missed = this.#all[append.transaction]!.steps.find(
            (step) =>
              step.f === 'append' &&
              reads.has(step.key) &&
              !reads.get(step.key)!.base.includes(step.value),
          );
          if (missed === undefined) continue;
          this.#found.report(
            'fractured-read',
            [append.transaction, transaction],
            (a, b) =>
              `${b} read ${this.#words.value(element)} in ${this.#words.key(read.key)}, which ${a} appended, but not ${this.#words.value(missed.value as number)} in ${this.#words.key(missed.key)}, which ${a} appended too`,
          );
        }
    }
  }
}
