import { RedisNode } from '../../redis/index.ts';
import type { PlantedBug } from './planted.ts';

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

const restarts = 'Redis documentation, Distributed Locks with Redis, crash recovery and fsync';

export const serverBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'restart-forgets',
      mutation: 'a restarted server has kept nothing',
      source: `RL-B10; ${restarts}`,
      caughtBy: [
        'mutual-exclusion-grant',
        'mutual-exclusion-belief',
        'belief-within-grant',
        'token-monotone',
        'fair-order',
      ],
      needs: ['one node that restarts'],
      rarity: 'easy',
    },
    redis: RestartForgets,
  },
  {
    definition: {
      id: 'answer-before-fsync',
      mutation: 'the server answers before its disk has what it answers',
      source: `RL-B11; ${restarts}`,
      caughtBy: [
        'mutual-exclusion-grant',
        'mutual-exclusion-belief',
        'belief-within-grant',
        'token-monotone',
        'fair-order',
      ],
      needs: ['power loss'],
      rarity: 'medium',
    },
    redis: AnswersBeforeFsync,
  },
  {
    definition: {
      id: 'opens-too-early',
      mutation: 'a server without a disk answers again before the time to live has passed',
      source: `RL-B12; ${restarts}`,
      caughtBy: ['mutual-exclusion-grant', 'mutual-exclusion-belief', 'belief-within-grant'],
      needs: ['aof: off with a restart delay', 'one node that restarts'],
      rarity: 'medium',
    },
    redis: OpensTooEarly,
  },
];
