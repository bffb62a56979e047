import { test } from 'vitest';
import { causalStoreHistory } from './checker/causal/causal-store.ts';
import { HistoryBuilder } from '../src/history/history-builder.ts';
import { RandomStream } from '../src/sim/engine/random.ts';
import { memoryOf } from '../src/checker/causal/memory-of-history.ts';
import { judgeMemory } from '../src/checker/lattice/memory-judge.ts';
import { check } from '../src/checker/check.ts';
import { sequentialConsistency } from '../src/checker/sequential/sequential-consistency.ts';
import { quiescentConvergence } from '../src/checker/convergence/quiescent-convergence.ts';
import { inconsistencyWindow } from '../src/checker/convergence/inconsistency-window.ts';
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
import { resolveReads } from '../src/checker/causal/reads-from.ts';
import { ALL_READERS, HappensBefore, WITHOUT_CLOCKS } from '../src/checker/causal/happens-before.ts';
import { FrontierSearch } from '../src/checker/sequential/frontier-search.ts';
import { saturate } from '../src/checker/sequential/saturation.ts';
test('bench', () => {
  for (const [processes, keys, lag, merge] of [[10,20,0,true],[10,20,1,false],[10,20,10,true],[10,1,10,true], [20,20,10,false]] as const) {
    const history = linear(100_000, processes, keys, merge);
    const out: string[] = [];
    const time = (name: string, f: () => unknown) => { const t = performance.now(); f(); out.push(`${name} ${(performance.now() - t).toFixed(0)}`); };
    let reading = memoryOf(history);
    time('memory', () => { reading = memoryOf(history); });
    if (reading.kind !== 'memory') throw new Error('no');
    const memory = reading.memory;
    time('lin', () => check(history, { model: 'register' }));
    for (const models of [['CC'], ['CC','CCv'],['CM'],['PRAM'],['read-your-writes'],['monotonic-reads'],['monotonic-writes'],['writes-follow-reads']] as const)
      time(models.join(), () => judgeMemory(memory, models));
    
    time('SC', () => { out.push(sequentialConsistency(memory).procedure); });
    const r = resolveReads(memory); if (r.kind !== 'unique') throw new Error('x');
    let rel = new HappensBefore(r.execution, ALL_READERS, WITHOUT_CLOCKS());
    time('descent', () => { const x = new FrontierSearch(rel).search(1); out.push(x.kind + ' ' + (x.kind === 'budget' ? x.longest : '')); });
    time('saturate', () => { const x = saturate(r.execution, 1e9); out.push(String(x.work / memory.steps) + ' derived ' + x.relation.derived.length); rel = x.relation; });
    time('descent2', () => { const x = new FrontierSearch(rel).search(1); out.push(x.kind + ' ' + (x.kind === 'budget' ? x.longest : '')); });

    time('QC', () => quiescentConvergence(history, memory));
    time('window', () => inconsistencyWindow(history, memory));
    console.log(processes, keys, lag, merge, out.join(' | '));
  }
});
