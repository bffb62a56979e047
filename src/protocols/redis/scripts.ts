import type { Reply } from './reply.ts';

type Call = (...command: string[]) => Reply;
type Script = (call: Call, keys: readonly string[], args: readonly string[]) => Reply;

/**
 * The server-side scripts that lock clients use, by name; a real server knows them by the SHA-1 of their Lua text. Each
 * runs without anything in between, as Redis promises for scripts.
 */
export const scripts: Readonly<Record<string, Script>> = {
  /** Takes the lock and counts its counter in one step, as Redisson's fenced lock does: the token, or nil when it is held. */
  acquire: (call, [key, counter], [value, ttlMs]) =>
    call('SET', key!, value!, 'NX', 'PX', ttlMs!) === null ? null : call('INCR', counter!),
  /** Deletes the key if it holds this value: 1, else 0. */
  release: (call, [key], [value]) => (call('GET', key!) === value ? call('DEL', key!) : 0),
  /** Gives the key a new time to live if it holds this value: 1, else 0. Never creates it. */
  extend: (call, [key], [value, ttlMs]) =>
    call('GET', key!) === value ? call('PEXPIRE', key!, ttlMs!) : 0,
  /** Raises the counter to at least this number, and answers what it is then. */
  fence: (call, [key], [token]) => {
    const current = Number(call('GET', key!) ?? '0');
    const next = Math.max(current, Number(token));
    call('SET', key!, String(next));
    return next;
  },
};
