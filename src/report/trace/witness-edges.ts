import type { History, Operation } from '../../history/history.ts';

/** Why one operation comes before another. */
export interface WitnessEdge {
  readonly from: number;
  readonly to: number;
  /** `rt`: it ended before the other began; `wr`: the other found its value; `rw`: it found what the other overwrote. */
  readonly kind: 'rt' | 'wr' | 'rw';
  readonly reason: string;
}

/** The operations of a witness, and those whose values its reads found although they need not be left out. */
export function witnessWithSources(
  history: History,
  indexes: readonly number[],
): readonly Operation[] {
  const witness = indexes.map((index) => history.operation(index));
  const reads = witness.filter(({ f, status }) => f === 'read' && status === 'ok');
  const found = new Set(indexes);
  for (let index = 0; index < history.length && reads.length > 0; index += 1) {
    const { f, key, input } = history.operation(index);
    if (f === 'write' && reads.some((read) => read.key === key && same(read.output, input)))
      found.add(index);
  }
  return [...found].sort((a, b) => a - b).map((index) => history.operation(index));
}

/**
 * How the operations of a witness are ordered: by real time (only what does not follow from others) and, for reads and
 * writes, by whose value was found. A cycle of them is why no order works.
 */
export function witnessEdges(operations: readonly Operation[]): WitnessEdge[] {
  const ended = (a: Operation, b: Operation): boolean => a.complete < b.invoke;
  const edges: WitnessEdge[] = [];
  for (const a of operations)
    for (const b of operations) {
      const between = operations.some((c) => ended(a, c) && ended(c, b));
      if (ended(a, b) && !between)
        edges.push({
          from: a.index,
          to: b.index,
          kind: 'rt',
          reason: `#${a.index} ended before #${b.index} began`,
        });
    }
  for (const read of operations.filter(({ f, status }) => f === 'read' && status === 'ok')) {
    const writes = operations.filter(({ f, key }) => f === 'write' && key === read.key);
    const source = writes.find(({ input }) => same(input, read.output));
    if (source !== undefined)
      edges.push({
        from: source.index,
        to: read.index,
        kind: 'wr',
        reason: `#${read.index} found what #${source.index} wrote`,
      });
    // What overwrote the value it found comes after it: any write that follows its source, or the beginning.
    for (const write of writes)
      if (write !== source && (source === undefined ? read.output == null : ended(source, write)))
        edges.push({
          from: read.index,
          to: write.index,
          kind: 'rw',
          reason: `#${read.index} found a value from before #${write.index}`,
        });
  }
  return edges;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
