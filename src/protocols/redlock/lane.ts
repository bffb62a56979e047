import { ResourceNode, resourceLane, workerLane } from '../locks/index.ts';
import type { LaneReader } from '../lane.ts';
import { RedisNode, shown } from '../redis/index.ts';
import { RedlockClient } from './client.ts';

/** Redis servers with the locks they hold, the resource, and clients that wait for or hold a lock. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof ResourceNode) return resourceLane(program);
  if (program instanceof RedlockClient) return workerLane(program.worker);
  if (!(program instanceof RedisNode)) return null;
  const { role, store } = program;
  const keys = store.entries();
  return {
    tone: keys.length > 0 ? 'bound' : role === 'replica' ? 'off' : 'rest',
    role: keys.length > 0 ? `${role} with locks` : role,
    label: keys.map(([key, { value }]) => `${key}=${shown(value, 4)}`).join(' '),
    fields: { role, ...Object.fromEntries(keys.map(([key, { value }]) => [key, shown(value)])) },
  };
};
