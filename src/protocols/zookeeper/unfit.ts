import { unfitSlash } from '../locks/index.ts';
import type { Unfit } from '../protocol.ts';
import type { ZookeeperConfig } from './config.ts';

/** A semaphore lets several hold at once: what they write, they write over each other by nature. */
export function unfit({ lock, permits }: ZookeeperConfig, operation: string): Unfit | null {
  if (lock !== 'semaphore' || permits === 1 || operation === 'read') return null;
  return {
    reason: `up to ${permits} clients hold this semaphore at once, and of two that ${operation} one would be lost by nature`,
    fix: 'let clients read, or set permits: 1 or lock: mutex',
  };
}

/** A lock's name is one step of a path. */
export function unfitKey(key: string): Unfit | null {
  if (key !== '.' && key !== '..') return unfitSlash(key);
  return {
    reason: `"${key}" cannot name a lock: ZooKeeper knows no relative paths`,
    fix: 'write a name that is more than dots',
  };
}
