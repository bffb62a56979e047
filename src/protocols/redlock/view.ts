import type { NodeProgram } from '../../sim/engine/env.ts';
import { describeResource, ResourceNode } from '../locks/index.ts';
import type { ServerView } from '../protocol.ts';
import { RedisNode, shown } from '../redis/index.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program) {
    if (program instanceof ResourceNode) return 'resource';
    return redisOf(program).role;
  },
  rank() {
    return 0;
  },
  describe(program) {
    if (program instanceof ResourceNode) return describeResource(program);
    const redis = redisOf(program);
    const keys = redis.store.entries().map(([key, { value }]) => `${key}=${shown(value, 8)}`);
    return `${redis.role} ${keys.join(' ') || 'empty'}`;
  },
};

function redisOf(program: NodeProgram): RedisNode {
  if (program instanceof RedisNode) return program;
  throw new TypeError('not a server of redlock');
}
