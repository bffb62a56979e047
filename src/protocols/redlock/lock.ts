import type { HeldLock } from '../locks/index.ts';
import type { LossSignal } from './loss-signal.ts';

/**
 * A lock as its holder sees it; its `grant` is the value on the nodes, which makes release and extension safe. Volatile:
 * a restarted client holds nothing and cannot release what it held.
 */
export interface Lock extends HeldLock {
  /** Local clock reading until which it may be believed. */
  untilUs: number;
  extensions: number;
  /** Released, expired or lost. */
  over: boolean;
  /** Fires when it is lost before it is released: an extension failed, or its deadline passed. */
  readonly signal: LossSignal;
}
