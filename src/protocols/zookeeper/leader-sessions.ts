import type { NodeId } from '../../sim/engine/env.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import type { Replica } from './replica.ts';
import { SessionTracker } from './session-tracker.ts';

/** What the leader keeps about sessions: when each was heard of, and over which server it speaks. All of it volatile. */
export class LeaderSessions {
  readonly #replica: Replica;
  readonly #monotonicUs: () => number;
  readonly #monitor: ZookeeperMonitor | null;
  readonly #tracker: SessionTracker;
  readonly #owners = new Map<number, NodeId>();
  readonly #refreshes: () => boolean;
  /** The term for which this server, as its leader, has taken over the sessions. */
  #takenOverTerm = 0;

  /** `refreshes`: whether a new leader gives every session its whole timeout again. */
  constructor(
    replica: Replica,
    tickUs: number,
    monotonicUs: () => number,
    monitor: ZookeeperMonitor | null,
    refreshes: () => boolean,
  ) {
    this.#replica = replica;
    this.#monotonicUs = monotonicUs;
    this.#monitor = monitor;
    this.#tracker = new SessionTracker(tickUs);
    this.#refreshes = refreshes;
  }

  /** Whether this server leads, up to date. It takes the sessions over when it first says yes. */
  lead(): boolean {
    const { currentTerm, tree, leadsUpToDate } = this.#replica;
    if (!leadsUpToDate) return false;
    if (this.#takenOverTerm === currentTerm) return true;
    this.#takenOverTerm = currentTerm;
    this.#monitor?.sessions.leads(this.#replica.id, this.#monotonicUs());
    if (!this.#refreshes()) return true;
    this.#tracker.clear();
    this.#owners.clear();
    for (const [session] of tree.sessions) this.revive(session);
    return true;
  }

  /** The session was heard of. False when it is over, or has been put down to be closed. */
  revive(session: number): boolean {
    const timeoutUs = this.#replica.tree.sessions.get(session);
    if (timeoutUs === undefined) return false;
    if (!this.#tracker.touch(session, timeoutUs, this.#monotonicUs())) return false;
    this.#monitor?.sessions.heard(this.#replica.id, session, this.#monotonicUs());
    return true;
  }

  /** From now on the session speaks through `server`. */
  takeOver(server: NodeId, session: number): boolean {
    const alive = this.revive(session);
    if (alive) this.#owners.set(session, server);
    return alive;
  }

  /** Over which server the session speaks: `from`, when nothing else is known. */
  ownerOf(session: number, from: NodeId): NodeId {
    const owner = this.#owners.get(session) ?? from;
    this.#owners.set(session, owner);
    return owner;
  }

  takeExpired(): readonly number[] {
    const nowUs = this.#monotonicUs();
    const leader = this.#replica.id;
    const expired = this.#tracker.takeExpired(nowUs);
    for (const session of expired) this.#monitor?.sessions.expiring(leader, session, nowUs);
    if (this.#monitor !== null) {
      const { sessions } = this.#replica.tree;
      const alive = [...sessions.keys()].filter((session) => !this.#tracker.isClosing(session));
      this.#monitor.sessions.ticked(leader, alive, nowUs);
    }
    return expired;
  }

  forget(session: number): void {
    this.#tracker.forget(session);
    this.#owners.delete(session);
  }

  /** How long until the next whole tick of this server's clock, µs. */
  untilTickUs(): number {
    return this.#tracker.untilTickUs(this.#monotonicUs());
  }
}
