import type { NodeId } from '../../sim/engine/env.ts';
import { LockJudge, inMs } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import { RaftMonitor, initialMembership } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';
import { ZnodeTree, nameOf, parentOf, sequenceOf } from './znode-tree.ts';
import type { Txn } from './znode-tree.ts';

/**
 * Judges the service from the outside: a tree of its own, fed with every transaction when the first server applies it,
 * says who holds which lock; sessions are timed in true time. The replication core is judged by Raft's own monitor.
 */
export class ZookeeperMonitor {
  readonly judge: LockJudge;
  readonly raft: RaftMonitor;
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #config: ZookeeperConfig;
  readonly #tree = new ZnodeTree();
  #applied = 0;
  /** By lock node: when it was deleted. */
  readonly #goneUs = new Map<string, number>();
  /** By leader and session: when that leader heard of it last. */
  readonly #heardUs = new Map<string, number>();
  /** By zxid and queue: the sessions that were told of it. */
  readonly #told = new Map<string, Set<number>>();

  constructor(
    servers: readonly NodeId[],
    config: ZookeeperConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    const members = servers.slice(0, -1);
    this.judge = new LockJudge(nowUs, nameOf, report, config.judgeBelief);
    this.raft = new RaftMonitor(
      members,
      config.raft,
      initialMembership(members, config.raft),
      nameOf,
      report,
      nowUs,
    );
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
    this.#config = config;
  }

  // --- told by servers ---

  /** Some server applied the transaction at `index`; the first to do so moves the judge's tree. */
  applied(index: number, zxid: number, txn: Txn): void {
    if (index <= this.#applied) return;
    this.#applied = index;
    for (const { kind, path } of this.#tree.apply(txn, zxid).changes)
      if (kind === 'deleted') this.#goneUs.set(path, this.#nowUs());
  }

  touched(leader: NodeId, session: number): void {
    this.#heardUs.set(`${leader}/${session}`, this.#nowUs());
  }

  /** The leader's clock says that this session is over. A paused leader may say so late, but never early. */
  expiring(leader: NodeId, session: number): void {
    const { sessionTimeoutUs } = this.#config;
    const silentUs = this.#nowUs() - (this.#heardUs.get(`${leader}/${session}`) ?? 0);
    if (silentUs >= sessionTimeoutUs) return;
    this.#report({
      invariant: 'session-not-ended-early',
      sentence: `${this.#nameOf(leader)} ends a session after ${inMs(silentUs)} of silence; its timeout is ${inMs(sessionTimeoutUs)}.`,
      because: ['A session lasts for its whole timeout after its leader heard of it.'],
      nodes: [leader],
    });
  }

  /** A server tells a client of a change of a node or of the children of `parent`. */
  watchFired(zxid: number, parent: string, session: number): void {
    if (!parent.startsWith('/lock/')) return;
    const change = `${zxid} ${parent}`;
    const told = this.#told.get(change) ?? new Set();
    this.#told.set(change, told);
    // A watch left on the server that a client has moved away from tells nobody twice.
    if (told.has(session)) return;
    told.add(session);
    if (told.size !== 2) return;
    this.#report({
      invariant: 'no-herd',
      sentence: `one change below ${parent} woke more than one contender.`,
      because: ['Each contender watches only the one right before it: one release wakes one.'],
      nodes: [],
    });
  }

  // --- told by clients ---

  clientSaw(client: NodeId, lastZxid: number, zxid: number): void {
    if (zxid >= lastZxid) return;
    this.#report({
      invariant: 'single-system-image',
      sentence: `${this.#nameOf(client)} had seen the state at zxid ${lastZxid} and was answered from the state at ${zxid}.`,
      because: ['A server that is behind a client must not serve it.'],
      nodes: [client],
    });
  }

  granted(grant: Grant): void {
    const parent = parentOf(grant.id);
    const own = sequenceOf(nameOf(grant.id));
    const queue = this.#tree.children(parent) ?? [];
    const before = queue.find((name) => sequenceOf(name) < own);
    if (before !== undefined)
      this.#report({
        invariant: 'mutual-exclusion-grant',
        sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with node ${nameOf(grant.id)} while ${before} stands before it.`,
        because: ['The lock belongs to the node with the lowest sequence number.'],
        nodes: [grant.client],
      });
    this.judge.granted(grant, !this.#goneUs.has(grant.id));
  }

  beliefEnded(path: string): void {
    this.judge.beliefEnded(path, this.#goneUs.get(path) ?? null);
  }

  crashed(node: NodeId): void {
    for (const { id } of this.judge.beliefsOf(node)) this.beliefEnded(id);
  }
}
