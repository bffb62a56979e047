import type { Unfit } from '../protocol.ts';

/** What the clients keep on the servers beside the locks, by the first word of its name. */
const OTHERS: Readonly<Record<string, string>> = {
  'fence:': 'the counters of fencing tokens',
  'queue:': 'the queues of fair locks',
  'timeouts:': 'the timeouts of fair locks',
};

/** A lock of such a name could lie on the same key as what belongs to another lock. */
export function unfitKey(key: string): Unfit | null {
  const prefix = Object.keys(OTHERS).find((word) => key.startsWith(word));
  if (prefix === undefined) return null;
  return {
    reason: `"${key}" cannot name a lock: ${OTHERS[prefix]} are called ${prefix}...`,
    fix: `write a name that does not begin with ${prefix}`,
  };
}
