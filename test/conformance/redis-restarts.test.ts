import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';

import type { AofMode } from '../../src/protocols/redis/append-only-file.ts';
import { AOF_OPTIONS, RealRedis } from './real-redis.ts';
import { pack, unpack } from './packed.ts';
import { normalised } from './redis-replies.ts';
import { AWAY_MS, MODES, RESTART_SEQUENCES, keptBySimulated, lives } from './redis-restarts.ts';

const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/redis-7.0.15-restarts.json', import.meta.url);
const SEQUENCES = Array.from({ length: RESTART_SEQUENCES }, (_, index) => index);

/** While an fsync is under way `everysec` keeps what it writes in memory, where a kill would take it. */
async function emptyBuffer(server: RealRedis): Promise<void> {
  while (/aof_buffer_length:[1-9]/.test(await server.persistence())) await pause(50);
}

async function keptByReal(server: RealRedis): Promise<string[][]> {
  const kept: string[][] = SEQUENCES.map(() => []);
  const all = SEQUENCES.map(lives);
  for (let life = 0; life < all[0]!.length; life += 1) {
    for (const [index, of] of all.entries()) {
      await server.send(['SELECT', String(index)]);
      await Promise.all(of[life]!.commands.map((words) => server.send(words)));
    }
    await emptyBuffer(server);
    await server.kill();
    await pause(AWAY_MS);
    await server.start();
    for (const [index, of] of all.entries()) {
      await server.send(['SELECT', String(index)]);
      for (const words of of[life]!.look)
        kept[index]!.push(normalised(words, await server.send(words)));
    }
  }
  return kept;
}

const simulated = (aof: AofMode): readonly (readonly string[])[] =>
  SEQUENCES.map((index) => keptBySimulated(aof, index));

it.each(MODES)('after kill -9, aof %s: a simulated server has what a real one had', (aof) => {
  const recorded = unpack(readFileSync(GOLDEN, 'utf8'));
  const from = MODES.indexOf(aof) * RESTART_SEQUENCES;
  expect(simulated(aof)).toEqual(recorded.slice(from, from + RESTART_SEQUENCES));
});

it.skipIf(MODE === '')(
  'after kill -9 a real Redis server has what the simulated one has',
  { timeout: 120_000 },
  async () => {
    const real: string[][] = [];
    for (const [at, aof] of MODES.entries()) {
      const databases = ['--databases', String(RESTART_SEQUENCES)];
      const server = new RealRedis(19_030 + at, ...AOF_OPTIONS[aof], ...databases);
      try {
        await server.start();
        real.push(...(await keptByReal(server)));
      } finally {
        await server.stop();
      }
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    expect(MODES.flatMap(simulated)).toEqual(real);
  },
);
