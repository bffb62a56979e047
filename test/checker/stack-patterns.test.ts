import { env } from 'node:process';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { writeJsonl } from '../../src/history/write-jsonl.ts';
import { op, recorded } from './golden/op.ts';
import { bruteForce } from './oracle/brute-force.ts';
import { ORACLE_TYPES } from './oracle/data-types.ts';
import { drawFrom } from './oracle/random-histories.ts';

const type = ORACLE_TYPES.find((each) => each.name === 'stacks with distinct values')!;
/** `SPLITBRAIN_ORACLE=200000` compares 20,000 stacks, the default 2,000. */
const count = Number(env['SPLITBRAIN_ORACLE'] ?? 20_000) / 10;

describe('a stack of different values', () => {
  it('is judged as every order says, on histories that are nearly right', () => {
    const [found, missed] = [new Set<number>(), new Set<number>()];
    for (let seed = 1; seed <= count; seed++) {
      const draw = drawFrom(seed + 66_000);
      const builder = new HistoryBuilder();
      const held: number[] = [];
      const busy = new Map<number, { put: boolean; value: number | null; took: boolean }>();
      let value = 0;
      while (builder.length < 7 || busy.size > 0) {
        const process = draw(3);
        const asked = busy.get(process);
        if (asked === undefined) {
          if (builder.length >= 7) continue;
          const put = draw(2) === 0;
          busy.set(process, { put, value: put ? ++value : null, took: false });
          builder.invoke(process, put ? 'push' : 'pop', undefined, put ? value : null);
        } else if (!asked.took) {
          asked.took = true;
          if (asked.put) held.push(asked.value!);
          else asked.value = held.pop() ?? null;
        } else {
          const wrong = !asked.put && draw(6) === 0;
          busy.delete(process);
          const answer = wrong ? [null, 1, 2, 3][draw(4)] : asked.value;
          builder.complete(process, 'ok', asked.put ? undefined : answer);
        }
      }
      const history = builder.build();
      const truth = bruteForce(history, [], type.step, type.role);
      const { verdict, procedure } = check(history, { model: 'stack' });
      if ((verdict === 'holds') !== truth)
        expect.fail(`seed ${seed}: ${verdict}, truth ${truth}\n${writeJsonl(history)}`);
      if (!truth) (procedure.startsWith('stack patterns') ? found : missed).add(seed);
    }
    expect(found.size).toBeGreaterThan(count / 10);
    // The patterns are not complete: the rest is left to the search.
    expect(missed.size).toBeLessThan(found.size / 10);
  });

  it('is refuted when a value comes out from under another', () => {
    const history = recorded([
      op(1, 'push', 0, 1, { input: 1 }),
      op(1, 'push', 2, 3, { input: 2 }),
      op(1, 'pop', 4, 5, { output: 1 }),
    ]);
    expect(check(history, { model: 'stack' })).toMatchObject({
      verdict: 'violated',
      procedure: 'stack patterns (every value is different) for 1 object',
      core: [1, 2],
    });
  });

  it('is searched, and says why, when no pattern refutes it or values repeat', () => {
    const push = op(1, 'push', 0, 1, { input: 1 });
    const again = op(1, 'push', 2, 3, { input: 1 });
    const because = (ops: Parameters<typeof recorded>[0]): string =>
      check(recorded(ops), { model: 'stack' }).procedure;
    expect(because([push])).toMatch(/search for 1 object \(because no pattern refutes the stack\)/);
    expect(because([push, again])).toMatch(/because values repeat/);
  });
});
