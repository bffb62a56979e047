import { env } from 'node:process';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { writeJsonl } from '../../src/history/write-jsonl.ts';
import { bruteForce } from './oracle/brute-force.ts';
import { ORACLE_TYPES } from './oracle/data-types.ts';
import { drawFrom, randomHistory } from './oracle/random-histories.ts';

/** `SPLITBRAIN_ORACLE=200000` runs as many histories in all; the default keeps the suite light. */
const total = Number(env['SPLITBRAIN_ORACLE'] ?? 20_000);
const each = Math.ceil(total / ORACLE_TYPES.length);

describe(`on random small histories the checker agrees with trying every order (${each} each)`, () => {
  it.each(ORACLE_TYPES.map((type) => [type.name, type] as const))('%s', (_, type) => {
    let holding = 0;
    for (let seed = 1; seed <= each; seed++) {
      const draw = drawFrom(seed);
      const history = randomHistory(
        draw,
        2 + draw(6),
        2 + draw(3),
        type.requests(),
        type.dialect,
        4 + draw(8),
      );
      const truth = bruteForce(history, type.initial, type.step, type.role);
      const { verdict } = check(history, { model: type.model });
      if ((verdict === 'holds') !== truth)
        expect.fail(
          `seed ${seed}: ${verdict}, but every order says ${truth}\n${writeJsonl(history)}`,
        );
      if (truth) holding++;
    }
    // Both answers must be common, or the comparison shows nothing.
    expect(holding).toBeGreaterThan(each / 50);
    expect(holding).toBeLessThan((each * 49) / 50);
  });
});
