import { NO_VALUE, type Memory } from '../../../src/checker/causal/memory.ts';

/**
 * Exhaustive judges of tiny memories, straight from the definitions: they enumerate which unknown writes happened, all
 * partial or total orders, and all writers a read may have had. They share no code with the checkers.
 */
export type OracleModel =
  | 'sequential'
  | 'CC'
  | 'CCv'
  | 'CM'
  | 'PRAM'
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'writes-follow-reads';

interface Op {
  readonly process: number;
  readonly key: number;
  readonly read: number | undefined;
  readonly write: number | undefined;
  /** Bits of the earlier operations of the same process. */
  before: number;
}

export function oracle(memory: Memory, model: OracleModel): boolean {
  const optional: number[] = [];
  for (let step = 0; step < memory.steps; step += 1)
    if (memory.optional[step] === 1) optional.push(step);
  for (let subset = 0; subset < 1 << optional.length; subset += 1) {
    const absent = new Set(optional.filter((_, bit) => ((subset >> bit) & 1) === 0));
    if (judge(opsOf(memory, absent), memory.initial, model)) return true;
  }
  return false;
}

function opsOf(memory: Memory, absent: ReadonlySet<number>): Op[] {
  const ops: Op[] = [];
  for (let step = 0; step < memory.steps; step += 1) {
    if (absent.has(step)) continue;
    const process = memory.process[step]!;
    let before = 0;
    ops.forEach((op, index) => {
      if (op.process === process) before |= 1 << index;
    });
    const value = (code: number): number | undefined => (code === NO_VALUE ? undefined : code);
    ops.push({
      process,
      key: memory.key[step]!,
      read: value(memory.read[step]!),
      write: value(memory.write[step]!),
      before,
    });
  }
  return ops;
}

function judge(ops: readonly Op[], initial: number, model: OracleModel): boolean {
  switch (model) {
    case 'sequential':
      return serialization(
        ops,
        initial,
        ops.map((_, i) => i),
        ops.map((op) => op.before),
        () => true,
      );
    case 'PRAM':
      return processes(ops).every((p) => {
        const relevant = ops.flatMap((op, i) =>
          op.process === p || op.write !== undefined ? [i] : [],
        );
        return serialization(
          ops,
          initial,
          relevant,
          ops.map((op) => op.before),
          (i) => ops[i]!.process === p,
        );
      });
    case 'CC':
    case 'CM':
    case 'CCv':
      return causal(ops, initial, model);
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return session(ops, initial, model);
  }
}

const processes = (ops: readonly Op[]): number[] => [...new Set(ops.map((op) => op.process))];

/** Whether `members` can be put in an order that respects `before` (bitmasks) and is right for every read in `checked`. */
function serialization(
  ops: readonly Op[],
  initial: number,
  members: readonly number[],
  before: readonly number[],
  checked: (index: number) => boolean,
): boolean {
  const all = members.reduce((bits, i) => bits | (1 << i), 0);
  const place = (placed: number, state: ReadonlyMap<number, number>): boolean => {
    if (placed === all) return true;
    return members.some((i) => {
      const op = ops[i]!;
      if ((placed >> i) & 1 || (before[i]! & all & ~placed) !== 0) return false;
      if (op.read !== undefined && checked(i) && (state.get(op.key) ?? initial) !== op.read)
        return false;
      const next = op.write === undefined ? state : new Map(state).set(op.key, op.write);
      return place(placed | (1 << i), next);
    });
  };
  return place(0, new Map());
}

