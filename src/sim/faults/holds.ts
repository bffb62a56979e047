import type { NodeId } from '../engine/env.ts';

/** Counts, by node, how many faults hold it in a state: a node restarts when the last fault that keeps it down ends. */
export class Holds {
  readonly #counts = new Map<NodeId, number>();

  add(node: NodeId): void {
    this.#counts.set(node, (this.#counts.get(node) ?? 0) + 1);
  }

  isHeld(node: NodeId): boolean {
    return (this.#counts.get(node) ?? 0) > 0;
  }

  /** True when nothing holds the node any more. */
  release(node: NodeId): boolean {
    const left = (this.#counts.get(node) ?? 0) - 1;
    this.#counts.set(node, Math.max(0, left));
    return left <= 0;
  }
}
