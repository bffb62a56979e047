import { test } from 'vitest';
import { causalStoreHistory } from './checker/causal/causal-store.ts';
import { memoryOf } from '../src/checker/causal/memory-of-history.ts';
import { judgeMemory } from '../src/checker/lattice/memory-judge.ts';
import { sequentialConsistency } from '../src/checker/sequential/sequential-consistency.ts';
test('bench', () => {
  for (const [processes, keys, lag, merge] of [[20,20,10,'last-writer-wins'],[20,20,10,'last-writer-wins'],[20,20,10,'arrival'],[20,1000,10,'last-writer-wins'],[20,1,10,'last-writer-wins'],[20,20,200,'last-writer-wins'],[10,20,10,'last-writer-wins'],[10,20,1,'last-writer-wins']] as const) {
    const history = causalStoreHistory('1', { operations: 100_000, processes, keys, merge, lag });
    const t0 = performance.now();
    const reading = memoryOf(history);
    if (reading.kind !== 'memory') throw new Error('no');
    const t1 = performance.now();
    const out: string[] = [`memory ${(t1 - t0).toFixed(0)}`];
    for (const models of [['CC','CCv'],['CM'],['PRAM'],['read-your-writes'],['monotonic-reads'],['monotonic-writes'],['writes-follow-reads']] as const) {
      const t = performance.now();
      const r = judgeMemory(reading.memory, models);
      out.push(`${models.map(m => m + ' ' + r.get(m)!.verdict).join(' ')} ${(performance.now() - t).toFixed(0)}`);
    }
    const t = performance.now();
    const s = sequentialConsistency(reading.memory);
    out.push(`SC ${s.verdict} ${s.procedure} ${(performance.now() - t).toFixed(0)}`);
    console.log(processes, keys, lag, merge, out.join(' | '));
  }
});