/** All causal orders: operations are added one by one, each with a closed set of earlier ones as its causal past. */
function causal(ops: readonly Op[], initial: number, model: 'CC' | 'CM' | 'CCv'): boolean {
  const past = new Array<number>(ops.length).fill(0);
  const order: number[] = [];
  const right = (index: number): boolean => {
    const op = ops[index]!;
    if (op.read === undefined) return true;
    if (model === 'CCv') {
      // `order` is the order of arbitration: the last visible write to the key counts.
      let value = initial;
      for (const i of order)
        if ((past[index]! >> i) & 1 && ops[i]!.key === op.key) value = ops[i]!.write ?? value;
      return value === op.read;
    }
    const members = ops.flatMap((_, i) => ((past[index]! >> i) & 1 ? [i] : []));
    const own = (i: number): boolean =>
      i === index || (model === 'CM' && ops[i]!.process === op.process);
    return serialization(ops, initial, [...members, index], past, own);
  };
  const place = (placed: number): boolean => {
    if (order.length === ops.length) return true;
    for (let i = 0; i < ops.length; i += 1) {
      const op = ops[i]!;
      if ((placed >> i) & 1 || (op.before & ~placed) !== 0) continue;
      for (let chosen = placed; ; chosen = (chosen - 1) & placed) {
        if ((op.before & ~chosen) === 0 && closed(chosen, past)) {
          past[i] = chosen;
          // A later operation's view of this one is fixed now, so it can be judged now.
          if (right(i)) {
            order.push(i);
            if (place(placed | (1 << i))) return true;
            order.pop();
          }
        }
        if (chosen === 0) break;
      }
      past[i] = 0;
    }
    return false;
  };
  return place(0);
}

const closed = (set: number, past: readonly number[]): boolean =>
  past.every((before, i) => ((set >> i) & 1) === 0 || (before & ~set) === 0);

/** Every assignment of writers to reads, and for each session every order of the writes. -1 is the initial value. */
function session(ops: readonly Op[], initial: number, model: OracleModel): boolean {
  const from = new Array<number>(ops.length).fill(-2);
  const reads = ops.flatMap((op, i) => (op.read === undefined ? [] : [i]));
  const assign = (next: number): boolean => {
    if (next === reads.length)
      return processes(ops).every((p) => sessionOrder(ops, from, p, model));
    const r = reads[next]!;
    const writers = ops.flatMap((op, i) =>
      i !== r && op.key === ops[r]!.key && op.write === ops[r]!.read ? [i] : [],
    );
    if (ops[r]!.read === initial) writers.push(-1);
    return writers.some((w) => {
      from[r] = w;
      return assign(next + 1);
    });
  };
  return assign(0);
}

function sessionOrder(
  ops: readonly Op[],
  from: readonly number[],
  p: number,
  model: OracleModel,
): boolean {
  const writes = ops.flatMap((op, i) => (op.write === undefined ? [] : [i]));
  const precedes = (a: number, b: number): boolean => ((ops[b]!.before >> a) & 1) === 1;
  /** Reads that session of `write` did before it, including its own read. */
  const readBefore = (write: number): number[] =>
    ops.flatMap((op, i) =>
      op.read !== undefined && (i === write || precedes(i, write)) ? [from[i]!] : [],
    );
  const must = writes.map((b) => {
    const first = writes.filter((a) => precedes(a, b));
    if (model === 'writes-follow-reads') first.push(...readBefore(b).filter((a) => a >= 0));
    return new Set(first);
  });
  const visible = ops.map((op, r) => {
    if (op.process !== p || op.read === undefined) return new Set<number>();
    const seen = ops.flatMap((other, i) =>
      other.read !== undefined && (i === r || precedes(i, r)) && from[i]! >= 0 ? [from[i]!] : [],
    );
    const earlier = ops.flatMap((other, i) =>
      other.read !== undefined && precedes(i, r) && from[i]! >= 0 ? [from[i]!] : [],
    );
    if (model === 'read-your-writes') return new Set(writes.filter((w) => precedes(w, r)));
    if (model === 'monotonic-reads') return new Set(earlier);
    if (model === 'monotonic-writes')
      return new Set(writes.filter((w) => seen.some((s) => precedes(w, s))));
    const all = new Set<number>();
    const queue = [...seen];
    for (const w of queue)
      for (const source of readBefore(w))
        if (source >= 0 && !all.has(source)) {
          all.add(source);
          queue.push(source);
        }
    return all;
  });
  const order: number[] = [];
  const consistent = (): boolean =>
    ops.every((op, r) => {
      if (op.process !== p || op.read === undefined) return true;
      const candidates = order.filter(
        (w) => ops[w]!.key === op.key && (visible[r]!.has(w) || w === from[r]),
      );
      return (candidates.at(-1) ?? -1) === from[r];
    });
  const place = (): boolean => {
    if (order.length === writes.length) return consistent();
    return writes.some((w, index) => {
      if (order.includes(w) || [...must[index]!].some((before) => !order.includes(before)))
        return false;
      order.push(w);
      if (place()) return true;
      order.pop();
      return false;
    });
  };
  return place();
}
