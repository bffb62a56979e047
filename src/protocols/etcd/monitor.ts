import type { NodeId } from '../../sim/engine/env.ts';
import { LockJudge } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import { RaftMonitor, ServiceMachine, initialMembership } from '../raft/index.ts';
import type { Entry } from '../raft/index.ts';
import type { EtcdConfig } from './config.ts';
import { Handovers } from './handovers.ts';
import { EtcdStore } from './store.ts';
import type { KeyValue, LoggedChange } from './store.ts';

/** Judges the service from the outside: a store of its own, fed by the first server that applies each change. */
export class EtcdMonitor {
  readonly judge: LockJudge;
  readonly raft: RaftMonitor;
  readonly handovers: Handovers;
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #store = new EtcdStore();
  #applied = 0;
  /** By key: when it was deleted last, or its lease ended. */
  readonly #goneUs = new Map<string, number>();
  /** By grant: its key and the revision that created it. */
  readonly #grants = new Map<string, { readonly path: string; readonly revision: number }>();

  constructor(
    servers: readonly NodeId[],
    config: EtcdConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    const members = servers.slice(0, -1);
    this.judge = new LockJudge(nowUs, nameOf, report, config.judgeBelief, ({ id }) =>
      this.#supportEndUs(id),
    );
    this.handovers = new Handovers(config.lockDelayUs, nameOf, report);
    const initial = initialMembership(members, config.raft);
    const reference = new ServiceMachine(new EtcdStore());
    this.raft = new RaftMonitor(members, config.raft, initial, nameOf, report, nowUs, reference);
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  applied(entry: Entry, change: LoggedChange): void {
    if (entry.index <= this.#applied) return;
    this.#applied = entry.index;
    const store = this.#store;
    const before = this.#endedBy(change).map((key) => ({ key, isHolder: store.isFirst(key) }));
    const { revision } = store.apply(change, entry);
    const atUs = this.#nowUs();
    for (const { key, isHolder } of before) {
      if (store.get(key.key) === key) continue;
      const released = change.op === 'txn';
      // A key that had lapsed was nobody's any more; only its owner's release makes its lock free before its time.
      if (key.lapsed !== true) this.#goneUs.set(key.key, atUs);
      else if (!released) continue;
      if (isHolder) this.handovers.ended({ key, atUs, revision, released });
    }
  }

  granted(grant: Grant, path: string): void {
    const revision = Number(grant.id.slice(grant.id.lastIndexOf('@') + 1));
    this.#grants.set(grant.id, { path, revision });
    this.handovers.granted(grant, path, revision, this.#nowUs());
    const stands = this.#stands(grant.id);
    const folder = `lock/${grant.key}/`;
    const before = this.#store.range(folder).find((one) => one.createRevision < revision);
    if (before !== undefined)
      this.#report({
        invariant: 'mutual-exclusion-grant',
        sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with ${path} while ${before.key} stands before it.`,
        because: ['The lock belongs to the key with the lowest create revision.'],
        nodes: [grant.client],
      });
    const fate = this.#store.get(path)?.lapsed === true ? 'has lapsed' : 'is not there any more';
    if (!stands)
      this.#report({
        invariant: 'grant-has-key',
        sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with ${path}, which ${fate}.`,
        because: ['Its lease had ended before the lock was granted.'],
        nodes: [grant.client],
      });
    this.judge.granted(grant, stands);
  }

  /** The keys that a change may delete, or let lapse. */
  #endedBy(change: LoggedChange): readonly KeyValue[] {
    switch (change.op) {
      case 'grant':
        return [];
      case 'revoke':
      case 'expire':
        return this.#store.ownedBy(change.lease);
      case 'txn':
        return [...change.success, ...change.failure].flatMap((operation) => {
          const key = operation.op === 'delete' ? this.#store.get(operation.key) : null;
          return key === null ? [] : [key];
        });
    }
  }

  /** When the service had ended a grant; null while it stands. */
  #supportEndUs(id: string): number | null {
    return this.#stands(id) ? null : (this.#goneUs.get(this.#grants.get(id)!.path) ?? 0);
  }

  /** A lapsed key keeps others away, and is nobody's. */
  #stands(id: string): boolean {
    const { path, revision } = this.#grants.get(id)!;
    const key = this.#store.get(path);
    return key?.createRevision === revision && key.lapsed !== true;
  }
}
