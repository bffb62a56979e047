import type { NodeId } from '../../sim/engine/env.ts';

interface Member {
  readonly heardUs: number;
  readonly holds: ReadonlySet<number>;
}

/** The processes of one consumer group, and which queue belongs to which of them. Volatile: after a restart they come again. */
export class Membership {
  readonly #queueCount: number;
  readonly #memberUs: number;
  readonly #members = new Map<NodeId, Member>();

  /** `memberUs`: a process that is silent for longer is a member no more. */
  constructor(queueCount: number, memberUs: number) {
    this.#queueCount = queueCount;
    this.#memberUs = memberUs;
  }

  /** `holds`: the queues that `node` takes for its own. */
  heard(node: NodeId, holds: readonly number[], nowUs: number): void {
    this.#members.set(node, { heardUs: nowUs, holds: new Set(holds) });
    for (const [other, { heardUs }] of this.#members)
      if (nowUs - heardUs > this.#memberUs) this.#members.delete(other);
  }

  /** Its even share of the queues; `letGo`: only those that no other member still holds. */
  queuesOf(node: NodeId, letGo: boolean): readonly number[] {
    const members = [...this.#members.keys()].sort((a, b) => a - b);
    const share: number[] = [];
    for (let queue = 0; queue < this.#queueCount; queue += 1)
      if (members[queue % members.length] === node && !(letGo && this.#heldByOther(queue, node)))
        share.push(queue);
    return share;
  }

  #heldByOther(queue: number, node: NodeId): boolean {
    return [...this.#members].some(([other, { holds }]) => other !== node && holds.has(queue));
  }
}
