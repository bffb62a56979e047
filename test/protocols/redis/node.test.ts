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
  /** What is kept of one key that a sync is about, and of another that was written at once after it. */
  function keptOf(syncMs: number, waitMs: number, how: 'kill' | 'powerLoss'): readonly unknown[] {
    const redis = new OneRedis({ aof: 'everysec' }, 'none', syncMs);
    redis.wait(1_000);
    redis.send('SET synced v');
    expect(redis.send('SET meanwhile v')).toEqual(OK);
    redis.wait(waitMs);
    redis[how]();
    redis.restart();
    return ['synced', 'meanwhile'].filter((key) => redis.send(['EXISTS', key]) === 1);
  }

  it('an answered write waits in memory, where a kill takes it', () => {
    expect(keptOf(500, 0, 'kill')).toEqual(['synced']);
  });

  it('it reaches the page cache at the next round after the sync', () => {
    expect(keptOf(500, 700, 'kill')).toEqual(['synced', 'meanwhile']);
  });

  it('it waits for two seconds of the clock and no longer', () => {
    expect(keptOf(60_000, 1_500, 'kill')).toEqual(['synced']);
    expect(keptOf(60_000, 2_100, 'kill')).toEqual(['synced', 'meanwhile']);
  });

  it('the first write of a second is forced at once, the next a second later', () => {
    expect(keptOf(2, 150, 'powerLoss')).toEqual(['synced']);
    expect(keptOf(2, 1_100, 'powerLoss')).toEqual(['synced', 'meanwhile']);
  });

  it('what was written meanwhile is forced as soon as the sync has ended, when a second has passed', () => {
    expect(keptOf(3_200, 6_300, 'powerLoss')).toEqual(['synced']);
    expect(keptOf(3_200, 6_700, 'powerLoss')).toEqual(['synced', 'meanwhile']);
  });
});

describe('with everysec, after a sync that failed', () => {
  const REFUSED = { error: 'MISCONF Errors writing to the AOF file: Input/output error' };

  /** It holds two locks; the sync that the second was about has failed, and the disk is well again. */
  function refusing(): OneRedis {
    const redis = new OneRedis({ aof: 'everysec' });
    redis.send('SET lasting v');
    redis.wait(2_000);
    const heal = redis.failSyncs();
    expect(redis.send('SET lock v PX 2000')).toEqual(OK);
    redis.wait(10);
    heal();
    return redis;
  }

  it('writes and PING are refused, reads are answered', () => {
    const redis = refusing();
    expect(redis.send('SET other v')).toEqual(REFUSED);
    expect(redis.send('EVAL release 1 lock v')).toEqual(REFUSED);
    expect(redis.send('PING')).toEqual(REFUSED);
    expect(redis.send('GET lock')).toBe('v');
  });

  it('an expiry makes it try its disk again, and it accepts writes', () => {
    const redis = refusing();
    redis.wait(1_900);
    expect(redis.send('SET other v')).toEqual(REFUSED);
    redis.wait(300);
    expect(redis.send('SET other v')).toEqual(OK);
  });

  it('what the sync was about is lost with the power, however late, and what was synced before is not', () => {
    const redis = refusing();
    redis.wait(1_000);
    redis.powerLoss();
    redis.restart();
    expect(redis.send('GET lock')).toBeNull();
    expect(redis.send('GET lasting')).toBe('v');
  });

  it('a restarted server accepts writes', () => {
    const redis = refusing();
    redis.kill();
    redis.restart();
    expect(redis.send('SET other v')).toEqual(OK);
  });
});

it('with always a sync that failed ends the process, and the command is not answered', () => {
  const redis = new OneRedis({ aof: 'always' });
  redis.failSyncs();
  const answers = redis.start('SET k v');
  redis.wait(10);
  expect(answers).toEqual([]);
  expect(redis.world.hosts[0]!.status).toBe('down');
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
