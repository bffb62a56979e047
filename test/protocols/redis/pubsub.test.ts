import { describe, expect, it } from 'vitest';

import { OneRedis } from './one-redis.ts';

const texts = (redis: OneRedis): readonly string[] => redis.heard.map(({ text }) => text);

describe('a Redis server that tells', () => {
  it('counts its listeners, and tells each message once', () => {
    const redis = new OneRedis();
    expect(redis.send('PUBLISH news early')).toBe(0);
    expect(redis.send('SUBSCRIBE news')).toEqual(['subscribe', 'news', 1]);
    expect(redis.send('SUBSCRIBE news')).toEqual(['subscribe', 'news', 1]);
    expect(redis.send('PUBLISH news one')).toBe(1);
    redis.wait(5);
    expect(texts(redis)).toEqual(['one']);
    expect(redis.send('UNSUBSCRIBE news')).toEqual(['unsubscribe', 'news', 0]);
    expect(redis.send('PUBLISH news two')).toBe(0);
    redis.wait(5);
    expect(texts(redis)).toEqual(['one']);
  });

  it('forgets who listens when it restarts, whatever its file keeps', () => {
    const redis = new OneRedis({ aof: 'always' });
    redis.send('SUBSCRIBE news');
    redis.send('SET k v');
    redis.kill();
    redis.restart();
    expect(redis.send('GET k')).toBe('v');
    expect(redis.send('PUBLISH news lost')).toBe(0);
  });

  it('with appendfsync always tells of a release no sooner than it is durable', () => {
    const redis = new OneRedis({ aof: 'always' });
    redis.send('SUBSCRIBE news');
    redis.send('SET lock mine');
    redis.start('EVAL release-and-tell 1 lock mine news');
    // It arrives after 1 ms; the sync takes 2 ms.
    redis.wait(2.5);
    redis.powerLoss();
    redis.restart();
    redis.wait(10);
    expect(texts(redis)).toEqual([]);
    expect(redis.send('GET lock')).toBe('mine');
  });

  it('tells of a release only when there was one', () => {
    const redis = new OneRedis();
    redis.send('SUBSCRIBE news');
    redis.send('SET lock mine');
    expect(redis.send('EVAL release-and-tell 1 lock other news')).toBe(0);
    redis.wait(5);
    expect(texts(redis)).toEqual([]);
    expect(redis.send('EVAL release-and-tell 1 lock mine news')).toBe(1);
    redis.wait(5);
    expect(texts(redis)).toEqual(['released']);
  });

  it('answers a refused attempt with the time that the lock has to live', () => {
    const redis = new OneRedis();
    expect(redis.send('EVAL try-acquire 1 lock mine 500')).toEqual({ simple: 'OK' });
    const leftMs = redis.send('EVAL try-acquire 1 lock other 500') as number;
    expect(leftMs).toBeGreaterThan(480);
    expect(leftMs).toBeLessThan(500);
    redis.wait(500);
    expect(redis.send('EVAL try-acquire 1 lock other 500')).toEqual({ simple: 'OK' });
  });
});
