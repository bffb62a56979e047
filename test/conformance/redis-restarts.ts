import type { AofMode } from '../../src/protocols/redis/append-only-file.ts';
import { OneRedis } from '../protocols/redis/one-redis.ts';
import { mixedSequence } from './redis-edge-sequences.ts';
import { SHORT_MS, normalised } from './redis-replies.ts';
import { START_MS } from './redis-sequences.ts';

export const MODES = ['off', 'no', 'everysec', 'always'] as const satisfies readonly AofMode[];

/** So many random sequences for each mode. */
export const RESTART_SEQUENCES = 250;
/** How long a killed server is away: every short time to live ends meanwhile. */
export const AWAY_MS = 2 * SHORT_MS;

/** By then `everysec` has written what it kept in memory during an fsync; a real server is asked for it. */
const WRITTEN_AFTER_MS = 150;

/** Commands until a kill -9, and then what the restarted server is asked. */
export interface Life {
  readonly commands: readonly (readonly string[])[];
  readonly look: readonly (readonly string[])[];
}

/** The lives of one server: of every key that was named, each ends with its value, whatever the type, and its time to live. */
export function lives(index: number): readonly Life[] {
  const blocks = mixedSequence(index);
  const words = blocks.flat(2).filter((word) => /^\d+:[ab]/.test(word));
  const look = [...new Set(words)].flatMap((key) => [
    ['GET', key],
    ['LRANGE', key, '0', '-1'],
    // The fair lock's timeouts depend on when they were set.
    ['ZRANGE', key, '0', '-1', ...(key.endsWith(':timeouts') ? [] : ['WITHSCORES'])],
    ['PTTL', key],
  ]);
  return blocks.map((commands) => ({ commands, look }));
}

/** What the simulated server answers after each restart. */
export function keptBySimulated(aof: AofMode, index: number): readonly string[] {
  const redis = new OneRedis({ aof });
  redis.stepClock(START_MS);
  return lives(index).flatMap(({ commands, look }) => {
    for (const command of commands) redis.send(command);
    redis.wait(WRITTEN_AFTER_MS);
    redis.kill();
    redis.wait(AWAY_MS);
    redis.restart();
    return look.map((command) => normalised(command, redis.send(command)));
  });
}
