import type { History } from '../../history/history.ts';
import { falseEmpty, passagesOf } from './queue-monitor.ts';
import type { ContainerFinding, Passages } from './queue-monitor.ts';

/**
 * What surely cannot be on a stack whose pushed values are all different, in O(n log n): a value that comes out twice, or
 * without or before going in; "empty" while some value was surely inside at every moment; and a value that comes out from
 * under another one that was surely on top of it. Sound but not complete: what it does not refute must be searched.
 */
export function stackPatterns(history: History, ops: Int32Array): ContainerFinding {
  const passing = passagesOf(history, ops);
  if ('outcome' in passing) return passing;
  const { held, empties, begin, end } = passing;
  return (
    buried(passing) ??
    falseEmpty(held, empties, begin, end) ?? {
      outcome: 'not-judged',
      because: 'no pattern refutes the stack',
    }
  );
}

/** `b` went in after `a` and before `a` came out, and came out only after `a` had (or never). */
function buried({ held, begin, end }: Passages): ContainerFinding | undefined {
  const byEnd = [...held].sort((a, b) => compare(end(a.enqueue), end(b.enqueue)));
  const rank = new Map(byEnd.map((passage, at) => [passage, at]));
  const below = [...held].sort((a, b) => compare(end(b.enqueue), end(a.enqueue)));
  const above = [...held].sort((a, b) => begin(b.enqueue) - begin(a.enqueue));
  // A Fenwick tree over the ends of pushes: of those that ended early enough, the one that is popped last.
  const latest = new Int32Array(held.length + 1).fill(-1);
  const popped = (at: number): number => (at < 0 ? -1 : begin(byEnd[at]!.dequeue));
  let next = 0;
  for (const a of below) {
    for (; next < above.length && begin(above[next]!.enqueue) > end(a.enqueue); next++) {
      const own = rank.get(above[next]!)!;
      for (let i = own + 1; i < latest.length; i += i & -i)
        if (popped(own) > popped(latest[i]!)) latest[i] = own;
    }
    if (a.dequeue < 0) continue;
    let best = -1;
    for (let i = endedBefore(byEnd, end, begin(a.dequeue)); i > 0; i -= i & -i)
      if (popped(latest[i]!) > popped(best)) best = latest[i]!;
    if (best < 0 || popped(best) <= end(a.dequeue)) continue;
    const b = byEnd[best]!;
    return {
      outcome: 'violated',
      operations: [a.enqueue, b.enqueue, a.dequeue, b.dequeue].filter((i) => i >= 0),
    };
  }
  return undefined;
}

/** How many of these pushes ended before `position`. */
function endedBefore(
  byEnd: Passages['held'],
  end: (i: number) => number,
  position: number,
): number {
  let low = 0;
  let high = byEnd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end(byEnd[middle]!.enqueue) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
