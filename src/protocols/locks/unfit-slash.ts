import type { Unfit } from '../protocol.ts';

/** Why a lock of this name would share its path with others, and what to do; null: it does not. Contenders lie under the lock's path. */
export function unfitSlash(key: string): Unfit | null {
  if (!key.includes('/')) return null;
  return {
    reason: `"${key}" cannot name a lock: it would lie among the contenders for "${key.slice(0, key.lastIndexOf('/'))}"`,
    fix: 'write a name without a slash',
  };
}
