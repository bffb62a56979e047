import { describe, expect, it } from 'vitest';

import { judgeOrder, puzzlesOf, type Puzzle } from '../../src/page/model/own-order.ts';
import type { RunData } from '../../src/report/html/report-data.ts';
import { collected } from './collected-run.ts';

function puzzleOf({ head }: RunData, object: string): Puzzle {
  return puzzlesOf(head.operations, head.model!).find((one) => one.object === object)!;
}

describe("the reader's own order of a failing history", () => {
  const { data } = collected('raft/showcase');
  const puzzle = puzzleOf(data, 'x');

  it('as the checker came: explains what was answered before the culprit', () => {
    const [order] = data.head.orders;
    expect(order!.complete).toBe(false);
    const verdict = judgeOrder(puzzle, order!.order);
    expect(verdict.kind).toBe('incomplete');
    expect(verdict.sentence).toContain('#3 (read x → 1)');
  });

  it('breaks at the stale read, with the value that was there', () => {
    expect(judgeOrder(puzzle, [0, 1, 2, 3])).toMatchObject({
      kind: 'breaks',
      operation: 3,
      sentence: '#3 (read x → 1) cannot come here: x is 2 then, and it answered 1.',
    });
  });

  it('breaks where an operation is put before one that had ended', () => {
    expect(judgeOrder(puzzle, [0, 1, 3, 2])).toMatchObject({
      kind: 'breaks',
      operation: 3,
      sentence:
        '#3 (read x → 1) cannot come here: #2 (write x 2 ok) had ended before it began, so it has to come first.',
    });
  });

  it('is never complete: whatever the order, something breaks', () => {
    for (const order of permutations(puzzle.operations.map(({ index }) => index)))
      expect(judgeOrder(puzzle, order).kind).not.toBe('explains');
  });
});

describe("the reader's own order of a passing history", () => {
  it('explains every answer when it is the one that the checker found', () => {
    for (const [scenario, seed] of [
      ['raft/default-faults', '1'],
      ['raft/leader-read-quorum', '1'],
      ['redlock/redlock-happy', '1'],
    ] as const) {
      const { data } = collected(scenario, seed);
      expect(data.head.orders.length).toBeGreaterThan(0);
      const puzzles = puzzlesOf(data.head.operations, data.head.model!);
      for (const { object, order } of data.head.orders) {
        const puzzle = puzzles.find((one) => one.object === object) ?? puzzles[0]!;
        expect(judgeOrder(puzzle, order), scenario).toMatchObject({ kind: 'explains' });
      }
    }
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
