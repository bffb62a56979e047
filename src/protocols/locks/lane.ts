import type { LaneState } from '../lane.ts';
import { ResourceNode } from './resource.ts';
import type { HeldLock, LockWorker } from './worker.ts';

/** The protected resource: its counters and the greatest token each has seen. */
export function resourceLane({ cells }: ResourceNode): LaneState {
  const all = [...cells];
  return {
    tone: 'rest',
    role: 'resource',
    label: all.map(([key, { value }]) => `${key}=${value}`).join(' '),
    fields: Object.fromEntries(all.map(([key, { value, maxToken }]) => [key, { value, maxToken }])),
  };
}

/** A user of locks: waiting for one, or in its critical section, believing to hold it. */
export function workerLane({ wish }: LockWorker<HeldLock>): LaneState {
  if (wish === null) return { tone: 'rest', role: 'idle', label: '', fields: {} };
  const { key, lock } = wish;
  if (lock === null) return { tone: 'bid', role: 'waiter', label: key, fields: { waitsFor: key } };
  const token = lock.token === null ? '' : ` #${lock.token}`;
  return {
    tone: 'lead',
    role: 'holder',
    label: `${key}${token}`,
    fields: { holds: key, token: lock.token, grant: lock.grant },
  };
}
