import { NEVER } from '../../history/history.ts';
import type { History } from '../../history/history.ts';
import { NULL_VALUE } from '../../history/value-table.ts';

/** What a monitor found about one queue or stack; operation numbers are those of `ops`. */
export type ContainerFinding =
  | { readonly outcome: 'linearizable' }
  | { readonly outcome: 'violated'; readonly operations: readonly number[] }
  | { readonly outcome: 'not-judged'; readonly because: string };

const FOREVER = Infinity;
const PUTS: readonly string[] = ['enqueue', 'add', 'push'];

/** One value's way through the queue, by numbers in `ops`; -1: no such operation. */
export interface Passage {
  readonly enqueue: number;
  dequeue: number;
}

/**
 * A FIFO queue whose enqueued values are all different, in O(n log n): linearizable exactly if no value comes out twice, or
 * before it went in, or out of order, and no dequeue was told "empty" while some value was surely inside at every moment
 * (Henzinger, Sezgin and Vafeiadis 2013; Bouajjani, Emmi, Enea and Hamza 2015). An enqueue without answer whose value came
 * out has no end; one whose value never came out may as well not have happened.
 */
export function queueMonitor(history: History, ops: Int32Array): ContainerFinding {
  const passing = passagesOf(history, ops);
  if ('outcome' in passing) return passing;
  const { held, empties, begin, end } = passing;
  return (
    disorder(held, begin, end) ??
    falseEmpty(held, empties, begin, end) ?? { outcome: 'linearizable' }
  );
}

/** The ways of all values through a queue or a stack. */
export interface Passages {
  readonly held: readonly Passage[];
  /** Takes that were told "empty". */
  readonly empties: readonly number[];
  /** Positions of an operation; `Infinity` for -1, and for the end of one without answer. */
  readonly begin: (i: number) => number;
  readonly end: (i: number) => number;
}

/** Pairs what went in with what came out; a finding when that alone is impossible, or when values cannot tell. */
export function passagesOf(history: History, ops: Int32Array): Passages | ContainerFinding {
  const { f, functions, input, output, invoke, complete } = history.columns;
  const isEnqueue = functions.map((name) => PUTS.includes(name));
  const begin = (i: number): number => (i < 0 ? FOREVER : invoke[ops[i]!]!);
  const end = (i: number): number => {
    const at = i < 0 ? NEVER : complete[ops[i]!]!;
    return at === NEVER ? FOREVER : at;
  };
  const isStack = functions.includes('push') || functions.includes('pop');
  const passages = new Map<number, Passage>();
  const empties: number[] = [];
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i]!;
    if (isEnqueue[f[op]!] === true) {
      if (passages.has(input[op]!)) return { outcome: 'not-judged', because: 'values repeat' };
      passages.set(input[op]!, { enqueue: i, dequeue: -1 });
    } else if (functions[f[op]!] === 'peek')
      return {
        outcome: 'not-judged',
        because: `the ${isStack ? 'stack' : 'queue'} was peeked into`,
      };
    else if (complete[op] === NEVER)
      return { outcome: 'not-judged', because: `a ${functions[f[op]!]!} got no answer` };
  }
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i]!;
    if (isEnqueue[f[op]!] === true) continue;
    if (output[op] === NULL_VALUE) {
      empties.push(i);
      continue;
    }
    const passage = passages.get(output[op]!);
    if (passage === undefined || end(i) < begin(passage.enqueue))
      return {
        outcome: 'violated',
        operations: passage === undefined ? [i] : [i, passage.enqueue],
      };
    if (passage.dequeue >= 0)
      return { outcome: 'violated', operations: [passage.enqueue, passage.dequeue, i] };
    passage.dequeue = i;
  }
  return { held: [...passages.values()], empties, begin, end };
}

/** `a` went in strictly before `b`, and `b` came out strictly before `a` (which may never have come out). */
function disorder(
  held: readonly Passage[],
  begin: (i: number) => number,
  end: (i: number) => number,
): ContainerFinding | undefined {
  const byEnd = [...held].sort((a, b) => compare(end(a.enqueue), end(b.enqueue)));
  const byBegin = [...held].sort((a, b) => begin(a.enqueue) - begin(b.enqueue));
  let next = 0;
  let latest: Passage | undefined;
  for (const b of byBegin) {
    for (; next < byEnd.length && end(byEnd[next]!.enqueue) < begin(b.enqueue); next++) {
      const a = byEnd[next]!;
      if (latest === undefined || begin(a.dequeue) > begin(latest.dequeue)) latest = a;
    }
    if (latest !== undefined && b.dequeue >= 0 && end(b.dequeue) < begin(latest.dequeue))
      return {
        outcome: 'violated',
        operations: [latest.enqueue, b.enqueue, b.dequeue, latest.dequeue].filter((i) => i >= 0),
      };
  }
  return undefined;
}

/** Some values, one after the other, were surely inside all through a dequeue that was told "empty". */
export function falseEmpty(
  held: readonly Passage[],
  empties: readonly number[],
  begin: (i: number) => number,
  end: (i: number) => number,
): ContainerFinding | undefined {
  const inside = held
    .filter((passage) => end(passage.enqueue) < begin(passage.dequeue))
    .sort((a, b) => end(a.enqueue) - end(b.enqueue));
  const waiting = [...empties].sort((a, b) => begin(a) - begin(b));
  let next = 0;
  let from = -1;
  let until = -1;
  let chain: Passage[] = [];
  const extend = (passage: Passage): void => {
    if (end(passage.enqueue) > until) {
      from = end(passage.enqueue);
      until = begin(passage.dequeue);
      chain = [passage];
    } else if (begin(passage.dequeue) > until) {
      until = begin(passage.dequeue);
      chain.push(passage);
    }
  };
  for (const empty of waiting) {
    while (next < inside.length && end(inside[next]!.enqueue) < begin(empty))
      extend(inside[next++]!);
    if (from < 0 || until < begin(empty)) continue;
    // Values that went in during the dequeue may carry on what was inside when it began.
    let reach = until;
    const links = [...chain];
    for (
      let i = next;
      i < inside.length && reach < end(empty) && end(inside[i]!.enqueue) < reach;
      i++
    )
      if (begin(inside[i]!.dequeue) > reach) {
        reach = begin(inside[i]!.dequeue);
        links.push(inside[i]!);
      }
    if (reach < end(empty)) continue;
    const needed = links.filter((passage) => begin(passage.dequeue) > begin(empty));
    return {
      outcome: 'violated',
      operations: [
        empty,
        ...needed.flatMap((passage) => [passage.enqueue, passage.dequeue].filter((i) => i >= 0)),
      ],
    };
  }
  return undefined;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
