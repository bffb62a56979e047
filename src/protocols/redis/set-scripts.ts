import { NIL, OK } from './reply.ts';
import type { Script } from './scripts.ts';

/** Several locks at once, all of them or none, as node-redlock takes a list of resources. All carry one value. */
export const setScripts: Readonly<Record<string, Script>> = {
  /** Takes all keys if none is there: OK, else nil. Args: value, ttl ms. */
  'acquire-all': (call, keys, [value, ttlMs]) => {
    if ((call('EXISTS', ...keys) as number) > 0) return NIL;
    for (const key of keys) call('SET', key, value!, 'PX', ttlMs!);
    return OK;
  },
  /** Deletes those keys that hold this value, and counts them. */
  'release-all': (call, keys, [value]) => {
    let deleted = 0;
    for (const key of keys) if (call('GET', key) === value) deleted += call('DEL', key) as number;
    return deleted;
  },
  /** Gives all keys a new time to live if all hold this value: 1, else 0. Args: value, ttl ms. */
  'extend-all': (call, keys, [value, ttlMs]) => {
    if (keys.some((key) => call('GET', key) !== value)) return 0;
    for (const key of keys) call('PEXPIRE', key, ttlMs!);
    return 1;
  },
};
