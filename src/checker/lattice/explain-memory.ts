import type { History } from '../../history/history.ts';
import type { Memory } from '../causal/memory.ts';
import { NO_VALUE } from '../causal/memory.ts';
import type { Execution } from '../causal/reads-from.ts';
import type { Edge, Violation } from '../causal/violation.ts';
import { clientName, keyText } from '../core/operation-text.ts';

/** Puts a violation of a memory model into words: a sentence and the chain of reasons. */
export class MemoryWords {
  readonly #history: History;
  readonly #memory: Memory;
  readonly #failedWrites: readonly number[];

  constructor(history: History, { memory }: Execution, failedWrites: readonly number[]) {
    this.#history = history;
    this.#memory = memory;
    this.#failedWrites = failedWrites;
  }

  /** A failed write whose value the read returned, if any. */
  dirtySource(read: number): number | undefined {
    const { columns } = this.#history;
    const index = this.#memory.operation[read]!;
    return this.#failedWrites.find(
      (write) =>
        columns.key[write] === columns.key[index] &&
        columns.input[write] === this.#memory.read[read],
    );
  }

  summary(violation: Violation): string {
    switch (violation.kind) {
      case 'thin-air': {
        const source = this.dirtySource(violation.read);
        return source === undefined
          ? `Read of a value that was never written: ${this.#read(violation.read)}, but no operation wrote it.`
          : `Dirty read: ${this.#read(violation.read)}, which #${source} tried to write, but that write failed.`;
      }
      case 'lost-from-past':
        return this.#stale(violation.path, violation.read, violation.path[0]!.from);
      case 'cycle':
        return this.#cycle(violation.edges);
    }
  }

  because(violation: Violation): string[] {
    switch (violation.kind) {
      case 'thin-air': {
        const source = this.dirtySource(violation.read);
        return source === undefined
          ? [
              `${this.#id(violation.read)} returned ${this.#value(violation.read)}; it is neither the initial value nor any operation's.`,
            ]
          : [
              `#${source} failed, so it took no effect; yet ${this.#id(violation.read)} returned its value.`,
            ];
      }
      case 'lost-from-past': {
        const lines = this.#path(violation.path);
        const write = violation.path[0]!.from;
        lines.push(
          `So ${this.#id(write)} was there for ${this.#id(violation.read)} to see, but it returned the initial value ${this.#value(violation.read)}.`,
        );
        return lines;
      }
      case 'cycle': {
        const lines = this.#path(violation.edges);
        const circle = [...violation.edges.map((edge) => edge.from), violation.edges[0]!.from];
        lines.push(`A circle: ${circle.map((step) => this.#id(step)).join(' before ')}.`);
        return lines;
      }
    }
  }

  #cycle(edges: readonly Edge[]): string {
    const lost = this.#lostUpdate(edges);
    if (lost !== undefined) return lost;
    const pasts = edges.flatMap(({ from, to, reason }) =>
      reason.by === 'past' ? [{ from, to, reason }] : [],
    );
    const overwrites = edges.some((edge) => edge.reason.by === 'overwrite');
    if (pasts.length === 0 && !overwrites) return this.#futureRead(edges);
    if (pasts.length === 1 && !overwrites) {
      const { from, reason } = pasts[0]!;
      return this.#stale(reason.path, reason.read, from);
    }
    const [first, second] = pasts;
    if (
      pasts.length === 2 &&
      !overwrites &&
      first!.from === second!.to &&
      first!.to === second!.from
    ) {
      const { process } = this.#memory;
      const [a, b] = [first!.reason.read, second!.reason.read].sort((x, y) => x - y) as [
        number,
        number,
      ];
      if (process[a] === process[b])
        return `Flip-flop: ${this.#read(a)} with ${this.#written(second!.to)} already in its past, then ${this.#seen(b)} again (${this.#id(b)}).`;
      return `Disagreement: ${this.#read(a)} and ${this.#read(b)}, each with the other's write in its past, so they order the two writes differently.`;
    }
    const steps = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
    return `No order fits: ${[...steps].map((step) => this.#id(step)).join(', ')} would each have to come before the next and the last before the first.`;
  }

  /** Names a read that missed `write` by how the write was in its past. */
  #stale(path: readonly Edge[], read: number, write: number): string {
    const by = path.map((edge) => edge.reason.by).join();
    const missed = `${this.#id(write)}'s ${this.#written(write)}`;
    if (by === 'program')
      return `Stale own write: ${this.#read(read)} although the same client had already written ${this.#written(write)} in ${this.#id(write)}.`;
    if (by === 'reads,program')
      return `Non-monotonic read: ${this.#read(read)} after it had read the newer ${this.#written(write)} in ${this.#id(path[0]!.to)}.`;
    if (by === 'program,reads,program' || by === 'program,reads')
      return `Writes out of order: ${this.#read(read)} and missed ${missed}, but had seen ${this.#id(path[0]!.to)}, which the same client wrote later.`;
    if (/past|overwrite/.test(by))
      return `No view fits: ${this.#read(read)} although ${missed} would have to come before that.`;
    return `Causal reversal: ${this.#read(read)} although ${missed} lies in its causal past.`;
  }

  /** Two compare-and-sets that found the same value, which was written once. */
  #lostUpdate(edges: readonly Edge[]): string | undefined {
    const { read, write, key } = this.#memory;
    const swaps = [
      ...new Set(
        edges.flatMap(({ from, to, reason }) => [
          from,
          to,
          ...(reason.by === 'past' ? [reason.read] : []),
        ]),
      ),
    ].filter((step) => read[step] !== NO_VALUE && write[step] !== NO_VALUE);
    const [a, b] = swaps.sort((x, y) => x - y);
    if (swaps.length !== 2 || a === undefined || b === undefined) return undefined;
    if (read[a] !== read[b] || key[a] !== key[b]) return undefined;
    return `Lost update: ${this.#id(a)} and ${this.#id(b)} both replaced ${this.#seen(a)}, but only one of them can have found it.`;
  }

  #futureRead(edges: readonly Edge[]): string {
    const reads = edges.filter((edge) => edge.reason.by === 'reads');
    if (reads.length === 1)
      return `Read from the future: ${this.#read(reads[0]!.to)}, which the same client only wrote later in ${this.#id(reads[0]!.from)}.`;
    return `Circular causality: ${reads.map((edge) => this.#read(edge.to)).join(', and ')}, each before the other's cause.`;
  }

  #path(edges: readonly Edge[]): string[] {
    return edges.flatMap((edge) => this.#edge(edge));
  }

  #edge({ from, to, reason }: Edge): string[] {
    const [a, b] = [this.#id(from), this.#id(to)];
    switch (reason.by) {
      case 'program':
        return [`${a} comes before ${b}: ${this.#client(from)} did it earlier.`];
      case 'reads':
        return [`${a} comes before ${b}: ${b} read ${this.#written(from)}, which ${a} wrote.`];
      case 'past':
        return [
          ...this.#path(reason.path),
          `${a} comes before ${b}: ${this.#id(reason.read)} had ${this.#written(from)} of ${a} in its past, yet returned ${this.#written(to)} of ${b}.`,
        ];
      case 'overwrite':
        return [
          ...this.#path(reason.path),
          `${a} comes before ${b}: ${a} still read ${this.#seen(from)}, which ${b} overwrote with ${this.#written(to)}.`,
        ];
    }
  }

  #id(step: number): string {
    return `#${this.#memory.operation[step]!}`;
  }

  #client(step: number): string {
    return clientName(this.#history.operation(this.#memory.operation[step]!));
  }

  #key(step: number): string {
    const { key } = this.#history.operation(this.#memory.operation[step]!);
    return key === undefined ? 'the value' : keyText(key);
  }

  #value(step: number): string {
    return this.#history.values.text(this.#memory.read[step]!);
  }

  #seen(step: number): string {
    return `${this.#key(step)} = ${this.#value(step)}`;
  }

  #read(step: number): string {
    return `${this.#client(step)} read ${this.#seen(step)} (${this.#id(step)})`;
  }

  #written(step: number): string {
    const { write } = this.#memory;
    if (write[step] === NO_VALUE) throw new Error(`internal error: step ${step} writes nothing`);
    return `${this.#key(step)} = ${this.#history.values.text(write[step]!)}`;
  }
}
