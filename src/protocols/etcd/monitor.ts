import type { NodeId } from '../../sim/engine/env.ts';
import { LockJudge } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import { RaftMonitor, ServiceMachine, initialMembership } from '../raft/index.ts';
import type { Entry } from '../raft/index.ts';
import type { EtcdConfig } from './config.ts';
import { EtcdStore } from './store.ts';
import type { Change } from './store.ts';

/** Judges the service from the outside: a store of its own, fed by the first server that applies each change. */
export class EtcdMonitor {
  readonly judge: LockJudge;
  readonly raft: RaftMonitor;
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #store = new EtcdStore();
  #applied = 0;
  /** By key: when it was deleted last. */
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
    this.judge = new LockJudge(nowUs, nameOf, report, config.judgeBelief);
    const initial = initialMembership(members, config.raft);
    const reference = new ServiceMachine(new EtcdStore());
    this.raft = new RaftMonitor(members, config.raft, initial, nameOf, report, nowUs, reference);
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  applied(entry: Entry, change: Change): void {
    if (entry.index <= this.#applied) return;
    this.#applied = entry.index;
    for (const key of this.#store.apply(change, entry).deleted)
      this.#goneUs.set(key, this.#nowUs());
  }

  granted(grant: Grant, path: string): void {
    const revision = Number(grant.id.slice(grant.id.lastIndexOf('@') + 1));
    this.#grants.set(grant.id, { path, revision });
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
    if (!stands)
      this.#report({
        invariant: 'grant-has-key',
        sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with ${path}, which is not there any more.`,
        because: ['Its lease had ended before the lock was granted.'],
        nodes: [grant.client],
      });
    this.judge.granted(grant, stands);
  }

  beliefEnded(id: string): void {
    const { path } = this.#grants.get(id)!;
    this.judge.beliefEnded(id, this.#stands(id) ? null : (this.#goneUs.get(path) ?? 0));
  }

  crashed(node: NodeId): void {
    for (const { id } of this.judge.beliefsOf(node)) this.beliefEnded(id);
  }

  #stands(id: string): boolean {
    const { path, revision } = this.#grants.get(id)!;
    return this.#store.get(path)?.createRevision === revision;
  }
}
