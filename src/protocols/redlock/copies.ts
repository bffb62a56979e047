import type { NodeId } from '../../sim/engine/env.ts';
import type { Copy } from '../redis/index.ts';

type Peek = (key: string) => Copy | null;

/**
 * Which nodes hold which value, in true time. A copy ends when its node's wall clock reaches the deadline, noticed or
 * not; an expiry that is noticed late is dated back by how long it was overdue.
 */
export class Copies {
  readonly #nowUs: () => number;
  readonly #peeks = new Map<NodeId, Peek>();
  /** By value, by node: the true time at which the copy went. */
  readonly #ends = new Map<string, Map<NodeId, number>>();
  /** By value, by node: when it came. */
  readonly #begins = new Map<string, Map<NodeId, number>>();

  /** By node: when its wall clock was last set. */
  readonly #steppedUs = new Map<NodeId, number>();

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  started(node: NodeId, peek: Peek): void {
    this.#peeks.set(node, peek);
  }

  /** Its clock was set: what is overdue from now on was not so before. */
  clockStepped(node: NodeId): void {
    this.#steppedUs.set(node, this.#nowUs());
  }

  /** The node has restarted: what it does not bring back has gone now. */
  ended(node: NodeId, value: string, overdueMs: number): void {
    const ends = at(this.#ends, value);
    const began = at(this.#begins, value).get(node) ?? 0;
    if (!ends.has(node)) ends.set(node, Math.max(began, this.#overdueSinceUs(node, overdueMs)));
  }

  began(node: NodeId, value: string): void {
    at(this.#ends, value).delete(node);
    at(this.#begins, value).set(node, this.#nowUs());
  }

  /** Values this node was last known to hold. */
  heldBy(node: NodeId): readonly string[] {
    return [...this.#begins]
      .filter(([value, begins]) => begins.has(node) && !at(this.#ends, value).has(node))
      .map(([value]) => value);
  }

  /** Whether this node keeps `value` for `key` now, by its own clock. */
  isThere(node: NodeId, key: string, value: string): boolean {
    const copy = this.#peeks.get(node)?.(key) ?? null;
    return copy?.value === value && (copy.remainingMs === null || copy.remainingMs > 0);
  }

  /** When fewer than `needed` nodes held `value` for `key` from then on; null while enough do. */
  supportEndUs(
    key: string,
    value: string,
    nodes: readonly NodeId[],
    needed: number,
  ): number | null {
    const ends = nodes.map((node) => this.#endUs(node, key, value)).sort((a, b) => b - a);
    const endUs = ends[needed - 1] ?? 0;
    return endUs === Infinity ? null : endUs;
  }

  /** The time to live, in µs of the nodes' wall clocks, that at least `needed` copies still have. */
  remainingUs(key: string, value: string, nodes: readonly NodeId[], needed: number): number {
    const left = nodes
      .map((node) => {
        const copy = this.#peeks.get(node)?.(key) ?? null;
        if (copy === null || copy.value !== value) return 0;
        return copy.remainingMs === null ? Infinity : copy.remainingMs * 1_000;
      })
      .sort((a, b) => b - a);
    return left[needed - 1] ?? 0;
  }

  #endUs(node: NodeId, key: string, value: string): number {
    const known = this.#ends.get(value)?.get(node);
    if (known !== undefined) return known;
    const copy = this.#peeks.get(node)?.(key) ?? null;
    if (copy === null || copy.value !== value) return 0;
    const overdueMs = -(copy.remainingMs ?? 1);
    return overdueMs < 0 ? Infinity : this.#overdueSinceUs(node, overdueMs);
  }

  #overdueSinceUs(node: NodeId, overdueMs: number): number {
    const sinceUs = this.#nowUs() - 1_000 * Math.max(0, overdueMs);
    return Math.max(sinceUs, this.#steppedUs.get(node) ?? 0);
  }
}

function at<V>(map: Map<string, Map<NodeId, V>>, value: string): Map<NodeId, V> {
  let inner = map.get(value);
  if (inner === undefined) {
    inner = new Map();
    map.set(value, inner);
  }
  return inner;
}
