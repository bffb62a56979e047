import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { unpack } from './packed.ts';
import { EDGE_SEQUENCES, edgeSequence } from './redis-edge-sequences.ts';
import { SEQUENCES, sequence, simulated } from './redis-sequences.ts';

/** What Redis 7.0.15 answered (Debian 12's package), recorded by redis-real.test.ts. */
function recorded(file: string): readonly (readonly string[])[] {
  return unpack(readFileSync(new URL(`../golden/${file}.json`, import.meta.url), 'utf8'));
}

it.each([
  { file: 'redis-7.0.15', count: SEQUENCES, drawn: sequence },
  { file: 'redis-7.0.15-edges', count: EDGE_SEQUENCES, drawn: edgeSequence },
])('the simulated Redis answers all sequences of $file as the real one did', (set) => {
  const golden = recorded(set.file);
  expect(golden).toHaveLength(set.count);
  const different = golden.flatMap((expected, index) => {
    const commands = set.drawn(index).flat();
    return simulated(set.drawn(index)).flatMap((answer, at) =>
      answer === expected[at]
        ? []
        : [`sequence ${index}, ${JSON.stringify(commands[at])}: ${answer}, Redis: ${expected[at]}`],
    );
  });
  expect(different).toEqual([]);
});
