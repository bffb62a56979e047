import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History } from '../../../src/history/history.ts';
import type { RandomStream } from '../../../src/sim/engine/random.ts';

type Step = [string, number, unknown];

/**
 * A small random history of transactions. Most reads come from one of a few states that a weak store could have shown,
 * so that all levels have histories on both sides.
 */
export function randomTransactions(
  random: RandomStream,
  kind: 'list-append' | 'rw-register',
  size: { transactions: number; keys: number; processes: number },
): History {
  const builder = new HistoryBuilder();
  let fresh = 1;
  const write = kind === 'list-append' ? 'append' : 'w';
  const open = new Map<number, { steps: Step[]; status: 'ok' | 'fail' | 'info' }>();
  const dead = new Set<number>();
  /** What happened so far, one list of elements per key; weak reads look at a prefix, or with one element left out. */
  const state: number[][] = Array.from({ length: size.keys }, () => []);
  let started = 0;
  const finish = (process: number): void => {
    const { steps, status } = open.get(process)!;
    open.delete(process);
    if (status === 'info') dead.add(process);
    builder.complete(process, status, steps);
  };
  while (started < size.transactions || open.size > 0) {
    const process = random.below(size.processes + dead.size);
    if (dead.has(process)) continue;
    if (open.has(process)) {
      finish(process);
      continue;
    }
    if (started >= size.transactions) {
      finish([...open.keys()][0]!);
      continue;
    }
    started += 1;
    const chance = random.below(20);
    const status = chance === 0 ? 'fail' : chance === 1 ? 'info' : 'ok';
    const steps: Step[] = [];
    const own = new Map<number, number[]>();
    const snapshot = state.map((list) =>
      list.slice(0, list.length - (random.below(3) === 0 ? random.below(2) : 0)),
    );
    const first = new Map<number, number[]>();
    for (let step = 0, count = 1 + random.below(3); step < count; step += 1) {
      const key = random.below(size.keys);
      if (random.below(2) === 0) {
        const value = fresh++;
        own.set(key, [...(own.get(key) ?? []), value]);
        steps.push([write, key, value]);
        continue;
      }
      let base = first.get(key) ?? snapshot[key]!;
      if (random.below(12) === 0) base = state[key]!.filter(() => random.below(3) > 0);
      if (random.below(40) === 0) base = [99];
      first.set(key, base);
      const seen = random.below(30) === 0 ? base : [...base, ...(own.get(key) ?? [])];
      steps.push(['r', key, kind === 'list-append' ? seen : (seen.at(-1) ?? null)]);
    }
    builder.invoke(
      process,
      'txn',
      undefined,
      steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
    );
    open.set(process, { steps, status });
    if (status !== 'fail' || random.below(3) === 0)
      for (const [key, values] of own) state[key] = [...state[key]!, ...values];
  }
  return builder.build();
}

export function describeTransactions(history: History): string {
  return history
    .operations()
    .map(
      (op) =>
        `#${String(op.index)} p${String(op.process)} [${String(op.invoke)}-${String(op.complete)}] ${op.status} ${JSON.stringify(op.status === 'ok' ? op.output : op.input)}`,
    )
    .join('\n');
}
