/** What a node in a lock's queue asks for; the part of its name before the number. All parts have one length. */
export type Kind = 'lock' | 'read' | 'writ' | 'leas';

const NAME = /-(lock|read|writ|leas)-(?:-?\d+)$/;

/** `%010d` of a signed 32-bit counter: ten characters, eleven for what is below -999999999. */
const SEQUENCE_CHARS = 10;
const LONG_NEGATIVE = '--';

/** The number at the end of a sequential node's name: a signed 32-bit counter. */
export function sequenceOf(name: string): number {
  const long = name.startsWith(LONG_NEGATIVE, name.length - SEQUENCE_CHARS - LONG_NEGATIVE.length);
  return Number(name.slice(long ? -SEQUENCE_CHARS - 1 : -SEQUENCE_CHARS));
}

export function kindOf(name: string): Kind {
  return (NAME.exec(name)?.[1] ?? 'lock') as Kind;
}

/** A node's name with the number read out of it once: a queue is sorted by every contender at every look. */
export interface Numbered {
  readonly name: string;
  readonly sequence: number;
}

/**
 * The queue's order. The counter overflows from 2147483647 to -2147483648, as the ZooKeeper programmer's guide says: numbers
 * are compared by their distance round the circle, as in RFC 1982. (A real 3.8.0 that was brought so far sticks: its
 * `DataTree.createNode` takes over no smaller counter, so that every later node bears the number 2147483647.) Two have one number only when they are one holder's: the
 * writer comes first.
 */
export function precedes(a: Numbered, b: Numbered): boolean {
  const distance = (a.sequence - b.sequence) | 0;
  return distance < 0 || (distance === 0 && kindOf(a.name) !== 'read' && kindOf(b.name) === 'read');
}

/**
 * Whether both are one holder's: a reader that goes on from a writer bears the writer's number, and stands right behind
 * it (apache/curator#445).
 */
export function areOne(a: string, b: string): boolean {
  return sequenceOf(a) === sequenceOf(b);
}

/**
 * Whose end the one at `place` waits for: the one right before it; a reader the nearest writer before it that is not its
 * own; null: nobody's.
 */
export function blockerOf(queue: readonly string[], place: number): string | null {
  const own = queue[place]!;
  if (kindOf(own) !== 'read') return queue[place - 1] ?? null;
  const before = queue.slice(0, place);
  return before.findLast((name) => kindOf(name) !== 'read' && !areOne(name, own)) ?? null;
}

export function inOrder(
  names: readonly string[],
  before: (a: Numbered, b: Numbered) => boolean = precedes,
): readonly string[] {
  return names
    .map((name) => ({ name, sequence: sequenceOf(name) }))
    .sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
    .map(({ name }) => name);
}

export function lockPath(key: string): string {
  return `/lock/${key}`;
}
