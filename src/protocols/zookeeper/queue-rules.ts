/** What a node in a lock's queue asks for; the part of its name before the number. All parts have one length. */
export type Kind = 'lock' | 'read' | 'writ' | 'leas';

const NAME = /-(lock|read|writ|leas)-(-?\d+)$/;

/** The number at the end of a sequential node's name: a signed 32-bit counter. */
export function sequenceOf(name: string): number {
  return Number(NAME.exec(name)?.[2] ?? name.slice(-10));
}

export function kindOf(name: string): Kind {
  return (NAME.exec(name)?.[1] ?? 'lock') as Kind;
}

/**
 * The queue's order. The counter overflows from 2147483647 to -2147483648 (ZooKeeper programmer's guide): numbers are
 * compared by their distance round the circle, as in RFC 1982. Two have one number only when they are one holder's: the
 * writer comes first.
 */
export function precedes(a: string, b: string): boolean {
  const distance = (sequenceOf(a) - sequenceOf(b)) | 0;
  return distance < 0 || (distance === 0 && kindOf(a) !== 'read' && kindOf(b) === 'read');
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
  before: (a: string, b: string) => boolean = precedes,
): readonly string[] {
  return [...names].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
}

export function lockPath(key: string): string {
  return `/lock/${key}`;
}
