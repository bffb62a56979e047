import type { HeldLock } from '../locks/index.ts';

/** A lock as its holder sees it; its `grant` is the value on the nodes, which makes release and extension safe. Volatile: a restarted client holds nothing and cannot release what it held. */
export interface Lock extends HeldLock {
  /** Local clock reading until which it may be believed. */
  untilUs: number;
  extensions: number;
  /** Released, expired or lost. */
  over: boolean;
}
