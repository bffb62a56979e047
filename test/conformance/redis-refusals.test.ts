import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';

import { pack, unpack } from './packed.ts';
import { AOF_OPTIONS, RealRedis } from './real-redis.ts';
import {
  REFUSED_SEQUENCES,
  beforeAndAfter,
  refusedBySimulated,
  withoutReason,
} from './redis-refusals.ts';
import { SHORT_MS } from './redis-replies.ts';

const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/redis-7.0.15-refusals.json', import.meta.url);
const SEQUENCES = Array.from({ length: REFUSED_SEQUENCES }, (_, index) => index);

/** The file reaches its greatest size; the next command that changes something makes the server notice. */
async function breakFile(server: RealRedis): Promise<void> {
  server.limitFiles(1);
  await server.send(['SET', 'noticed', 'late']);
  while (!(await server.persistence()).includes('aof_last_write_status:err')) await pause(10);
}

it('a server whose append-only file fails refuses what a real one refuses', () => {
  const recorded = unpack(readFileSync(GOLDEN, 'utf8'));
  expect(SEQUENCES.map(refusedBySimulated)).toEqual(recorded);
});

it.skipIf(MODE === '')(
  'a real server that cannot write its file refuses what the simulated one refuses',
  { timeout: 60_000 },
  async () => {
    const databases = ['--databases', String(REFUSED_SEQUENCES)];
    const server = new RealRedis(19_034, ...AOF_OPTIONS.everysec, ...databases);
    const real: string[][] = [];
    try {
      await server.start();
      for (const index of SEQUENCES) {
        await server.send(['SELECT', String(index)]);
        await Promise.all(beforeAndAfter(index)[0].map((words) => server.send(words)));
      }
      await breakFile(server);
      await pause(2 * SHORT_MS);
      for (const index of SEQUENCES) {
        await server.send(['SELECT', String(index)]);
        const replies: string[] = [];
        for (const words of beforeAndAfter(index)[1])
          replies.push(withoutReason(words, await server.send(words)));
        real.push(replies);
      }
    } finally {
      await server.stop();
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    expect(SEQUENCES.map(refusedBySimulated)).toEqual(real);
  },
);
