import type { NodeId } from '../../sim/engine/env.ts';
import { figuresOf } from '../figures.ts';
import type { Figure } from '../protocol.ts';
import { Spans } from '../spans.ts';

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  'in-doubt-max': 'us',
  'in-doubt-mean': 'us',
  'lock-time-mean': 'us',
  'lock-time-max': 'us',
  'blocked-requests': 'count',
  'blocked-max': 'us',
  'heuristic-ends': 'count',
  audits: 'count',
  committed: 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** What a run cost: messages, how long promises bound, how long rows were locked, and who waited for them. */
export class CostMeter {
  readonly messages = new Map<string, number>();
  /** From a yes until its decision. */
  readonly doubt = new Spans();
  /** From the first row a branch gets until it ends. */
  readonly locked = new Spans();
  /** Waits for a row that a branch in doubt holds: work that is blocked. */
  readonly blocked = new Spans();
  /** Branches ended without being told. */
  heuristics = 0;
  /** Audits that were answered; one that does not add up violates isolation. */
  audits = 0;
  /** Transactions decided with commit. */
  committed = 0;
  readonly #waits = new Map<string, Set<string>>();

  sent(type: string): void {
    this.messages.set(type, (this.messages.get(type) ?? 0) + 1);
  }

  /** A row was asked for, and its holder is in doubt. */
  waits(node: NodeId, row: string, owner: string, nowUs: number): void {
    const key = `${node} ${row} ${owner}`;
    const all = this.#waits.get(`${node} ${owner}`) ?? new Set();
    this.#waits.set(`${node} ${owner}`, all.add(key));
    this.blocked.begin(key, nowUs);
  }

  granted(node: NodeId, row: string, owner: string, nowUs: number): void {
    this.blocked.end(`${node} ${row} ${owner}`, nowUs);
    if (!owner.startsWith('reader ')) this.locked.begin(`${node} ${owner}`, nowUs);
  }

  /** A branch gave back all it had, and its places in queues. */
  released(node: NodeId, owner: string, nowUs: number): void {
    this.locked.end(`${node} ${owner}`, nowUs);
    for (const key of this.#waits.get(`${node} ${owner}`) ?? []) this.blocked.end(key, nowUs);
    this.#waits.delete(`${node} ${owner}`);
  }

  /** `forces`: forced writes of all logs. */
  figures(forces: number): readonly Figure[] {
    const { doubt, locked, blocked } = this;
    const messages = [...this.messages.values()].reduce((sum, sent) => sum + sent, 0);
    return figuresOf(UNITS, {
      messages,
      'forced-writes': forces,
      'in-doubt-max': doubt.maxUs,
      'in-doubt-mean': doubt.meanUs,
      'lock-time-mean': locked.meanUs,
      'lock-time-max': locked.maxUs,
      'blocked-requests': blocked.count,
      'blocked-max': blocked.maxUs,
      'heuristic-ends': this.heuristics,
      audits: this.audits,
      committed: this.committed,
    });
  }
}
