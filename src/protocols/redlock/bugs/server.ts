import { RedisNode } from '../../redis/index.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

class RestartForgets extends RedisNode {
  protected override recovered(): ReturnType<RedisNode['recovered']> {
    return [];
  }
}

/** With aof: always: the answer does not wait for the disk. */
class AnswersBeforeFsync extends RedisNode {
  protected override whenSafe(answer: () => void): void {
    super.whenSafe(() => undefined);
    answer();
  }
}

/** Back before the leases that it has forgotten are over. */
class OpensTooEarly extends RedisNode {
  protected override silenceUs(): number {
    return Math.floor(super.silenceUs() / 10);
  }
}

class ExpiresWhenAsked extends RedisNode {
  protected override expireOverdue(): void {
    // A key goes only when a command meets it.
  }
}

const restarts = 'Redis documentation, Distributed Locks with Redis, crash recovery and fsync';

export const serverBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'restart-forgets',
    'a restarted server has kept nothing',
    `RL-B10; ${restarts}`,
    [
      'mutual-exclusion-grant',
      'mutual-exclusion-belief',
      'belief-within-grant',
      'token-monotone',
      'fair-order',
    ],
    'one node that restarts',
    'easy',
    { redis: RestartForgets },
  ),
  bug(
    'answer-before-fsync',
    'the server answers before its disk has what it answers',
    `RL-B11; ${restarts}`,
    [
      'mutual-exclusion-grant',
      'mutual-exclusion-belief',
      'belief-within-grant',
      'token-monotone',
      'fair-order',
    ],
    'power loss',
    'medium',
    { redis: AnswersBeforeFsync },
  ),
  bug(
    'opens-too-early',
    'a server without a disk answers again before the time to live has passed',
    `RL-B12; ${restarts}`,
    ['mutual-exclusion-grant', 'mutual-exclusion-belief', 'belief-within-grant'],
    ['aof: off with a restart delay', 'one node that restarts'],
    'medium',
    { redis: OpensTooEarly },
  ),
  bug(
    'expires-when-asked',
    'a key whose time is over stays until somebody asks for it',
    'Redis documentation, EXPIRE: how Redis expires keys',
    ['expires-in-time'],
    'a lock that nobody releases',
    'easy',
    { redis: ExpiresWhenAsked },
  ),
];
