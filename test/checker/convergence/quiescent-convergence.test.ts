import { expect, test } from 'vitest';
import { memoryOf } from '../../../src/checker/causal/memory-of-history.ts';
import {
  quiescentConvergence,
  type ConvergenceOutcome,
} from '../../../src/checker/convergence/quiescent-convergence.ts';
import type { History } from '../../../src/history/history.ts';
import { story } from '../lattice/story.ts';

function judge(history: History, quietFrom?: number): ConvergenceOutcome {
  const reading = memoryOf(history);
  if (reading.kind !== 'memory') throw new Error(reading.reason);
  return quiescentConvergence(history, reading.memory, quietFrom);
}

test('reads after the last write agree on it', () => {
  const history = story(
    'c0 write x 1',
    'c1 read x null',
    'c0 write x 2',
    'c1 read x 2',
    'c2 read x 2',
  );
  expect(judge(history)).toEqual({ verdict: 'holds', keys: 1, reads: 2 });
});

test('a key is quiet by itself: another key may still be written', () => {
  const history = story('c0 write x 1', 'c1 read x 1', 'c0 write y 1', 'c1 read x null');
  expect(judge(history)).toMatchObject({
    verdict: 'violated',
    operations: [1, 3],
    why: 'disagreement',
  });
});

test('all agreeing on a value that was replaced is no convergence', () => {
  expect(judge(story('c0 write x 1', 'c0 write x 2', 'c1 read x 1', 'c2 read x 1'))).toMatchObject({
    verdict: 'violated',
    operations: [0, 1, 2],
    why: 'overwritten',
  });
  expect(judge(story('c0 write x 1', 'c1 read x null'))).toMatchObject({
    operations: [0, 1],
    why: 'initial value',
  });
  expect(judge(story('c0 write x 1', 'c1 read x 7'))).toMatchObject({
    operations: [1],
    why: 'never written',
  });
});

test('concurrent writes may settle on either', () => {
  for (const winner of [1, 2]) {
    const history = story(
      'c0 begins write x 1',
      'c1 begins write x 2',
      'c0 ends',
      'c1 ends',
      `c2 read x ${String(winner)}`,
    );
    expect(judge(history).verdict).toBe('holds');
  }
});

test('without a read after the last write there is nothing to judge', () => {
  expect(
    judge(story('c0 write x 1', 'c1 begins read x 1', 'c0 write x 2', 'c1 ends', 'c2 read y null'))
      .verdict,
  ).toBe('not judged');
});

test('a write of unknown outcome may still arrive, unless the caller knows better', () => {
  const history = story('c0 write x 1', 'c1 write x 2 info', 'c2 read x 1', 'c2 read x 2');
  expect(judge(history).verdict).toBe('not judged');
  expect(judge(history, 4)).toMatchObject({ verdict: 'holds', reads: 1 });
  expect(judge(history, 2)).toMatchObject({
    verdict: 'violated',
    operations: [2, 3],
    why: 'disagreement',
  });
});
