import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { RedisStore } from '../../src/protocols/redis/store.ts';
import { normalised, sequence, SEQUENCES, SHORT_MS, START_MS } from './redis-sequences.ts';

/** What Redis 7.0.15 answered (Debian 12's package), recorded by redis-real.test.ts. */
const recorded = JSON.parse(
  readFileSync(new URL('../golden/redis-7.0.15.json', import.meta.url), 'utf8'),
) as { readonly texts: readonly string[]; readonly sequences: readonly (readonly number[])[] };
const golden = recorded.sequences.map((row) => row.map((at) => recorded.texts[at]!));

it('the simulated Redis answers 2,000 recorded command sequences as the real one did', () => {
  expect(golden).toHaveLength(SEQUENCES);
  const different: string[] = [];
  for (const [index, expected] of golden.entries()) {
    const store = new RedisStore();
    let at = 0;
    for (const [block, commands] of sequence(index).entries())
      for (const words of commands) {
        const answer = normalised(words, store.execute(words, START_MS + block * 2 * SHORT_MS));
        if (answer !== expected[at])
          different.push(
            `sequence ${index}, command ${at} (${words.join(' ')}): ${answer}, Redis: ${expected[at]}`,
          );
        at += 1;
      }
  }
  expect(different).toEqual([]);
});
