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

/** Which drifts lie on each node's clock: the latest begun counts, and the others go on when it ends. */
export class Drifts {
  readonly #drifts = new Map<NodeId, { readonly ppm: number }[]>();

  /** Lays a drift on the node and returns how to take it off again. */
  add(node: NodeId, ppm: number): () => void {
    const list = this.#drifts.get(node) ?? [];
    this.#drifts.set(node, list);
    const drift = { ppm };
    list.push(drift);
    return () => {
      list.splice(list.indexOf(drift), 1);
    };
  }

  /** The drift that counts now, in ppm. */
  of(node: NodeId): number {
    return this.#drifts.get(node)?.at(-1)?.ppm ?? 0;
  }
}
