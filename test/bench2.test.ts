import { test } from 'vitest';
import { causalStoreHistory } from './checker/causal/causal-store.ts';
import { memoryOf } from '../src/checker/causal/memory-of-history.ts';
import { judgeMemory } from '../src/checker/lattice/memory-judge.ts';
import { check } from '../src/checker/check.ts';
import { sequentialConsistency } from '../src/checker/sequential/sequential-consistency.ts';
import { quiescentConvergence } from '../src/checker/convergence/quiescent-convergence.ts';
import { inconsistencyWindow } from '../src/checker/convergence/inconsistency-window.ts';
test('bench', () => {
  for (const [processes, keys, lag, merge] of [[10,20,1,'last-writer-wins'],[10,20,1,'last-writer-wins'],[10,20,10,'last-writer-wins'],[10,1,10,'last-writer-wins'], [20,20,10,'last-writer-wins']] as const) {
    const history = causalStoreHistory('1', { operations: 100_000, processes, keys, merge, lag });
    const out: string[] = [];
    const time = (name: string, f: () => unknown) => { const t = performance.now(); f(); out.push(`${name} ${(performance.now() - t).toFixed(0)}`); };
    let reading = memoryOf(history);
    time('memory', () => { reading = memoryOf(history); });
    if (reading.kind !== 'memory') throw new Error('no');
    const memory = reading.memory;
    time('lin', () => check(history, { model: 'register' }));
    for (const models of [['CC'], ['CC','CCv'],['CM'],['PRAM'],['read-your-writes'],['monotonic-reads'],['monotonic-writes'],['writes-follow-reads']] as const)
      time(models.join(), () => judgeMemory(memory, models));
    time('SC', () => sequentialConsistency(memory));
    time('QC', () => quiescentConvergence(history, memory));
    time('window', () => inconsistencyWindow(history, memory));
    console.log(processes, keys, lag, merge, out.join(' | '));
  }
});
