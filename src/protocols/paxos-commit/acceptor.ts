import type { NodeId } from '../../sim/engine/env.ts';
import type { AcceptorRecord, Vote } from '../commit/index.ts';
import type { Votes } from './messages.ts';

/** What an acceptor knows of one transaction, all its instances together. */
interface Instances {
  promised: number;
  accepted: { readonly ballot: number; readonly votes: Votes } | null;
  /** Proposals of ballot 0 that have come in; accepted when all are there. */
  readonly proposed: Map<NodeId, Vote['vote']>;
}

/**
 * An acceptor of Paxos Commit, in memory and without time: one instance of Paxos for each participant's vote, handled in
 * bundles (Gray & Lamport 2006, §4). What a method allows must be on disk before it is said.
 */
export class Acceptor {
  readonly #instances = new Map<string, Instances>();

  #of(gid: string): Instances {
    const known = this.#instances.get(gid);
    if (known !== undefined) return known;
    const fresh: Instances = { promised: 0, accepted: null, proposed: new Map() };
    this.#instances.set(gid, fresh);
    return fresh;
  }

  promised(gid: string): number {
    return this.#of(gid).promised;
  }

  accepted(gid: string): Instances['accepted'] {
    return this.#of(gid).accepted;
  }

  /** A participant proposes its vote at ballot 0. True: everybody's is here, and may be accepted. */
  propose(gid: string, from: NodeId, vote: Vote['vote'], participants: readonly NodeId[]): boolean {
    const { proposed, promised, accepted } = this.#of(gid);
    if (!proposed.has(from)) proposed.set(from, vote);
    if (promised > 0 || accepted !== null) return false;
    return participants.every((node) => (proposed.get(node) ?? 'no') !== 'no');
  }

  /** The proposals of ballot 0. */
  proposals(gid: string): Votes {
    return [...this.#of(gid).proposed];
  }

  /** Phase 1b: nothing below `ballot` will be accepted any more. */
  mayPromise(gid: string, ballot: number): boolean {
    return ballot > this.#of(gid).promised;
  }

  /** Phase 2b. */
  mayAccept(gid: string, ballot: number): boolean {
    return ballot >= this.#of(gid).promised;
  }

  /** Does what a record of the log says. */
  redo(record: AcceptorRecord): void {
    const instances = this.#of(record.gid);
    instances.promised = Math.max(instances.promised, record.ballot);
    if (record.kind === 'accepted')
      instances.accepted = { ballot: record.ballot, votes: record.votes };
  }
}
