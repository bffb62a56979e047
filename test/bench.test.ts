import { test } from 'vitest';
import { causalStoreHistory } from './checker/causal/causal-store.ts';
import { checkAll } from '../src/checker/lattice/check-all.ts';
import { HistoryBuilder } from '../src/history/history-builder.ts';
import { RandomStream } from '../src/sim/engine/random.ts';
function linear(ops: number, clients: number, keys: number, stale: boolean) {
  const random = new RandomStream('1', 'lin');
  const b = new HistoryBuilder();
  const held = new Map<number, number | null>();
  const open = new Map<number, { key: number; kind: string; value: number | null; done: boolean }>();
  let n = 0, value = 0;
  const past: (number|null)[] = [];
  while (n < ops || open.size > 0) {
    const p = random.below(clients);
    const o = open.get(p);
    if (!o) {
      if (n >= ops) continue;
      n++;
      const key = random.below(keys);
      const kind = random.below(2) ? 'read' : 'write';
      const v = kind === 'write' ? ++value : null;
      b.invoke(p, kind, key, v, n);
      open.set(p, { key, kind, value: v, done: false });
    } else if (!o.done) {
      o.done = true;
      if (o.kind === 'write') { held.set(o.key, o.value); if (o.key === 0) past.push(o.value); }
      else { o.value = held.get(o.key) ?? null; if (stale && o.key === 0 && n > ops * 0.98) { o.value = past.at(-30)!; stale = false; } }
    } else { b.complete(p, 'ok', o.value, n); open.delete(p); }
  }
  return b.build();
}
test('bench', () => {
  const cases = {
    'lin 20 keys': linear(100_000, 10, 20, false),
    'lin 20 keys again': linear(100_000, 10, 20, false),
    'lin 1 key': linear(100_000, 10, 1, false),
    'lin 20 keys stale': linear(100_000, 10, 20, true),
    'lin 1 key stale': linear(100_000, 10, 1, true),
    'lww': causalStoreHistory('1', { operations: 100_000, processes: 10, keys: 20, merge: 'last-writer-wins', lag: 10 }),
    'lww lag1': causalStoreHistory('1', { operations: 100_000, processes: 10, keys: 20, merge: 'last-writer-wins', lag: 1 }),
    'arrival': causalStoreHistory('1', { operations: 100_000, processes: 10, keys: 20, merge: 'arrival', lag: 10 }),
  };
  for (const [name, history] of Object.entries(cases)) {
    const t = performance.now();
    const report = checkAll(history);
    console.log(name, (performance.now() - t).toFixed(0), 'ms', report.verdicts.filter(v => v.verdict !== 'not judged').map((v) => `${v.consistency} ${v.verdict} ${v.core.length}`).join(', '), JSON.stringify(report.window?.staleReads));
    const v = report.verdicts.findLast((x) => x.verdict === 'violated');
    if (v) console.log(v.explanation);
  }
});
