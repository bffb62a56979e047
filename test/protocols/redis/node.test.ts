import { describe, expect, it } from 'vitest';

import type { AofMode } from '../../../src/protocols/redis/append-only-file.ts';
import { OneRedis } from './one-redis.ts';

const OK = { simple: 'OK' };

function afterCrash(aof: AofMode, how: 'kill' | 'powerLoss', waitMs: number): unknown {
  const redis = new OneRedis({ aof });
  expect(redis.send('SET k v NX PX 60000')).toEqual(OK);
  redis.wait(waitMs);
  redis[how]();
  redis.restart();
  return redis.send('GET k');
}

describe('what a restarted server has kept', () => {
  it.each([
    ['off', 'kill', 3_000, null],
    ['no', 'kill', 0, 'v'],
    ['everysec', 'kill', 0, 'v'],
    ['always', 'kill', 0, 'v'],
    ['off', 'powerLoss', 3_000, null],
    ['no', 'powerLoss', 3_000, null],
    ['everysec', 'powerLoss', 100, null],
    ['everysec', 'powerLoss', 1_100, 'v'],
    ['always', 'powerLoss', 0, 'v'],
  ] as const)('with aof %s after a %s, %i ms after the write: %s', (aof, how, waitMs, kept) => {
    expect(afterCrash(aof, how, waitMs)).toBe(kept);
  });
});

describe('with everysec, while a sync is under way', () => {
  /** One key that a slow sync is about, then another. */
  function afterSecondWrite(syncMs: number): OneRedis {
    const redis = new OneRedis({ aof: 'everysec' }, 'none', syncMs);
    redis.wait(1_000);
    redis.send('SET synced v');
    expect(redis.send('SET meanwhile v')).toEqual(OK);
    return redis;
  }
  const kept = (redis: OneRedis): unknown => redis.send('EXISTS synced meanwhile');

  it('an answered write waits in memory, where a kill takes it', () => {
    const redis = afterSecondWrite(500);
    redis.kill();
    redis.restart();
    expect(redis.send('GET synced')).toBe('v');
    expect(redis.send('GET meanwhile')).toBeNull();
  });

  it('it reaches the page cache at the next round after the sync', () => {
    const redis = afterSecondWrite(500);
    redis.wait(700);
    redis.kill();
    redis.restart();
    expect(kept(redis)).toBe(2);
  });

  it('it waits for two seconds of the clock and no longer', () => {
    const redis = afterSecondWrite(60_000);
    redis.wait(2_100);
    redis.kill();
    redis.restart();
    expect(kept(redis)).toBe(2);
  });

  it('the first write of a second is forced at once, the next a second later', () => {
    const redis = afterSecondWrite(2);
    redis.wait(150);
    redis.powerLoss();
    redis.restart();
    expect(redis.send('GET synced')).toBe('v');
    expect(redis.send('GET meanwhile')).toBeNull();
  });
});

describe('time to live', () => {
  it('goes on running while the server is down', () => {
    const redis = new OneRedis();
    redis.send('SET k v PX 1000');
    redis.kill();
    redis.wait(600);
    redis.restart();
    expect(redis.send('PTTL k')).toBeLessThan(400);
    redis.kill();
    redis.wait(500);
    redis.restart();
    expect(redis.send('GET k')).toBeNull();
  });

  it('is judged on the wall clock: a step of the clock ends it', () => {
    const redis = new OneRedis();
    redis.send('SET k v PX 10000');
    redis.stepClock(10_001);
    expect(redis.send('GET k')).toBeNull();
  });

  it('is not moved by a step with the monotonic clock that Redis does not have', () => {
    const redis = new OneRedis({ expiryClock: 'monotonic' });
    redis.send('SET k v PX 10000');
    redis.stepClock(10_001);
    expect(redis.send('GET k')).toBe('v');
  });

  it('that is over hides a key at once, and frees its memory within a round of the active cycle', () => {
    const redis = new OneRedis();
    redis.send('SET k v PX 150');
    redis.wait(155);
    expect(redis.node.store.stored('k')?.value).toBe('v');
    redis.wait(100);
    expect(redis.node.store.stored('k')).toBeUndefined();
  });
});

it('a power loss takes all that a script has changed, or nothing of it', () => {
  const ask = (waiter: string): string => `EVAL fair-acquire 3 x q t ${waiter} 60000 60000`;
  const redis = new OneRedis({ aof: 'always' }, 'prefix');
  redis.send(ask('holder'));
  for (let round = 1; round <= 20; round += 1) {
    redis.start(ask(`waiter-${round}`));
    redis.wait(2);
    redis.powerLoss();
    redis.restart();
    expect(redis.send('ZCARD t')).toBe(redis.send('LLEN q'));
  }
});

it('a restart delay keeps the server silent, and then it answers', () => {
  const redis = new OneRedis({ aof: 'off', restartDelayUs: 5_000_000 });
  redis.kill();
  redis.restart();
  expect(redis.node.role).toBe('starting');
  redis.wait(5_000);
  expect(redis.node.role).toBe('primary');
  expect(redis.send('PING')).toEqual({ simple: 'PONG' });
});

it('a restarted server knows no scripts', () => {
  const redis = new OneRedis();
  redis.send('SCRIPT LOAD release');
  expect(redis.send('EVALSHA release 1 k v')).toBe(0);
  redis.kill();
  redis.restart();
  expect(redis.send('EVALSHA release 1 k v')).toMatchObject({
    error: expect.stringContaining('NOSCRIPT') as string,
  });
});

it('with aof always no answer leaves before the disk has it', () => {
  const redis = new OneRedis({ aof: 'always' });
  const before = redis.world.simulation.nowUs;
  redis.send('SET k v');
  expect(redis.world.disks.syncs).toBe(1);
  expect(redis.world.simulation.nowUs - before).toBeGreaterThanOrEqual(4_000);
});
