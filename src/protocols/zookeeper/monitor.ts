import type { NodeId } from '../../sim/engine/env.ts';
import { LockJudge } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { InvariantViolation, ReportViolation } from '../protocol.ts';
import { RaftMonitor, ServiceMachine, initialMembership } from '../raft/index.ts';
import type { Entry } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';
import { grantIdOf } from './grant-id.ts';
import { QueueJudge } from './queue-judge.ts';
import { SessionJudge } from './session-judge.ts';
import type { Txn } from './txn.ts';
import { UnderWay } from './under-way.ts';
import { ZnodeTree, zxidOf } from './znode-tree.ts';

/**
 * Judges the service from the outside: a tree of its own, fed with every transaction when the first server applies it,
 * says who holds which lock; sessions are timed by their leaders' clocks. The replication core is judged by Raft's own
 * monitor, which also compares every server's tree with a reference at every zxid.
 */
export class ZookeeperMonitor {
  readonly judge: LockJudge;
  readonly raft: RaftMonitor;
  readonly sessions: SessionJudge;
  readonly queues: QueueJudge;
  readonly underWay = new UnderWay();
  readonly #nowUs: () => number;
  readonly #report: ReportViolation;
  readonly #tree: ZnodeTree;
  #applied = 0;
  /** By grant: when its node was deleted. */
  readonly #goneUs = new Map<string, number>();
  /** By path: the transaction that made the node which stands there. */
  readonly #czxids = new Map<string, number>();
  /** By session that was closed: the nodes that went with it. */
  readonly #closed = new Map<number, readonly string[]>();

  constructor(
    servers: readonly NodeId[],
    config: ZookeeperConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    const members = servers.slice(0, -1);
    this.judge = new LockJudge(
      nowUs,
      nameOf,
      report,
      config.judgeBelief,
      ({ id }) => this.#goneUs.get(id) ?? null,
    );
    this.raft = new RaftMonitor(
      members,
      config.raft,
      initialMembership(members, config.raft),
      nameOf,
      report,
      nowUs,
      new ServiceMachine(new ZnodeTree(config.firstSequence)),
    );
    this.#nowUs = nowUs;
    this.#report = report;
    this.#tree = new ZnodeTree(config.firstSequence);
    this.sessions = new SessionJudge(config, nameOf, report);
    this.queues = new QueueJudge(config, nameOf, report, this.#tree, this.sessions, this.underWay);
  }

  // --- told by servers ---

  /** A server has applied this entry, and its tree is now `tree`; the first to do so moves the judge's tree. */
  applied(entry: Entry, txn: Txn, tree: ZnodeTree): void {
    if (entry.index > this.#applied) {
      this.#applied = entry.index;
      this.queues.applying(txn, zxidOf(entry));
      if (txn.op === 'closeSession')
        this.#closed.set(txn.session, this.#tree.ephemeralsOf(txn.session));
      for (const { kind, path } of this.#tree.apply(txn, entry).changes) {
        const czxid = kind === 'deleted' ? this.#czxids.get(path) : this.#tree.czxid(path);
        if (czxid === undefined || czxid === null) continue;
        if (kind !== 'deleted') this.#czxids.set(path, czxid);
        else {
          this.#czxids.delete(path);
          this.#goneUs.set(grantIdOf(path, czxid), this.#nowUs());
        }
      }
    }
    if (txn.op === 'closeSession') this.#checkClosed(txn.session, tree);
  }

  #checkClosed(session: number, tree: ZnodeTree): void {
    const left = (this.#closed.get(session) ?? []).find(
      (path) => tree.stat(path)?.ephemeralOwner === session,
    );
    if (left === undefined) return;
    this.#report({
      invariant: 'ephemerals-end-with-session',
      sentence: `${left} is still there after the transaction that closed its session.`,
      because: ['All ephemeral nodes of a session go in one transaction, on every server.'],
      nodes: [],
    });
  }

  // --- told by clients ---

  granted(grant: Grant): void {
    const stands = !this.#goneUs.has(grant.id);
    // A client that learns late takes a lock that the service has ended: that is belief's business.
    if (stands) this.queues.granted(grant);
    this.judge.granted(grant, stands);
  }

  crashed(node: NodeId): void {
    this.judge.crashed(node);
    this.sessions.crashed(node);
    this.queues.crashed(node);
    this.underWay.crashed(node);
  }

  unfinished(): readonly InvariantViolation[] {
    return this.queues.unfinished();
  }
}
