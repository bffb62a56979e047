import type { NodeId } from '../../sim/engine/env.ts';
import { inMs } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import type { ZookeeperConfig } from './config.ts';
import type { WatchEvent } from './messages.ts';

/** Judges sessions: when their leader ends them, what their clients may see, and in which order. */
export class SessionJudge {
  readonly #config: ZookeeperConfig;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** By leader: since when it leads, on its own clock; and when it heard of which session. */
  readonly #leading = new Map<NodeId, { sinceUs: number; readonly heardUs: Map<number, number> }>();
  /** Which session a client speaks for now. */
  readonly #spoken = new Map<NodeId, number>();

  constructor(config: ZookeeperConfig, nameOf: (id: NodeId) => string, report: ReportViolation) {
    this.#config = config;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  // --- told by leaders; times on their own monotonic clocks ---

  leads(leader: NodeId, nowUs: number): void {
    this.#leading.set(leader, { sinceUs: nowUs, heardUs: new Map() });
  }

  heard(leader: NodeId, session: number, nowUs: number): void {
    this.#leading.get(leader)?.heardUs.set(session, nowUs);
  }

  /** The leader's clock says that this session is over. A paused leader may say so late, but never early. */
  expiring(leader: NodeId, session: number, nowUs: number): void {
    const { sessionTimeoutUs } = this.#config;
    const silentUs = this.#silentUs(leader, session, nowUs);
    if (silentUs >= sessionTimeoutUs) return;
    this.#report({
      invariant: 'session-not-ended-early',
      sentence: `${this.#nameOf(leader)} ends a session after ${inMs(silentUs)} of silence; its timeout is ${inMs(sessionTimeoutUs)}.`,
      because: ['A session lasts for its whole timeout after its leader heard of it.'],
      nodes: [leader],
    });
  }

  /** A tick of the leader's, after it has put down what is expired: of those it lets live, nobody may be overdue. */
  ticked(leader: NodeId, alive: Iterable<number>, nowUs: number): void {
    const { sessionTimeoutUs, tickUs } = this.#config;
    for (const session of alive) {
      const silentUs = this.#silentUs(leader, session, nowUs);
      if (silentUs <= sessionTimeoutUs + tickUs) continue;
      this.#report({
        invariant: 'session-ended-in-time',
        sentence: `${this.#nameOf(leader)} has not heard of a session for ${inMs(silentUs)} and lets it live; its timeout is ${inMs(sessionTimeoutUs)}.`,
        because: ['Deadlines are rounded up to whole ticks: a session ends at most one tick late.'],
        nodes: [leader],
      });
    }
  }

  #silentUs(leader: NodeId, session: number, nowUs: number): number {
    const known = this.#leading.get(leader);
    if (known === undefined) return 0;
    return nowUs - Math.max(known.sinceUs, known.heardUs.get(session) ?? 0);
  }

  // --- told by clients ---

  speaks(client: NodeId, session: number): void {
    this.#spoken.set(client, session);
  }

  crashed(node: NodeId): void {
    this.#spoken.delete(node);
    this.#leading.delete(node);
  }

  /** Whether some client still speaks for the session. */
  isSpoken(session: number): boolean {
    return [...this.#spoken.values()].includes(session);
  }

  clientSaw(client: NodeId, lastZxid: number, zxid: number): void {
    if (zxid >= lastZxid) return;
    this.#report({
      invariant: 'single-system-image',
      sentence: `${this.#nameOf(client)} had seen the state at zxid ${lastZxid} and was answered from the state at ${zxid}.`,
      because: ['A server that is behind a client must not serve it.'],
      nodes: [client],
    });
  }

  /** A client learns of a change; `lastZxid`: the latest state that an answer has shown it. */
  eventTaken(client: NodeId, { event, path, zxid }: WatchEvent, lastZxid: number): void {
    if (zxid > lastZxid) return;
    this.#report({
      invariant: 'event-before-state',
      sentence: `${this.#nameOf(client)} was told of ${event} of ${path} at zxid ${zxid} after an answer had shown it the state at ${lastZxid}.`,
      because: [
        'A client learns that something has changed before it sees what it has changed to.',
      ],
      nodes: [client],
    });
  }
}
