import type { NodeId } from '../../../sim/engine/env.ts';
import { isMember } from '../membership.ts';
import type { RaftView } from '../observer.ts';
import type { Judge } from './judge.ts';

/** Syncs of one server that have not ended; `early` of them began before the heal, on a disk that may have been slow. */
interface Syncs {
  underWay: number;
  early: number;
}

/** The servers that run now, as seen from outside. */
export class Cluster {
  /** By id. */
  readonly running: (RaftView | undefined)[] = [];
  readonly #judge: Judge;
  readonly #syncs: (Syncs | undefined)[] = [];

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  started(node: RaftView): void {
    this.running[node.id] = node;
    this.#syncs[node.id] = { underWay: 0, early: 0 };
  }

  crashed(id: NodeId): void {
    this.running[id] = undefined;
  }

  healed(): void {
    for (const syncs of this.#syncs) if (syncs !== undefined) syncs.early = syncs.underWay;
  }

  syncIssued(id: NodeId): void {
    const syncs = this.#syncs[id];
    if (syncs !== undefined) syncs.underWay += 1;
  }

  syncDone(id: NodeId): void {
    const syncs = this.#syncs[id];
    if (syncs === undefined) return;
    syncs.underWay -= 1;
    if (syncs.early > 0) syncs.early -= 1;
  }

  /** The leader that no member of its own membership has left behind; there can be two only for a moment. */
  leader(): RaftView | null {
    let leader: RaftView | null = null;
    for (const node of this.running)
      if (node?.role === 'leader' && node.currentTerm > (leader?.currentTerm ?? 0)) leader = node;
    const current = leader;
    if (current === null || current.inert) return null;
    const overtaken = this.running.some(
      (node) =>
        node !== undefined &&
        node.currentTerm > current.currentTerm &&
        isMember(current.membership, node.id),
    );
    return overtaken ? null : current;
  }

  /** Runs, has a disk it can trust, and does not wait for a write of the time before the heal. */
  ready(id: NodeId): boolean {
    return this.running[id]?.inert === false && this.#syncs[id]?.early === 0;
  }

  /** Of the servers that may take part, the one that knows most to be committed. */
  mostCommitted(): RaftView | null {
    let most: RaftView | null = null;
    for (const node of this.running)
      if (node !== undefined && !node.inert && node.commitIndex >= (most?.commitIndex ?? 0))
        most = node;
    return most;
  }

  /** A line for each server. */
  states(): string[] {
    return this.running.flatMap((node) =>
      node === undefined
        ? []
        : [
            `${this.#judge.name(node.id)}: ${node.inert ? 'inert' : node.role} t${node.currentTerm}, log ends at ${node.log.lastIndex} (t${node.log.lastTerm}), commit ${node.commitIndex}`,
          ],
    );
  }
}
