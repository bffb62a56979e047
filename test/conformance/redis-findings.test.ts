import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';

import type { AofMode } from '../../src/protocols/redis/append-only-file.ts';
import { OneRedis } from '../protocols/redis/one-redis.ts';
import { AOF_OPTIONS, RealRedis } from './real-redis.ts';
import { findings, type FindingsServer, type RedisFindings } from './redis-findings.ts';

const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/redis-7.0.15-findings.json', import.meta.url);
const recorded = (): RedisFindings => JSON.parse(readFileSync(GOLDEN, 'utf8')) as RedisFindings;

/** Real and simulated servers close their mouths here alike. */
function simulated(aof: AofMode): Promise<FindingsServer> {
  const redis = new OneRedis({ aof });
  return Promise.resolve({
    send: (command) => Promise.resolve(redis.send(command)),
    wait: (ms) => {
      redis.wait(ms);
      return Promise.resolve();
    },
    restart: (downMs) => {
      redis.kill();
      redis.wait(downMs);
      redis.restart();
      return Promise.resolve();
    },
  });
}

let simulatedFindings: RedisFindings | null = null;
async function shown(): Promise<RedisFindings> {
  return (simulatedFindings ??= await findings(simulated));
}

it('a plain SET, and SET XX, drop the time to live: PTTL answers -1', async () => {
  expect(recorded().pttlAfterSet).toEqual([-1, -1]);
  expect((await shown()).pttlAfterSet).toEqual(recorded().pttlAfterSet);
});

it('kill -9 loses a key without an append-only file, and not with everysec: the page cache survives', async () => {
  expect(recorded().afterKill).toEqual({ off: null, everysec: 'v', always: 'v' });
  expect((await shown()).afterKill).toEqual(recorded().afterKill);
});

it('the time to live goes on while the server is down', async () => {
  expect(recorded().elapsedWhileDown).toBe(true);
  expect((await shown()).elapsedWhileDown).toBe(true);
});

it('a key is there until its time is over and gone right after: the expiry window', async () => {
  expect(recorded().aroundDeadline).toEqual(['v', null]);
  expect((await shown()).aroundDeadline).toEqual(recorded().aroundDeadline);
});

it('EVALSHA answers NOSCRIPT until the script is loaded, and again after a restart', async () => {
  expect((await shown()).evalsha).toEqual(recorded().evalsha);
});

it.skipIf(MODE === '')(
  'a real Redis server shows the same findings',
  { timeout: 60_000 },
  async () => {
    const servers: RealRedis[] = [];
    try {
      const real = await findings(async (aof) => {
        const server = new RealRedis(19_010 + servers.length, ...AOF_OPTIONS[aof]);
        servers.push(server);
        await server.start();
        return {
          send: (command) => server.send(command),
          wait: (ms) => pause(ms),
          restart: async (downMs) => {
            await server.kill();
            await pause(downMs);
            await server.start();
          },
        };
      });
      if (MODE === 'record') writeFileSync(GOLDEN, `${JSON.stringify(real, null, 2)}\n`);
      expect(await shown()).toEqual(real);
    } finally {
      for (const server of servers) await server.stop();
    }
  },
);
