import { env } from 'node:process';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { writeJsonl } from '../../src/history/write-jsonl.ts';
import { op, recorded } from './golden/op.ts';
import { bruteForce } from './oracle/brute-force.ts';
import { ORACLE_TYPES } from './oracle/data-types.ts';
import { drawFrom } from './oracle/random-histories.ts';

const type = ORACLE_TYPES.find((each) => each.name === 'queues with distinct values')!;
const count = Number(env['SPLITBRAIN_ORACLE'] ?? 20_000) / 10;

describe('the queue monitor', () => {
  it('agrees with every order on histories that are nearly right', () => {
    let holding = 0;
    for (let seed = 1; seed <= count; seed++) {
      const draw = drawFrom(seed + 55_000);
      const builder = new HistoryBuilder();
      const held: number[] = [];
      const busy = new Map<number, { put: boolean; value: number | null; took: boolean }>();
      let value = 0;
      for (let steps = 0; builder.length < 7 || busy.size > 0; steps++) {
        const process = draw(4);
        const asked = busy.get(process);
        if (asked === undefined) {
          if (builder.length >= 7) continue;
          const put = draw(2) === 0;
          busy.set(process, { put, value: put ? ++value : null, took: false });
          builder.invoke(process, put ? 'enqueue' : 'dequeue', undefined, put ? value : null);
        } else if (!asked.took) {
          asked.took = true;
          if (asked.put) held.push(asked.value!);
          else asked.value = held.shift() ?? null;
        } else {
          const wrong = !asked.put && draw(6) === 0;
          busy.delete(process);
          const answer = wrong ? [null, 1, 2, 3][draw(4)] : asked.value;
          builder.complete(process, 'ok', asked.put ? undefined : answer);
        }
      }
      const history = builder.build();
      const truth = bruteForce(history, [], type.step, type.role);
      const verdict = check(history, { model: 'queue' });
      expect(verdict.procedure).toMatch(/^queue monitor/);
      if ((verdict.verdict === 'holds') !== truth)
        expect.fail(`seed ${seed}: ${verdict.verdict}, truth ${truth}\n${writeJsonl(history)}`);
      if (truth) holding++;
    }
    expect(holding).toBeGreaterThan(count / 10);
    expect(holding).toBeLessThan((count * 9) / 10);
  });

  it('knows that values may take turns in keeping a queue from being empty', () => {
    const enqueue = (input: number, from: number, to: number) =>
      op(input, 'enqueue', from, to, { input });
    const dequeue = (process: number, output: number | null, from: number, to: number) =>
      op(process, 'dequeue', from, to, { output });
    const history = (begin: number) =>
      recorded([
        enqueue(1, 0, 1),
        enqueue(2, 2, 5),
        dequeue(3, null, 3, 10),
        dequeue(4, 1, begin, 9),
        dequeue(5, 2, 11, 12),
      ]);
    expect(check(history(6), { model: 'queue' })).toMatchObject({ verdict: 'violated' });
    expect(check(history(4), { model: 'queue' })).toMatchObject({ verdict: 'holds' });
  });

  it('leaves to the search, and says so, what it cannot judge', () => {
    const enqueue = op(1, 'enqueue', 0, 1, { input: 1 });
    const again = op(1, 'enqueue', 2, 3, { input: 1 });
    const crashed = op(2, 'dequeue', 4, Infinity);
    const peek = op(3, 'peek', 5, 6, { output: 1 });
    const because = (ops: Parameters<typeof recorded>[0]): string =>
      check(recorded(ops), { model: 'queue' }).procedure;
    expect(because([enqueue, again])).toMatch(/search for 1 object \(because values repeat\)/);
    expect(because([enqueue, crashed])).toMatch(/because a dequeue got no answer/);
    expect(because([enqueue, peek])).toMatch(/because the queue was peeked into/);
  });
});
