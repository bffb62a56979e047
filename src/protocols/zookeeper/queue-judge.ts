import type { NodeId } from '../../sim/engine/env.ts';
import { excludes } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { InvariantViolation, ReportViolation } from '../protocol.ts';
import type { ZookeeperConfig } from './config.ts';
import { nodeOf } from './grant-id.ts';
import { nameOf, parentOf } from './paths.ts';
import { isQueue, QueueOrder } from './queue-order.ts';
import { areOne, blockerOf } from './queue-rules.ts';
import { REVOKE } from './revocable-recipe.ts';
import type { SessionJudge } from './session-judge.ts';
import type { Txn } from './txn.ts';
import type { UnderWay } from './under-way.ts';
import type { ZnodeTree } from './znode-tree.ts';

/**
 * Judges locks as queues of nodes: who is granted, who wakes whom, who watches whom, who asks whom to let go, and who
 * stands in the way with nobody behind him.
 */
export class QueueJudge {
  readonly #config: ZookeeperConfig;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** What the log says so far. */
  readonly #tree: ZnodeTree;
  readonly #order = new QueueOrder();
  readonly #sessions: SessionJudge;
  readonly #underWay: UnderWay;
  /** By zxid and folder: how many one change may wake, and who was told. */
  readonly #wakes = new Map<string, { allowed: number; readonly told: Set<number> }>();
  /** By folder: the grants whose nodes may still stand. */
  readonly #granted = new Map<string, Map<string, Grant>>();
  /** By folder: the latest grant's creating transaction, of any and of exclusive ones. */
  readonly #latest = new Map<string, { any: number; exclusive: number }>();
  /** By path of its node: whose contender it is, until the client is done with it; `busy`: how many things it does with it. */
  readonly #contenders = new Map<
    string,
    { readonly client: NodeId; holds: boolean; busy: number }
  >();
  /** By path of a contender's node: which watch it has set. */
  readonly #watching = new Map<string, string>();
  /** Watches of contenders that have given up: nobody takes them back. */
  readonly #stale = new Set<string>();
  /** Watches of holders on their own nodes: they wait for nobody. */
  readonly #ownWatches = new Set<string>();
  /** By client: prefixes of nodes that are being made. */
  readonly #wishes = new Map<NodeId, Set<string>>();

  constructor(
    config: ZookeeperConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    tree: ZnodeTree,
    sessions: SessionJudge,
    underWay: UnderWay,
  ) {
    this.#config = config;
    this.#nameOf = nameOf;
    this.#report = report;
    this.#tree = tree;
    this.#sessions = sessions;
    this.#underWay = underWay;
  }

  // --- told by servers ---

  /** A transaction is about to change the judge's tree. */
  applying(txn: Txn, zxid: number): void {
    if (txn.op === 'create') this.#order.creating(txn, zxid, this.#tree);
    if (txn.op === 'setData' && isQueue(parentOf(txn.path))) {
      if (txn.data === REVOKE) this.#checkAsked(txn.path);
      this.#allowWaiters(zxid, txn.path);
    }
    if (txn.op !== 'delete' && txn.op !== 'closeSession') return;
    const gone = txn.op === 'delete' ? [txn.path] : this.#tree.ephemeralsOf(txn.session);
    for (const path of gone) {
      if (!isQueue(parentOf(path))) continue;
      if (txn.op === 'delete') this.#checkOwner(txn.session, path);
      this.#allowWaiters(zxid, path);
      this.#stopsWaiting(path);
    }
  }

  /** A change of this node may wake whoever waits for it. */
  #allowWaiters(zxid: number, path: string): void {
    const folder = parentOf(path);
    const queue = this.#queue(folder);
    const blocked = queue.filter((_, place) => blockerOf(queue, place) === nameOf(path)).length;
    this.#wake(zxid, folder).allowed += blocked;
  }

  #checkAsked(path: string): void {
    const queue = this.#queue(parentOf(path));
    const place = queue.indexOf(nameOf(path));
    const before = place < 0 ? null : blockerOf(queue, place);
    if (before === null) return;
    this.#report({
      invariant: 'only-holders-are-asked',
      sentence: `${path} is asked to let go of a lock that it waits for behind ${before}.`,
      because: ['Whoever holds the lock hears of nothing, and goes on.'],
      nodes: [],
    });
  }

  #checkOwner(session: number, path: string): void {
    const stat = this.#tree.stat(path);
    if (stat === null || stat.numChildren > 0) return;
    if (stat.ephemeralOwner === session || stat.ephemeralOwner === 0) return;
    this.#report({
      invariant: 'owner-only-release',
      sentence: `a session deletes ${path}, which is the node of another.`,
      because: ['Only the session that stands in the queue may leave it.'],
      nodes: [],
    });
  }

  /** A server tells a client of a change of a node, or of the children of its folder. */
  watchFired(zxid: number, path: string, session: number): void {
    const folder = parentOf(path);
    if (!isQueue(folder)) return;
    const watch = `${session} ${path}`;
    if (this.#stale.has(watch) || this.#ownWatches.has(watch)) return;
    const wake = this.#wake(zxid, folder);
    // A watch left on the server that a client has moved away from tells nobody twice.
    if (wake.told.has(session)) return;
    wake.told.add(session);
    if (wake.told.size !== Math.max(1, wake.allowed) + 1) return;
    this.#report({
      invariant: 'no-herd',
      sentence: `one change below ${folder} woke more than ${Math.max(1, wake.allowed)} contender${wake.allowed > 1 ? 's' : ''}.`,
      because: ['Each contender watches only the one it waits for: one release wakes no other.'],
      nodes: [],
    });
  }

  /** A server sets a watch; `tree` is what that server has applied. */
  watchSet(session: number, path: string, list: boolean, tree: ZnodeTree): void {
    const folder = list ? path : parentOf(path);
    if (!isQueue(folder) || folder.endsWith('/leases')) return;
    if (list && !isQueue(path)) return;
    const own = this.#order.ofSession(tree, folder, session);
    if (own.length === 0) return;
    if (list) this.#reportWatch(folder, own[0]!, 'everybody');
    else this.#checkWatch(session, path, own, tree);
  }

  /** `own`: what the session has in the queue, as the server that sets the watch knows it. */
  #checkWatch(session: number, path: string, own: readonly string[], tree: ZnodeTree): void {
    const folder = parentOf(path);
    const watch = `${session} ${path}`;
    if (this.#config.revokeAfterUs !== null && own.includes(nameOf(path))) {
      this.#ownWatches.add(watch);
      return;
    }
    const waits = own.some((name) => {
      const standing = `${folder}/${name}`;
      return this.#contenders.has(standing) && this.#tree.czxid(standing) !== null;
    });
    // It has left since it asked, or what it asks has not gone through here yet; or whom it would watch has gone, which
    // only `exists` leaves a watch for.
    if (!waits || tree.czxid(path) === null) {
      this.#stale.add(watch);
      return;
    }
    this.#stale.delete(watch);
    const queue = this.#order.of(tree, folder);
    const rightly = own.filter((name) => isWaitedFor(queue, queue.indexOf(name), nameOf(path)));
    for (const name of rightly) this.#watching.set(`${folder}/${name}`, watch);
    if (rightly.length === 0) this.#reportWatch(folder, own[0]!, nameOf(path));
  }

  #reportWatch(folder: string, name: string, whom: string): void {
    this.#report({
      invariant: 'watch-chain',
      sentence: `${name} of ${folder} watches ${whom} instead of the one it waits for.`,
      because: ['Each contender watches exactly the nearest one before it that it must wait for.'],
      nodes: [],
    });
  }

  /** Nothing takes back the watch of a contender that has left. */
  #stopsWaiting(path: string): void {
    const watch = this.#watching.get(path);
    this.#watching.delete(path);
    if (watch !== undefined) this.#stale.add(watch);
  }

  // --- told by clients ---

  wished(client: NodeId, prefix: string): void {
    const wishes = this.#wishes.get(client) ?? new Set();
    this.#wishes.set(client, wishes.add(prefix));
  }

  /** The wish ends without a node that its client knows of. */
  unwished(client: NodeId, prefix: string): void {
    this.#wishes.get(client)?.delete(prefix);
  }

  contends(client: NodeId, prefix: string, path: string): void {
    this.#wishes.get(client)?.delete(prefix);
    this.#contenders.set(path, { client, holds: false, busy: 0 });
  }

  /** The client is about to look whose turn it is, or to take its node out of the queue. */
  busy(path: string): void {
    const contender = this.#contenders.get(path);
    if (contender !== undefined) contender.busy += 1;
  }

  /** It has looked, and waits to be told. */
  waits(path: string): void {
    const contender = this.#contenders.get(path);
    if (contender !== undefined) contender.busy -= 1;
  }

  leaves(path: string): void {
    this.#contenders.delete(path);
    this.#stopsWaiting(path);
  }

  crashed(client: NodeId): void {
    this.#wishes.delete(client);
    for (const [path, contender] of this.#contenders)
      if (contender.client === client) this.#contenders.delete(path);
  }

  /** A client takes the lock by a node that still stands. */
  granted(grant: Grant): void {
    const { path } = nodeOf(grant.id);
    const folder = parentOf(path);
    const contender = this.#contenders.get(path);
    if (contender !== undefined) contender.holds = true;
    if (!this.#stands(grant.id)) {
      this.#reportUnknown(grant);
      return;
    }
    const held = this.#granted.get(folder) ?? new Map<string, Grant>();
    this.#granted.set(folder, held);
    for (const id of held.keys()) if (!this.#stands(id)) held.delete(id);
    if (folder.endsWith('/leases')) this.#checkPermits(grant, held.size + 1);
    else {
      this.#checkPlace(grant, folder);
      this.#checkOthers(grant, held);
      this.#checkOrder(grant, folder);
    }
    held.set(grant.id, grant);
  }

  #stands(grantId: string): boolean {
    const { path, czxid } = nodeOf(grantId);
    return this.#tree.czxid(path) === czxid;
  }

  #reportUnknown(grant: Grant): void {
    this.#report({
      invariant: 'mutual-exclusion-grant',
      sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with node ${nodeNameOf(grant)}, which is in no log but its own server's.`,
      because: ['A node counts when the ensemble has agreed on the transaction that makes it.'],
      nodes: [grant.client],
    });
  }

  #checkPlace(grant: Grant, folder: string): void {
    const queue = this.#queue(folder);
    const before = blockerOf(queue, queue.indexOf(nodeNameOf(grant)));
    if (before === null) return;
    this.#report({
      invariant: 'mutual-exclusion-grant',
      sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with node ${nodeNameOf(grant)} while ${before} stands before it.`,
      because: ['The lock belongs to the node with the lowest sequence number.'],
      nodes: [grant.client],
    });
  }

  #checkOthers(grant: Grant, held: ReadonlyMap<string, Grant>): void {
    if (this.#config.lock !== 'read-write') return;
    const other = [...held.values()].find((holder) => excludes(holder, grant));
    if (other === undefined) return;
    this.#report({
      invariant: 'read-write-exclusion',
      sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} to ${word(grant)} while ${this.#nameOf(other.client)} holds it to ${word(other)}.`,
      because: ['A writer shares the lock with nobody.'],
      nodes: [grant.client, other.client],
    });
  }

  #checkPermits(grant: Grant, holders: number): void {
    if (holders <= this.#config.permits) return;
    this.#report({
      invariant: 'no-more-than-permits',
      sentence: `${this.#nameOf(grant.client)} is holder number ${holders} of ${grant.key}, which has ${this.#config.permits} permits.`,
      because: ['A lease counts from the transaction that made it.'],
      nodes: [grant.client],
    });
  }

  #checkOrder(grant: Grant, folder: string): void {
    const rank = this.#order.rankOf(nodeOf(grant.id).czxid);
    const latest = this.#latest.get(folder) ?? { any: 0, exclusive: 0 };
    const bound = grant.shared === true ? latest.exclusive : latest.any;
    if (rank < bound)
      this.#report({
        invariant: 'first-come-first-served',
        sentence: `${this.#nameOf(grant.client)} takes lock ${grant.key} with a node of zxid ${rank} after somebody whose node is of ${bound}.`,
        because: ['Who stands in the queue is served in the order of arrival.'],
        nodes: [grant.client],
      });
    this.#latest.set(folder, {
      any: Math.max(latest.any, rank),
      exclusive: Math.max(latest.exclusive, grant.shared === true ? 0 : rank),
    });
  }

  // --- at the end ---

  /** Nodes that nobody stands behind, and contenders that nobody has told that it is their turn. */
  unfinished(): readonly InvariantViolation[] {
    return this.#folders().flatMap((folder) => {
      const queue = this.#queue(folder);
      return queue.flatMap((name, place) => {
        const path = `${folder}/${name}`;
        if (!this.#sessions.isSpoken(this.#tree.stat(path)!.ephemeralOwner)) return [];
        const contender = this.#contenders.get(path);
        if (contender === undefined) return this.#isBeingMade(path) ? [] : [orphan(path)];
        if (contender.holds || contender.busy > 0 || folder.endsWith('/leases')) return [];
        if (blockerOf(queue, place) !== null) return [];
        if (this.#underWay.mayStillHear(contender.client, this.#tree.stat(folder)!.pzxid))
          return [];
        return [this.#asleep(contender.client, path)];
      });
    });
  }

  #isBeingMade(path: string): boolean {
    return [...this.#wishes.values()].some((wishes) =>
      [...wishes].some((prefix) => path.startsWith(prefix)),
    );
  }

  #asleep(client: NodeId, path: string): InvariantViolation {
    return {
      invariant: 'no-lost-wakeup',
      sentence: `${this.#nameOf(client)} still waits with ${path}, which is the first of its queue.`,
      because: ['Whoever it waited for is gone, and nothing tells it so or is about to.'],
      nodes: [client],
    };
  }

  #wake(zxid: number, folder: string): { allowed: number; readonly told: Set<number> } {
    const change = `${zxid} ${folder}`;
    const wake = this.#wakes.get(change) ?? { allowed: 0, told: new Set<number>() };
    this.#wakes.set(change, wake);
    return wake;
  }

  #queue(folder: string): readonly string[] {
    return this.#order.of(this.#tree, folder);
  }

  #folders(): readonly string[] {
    return (this.#tree.children('/lock') ?? []).flatMap((key) => {
      const folder = `/lock/${key}`;
      return this.#config.lock === 'semaphore' ? [`${folder}/locks`, `${folder}/leases`] : [folder];
    });
  }
}

function orphan(path: string): InvariantViolation {
  return {
    invariant: 'no-orphan',
    sentence: `${path} stands in the queue, its session lives, and nobody wants the lock with it.`,
    because: ['Everybody behind it waits until the session ends.'],
    nodes: [],
  };
}

/** A writer that goes on as a reader is waited for by either node: who has looked before the second was made watches the first. */
function isWaitedFor(queue: readonly string[], place: number, name: string): boolean {
  const blocker = blockerOf(queue, place);
  return blocker !== null && (blocker === name || areOne(blocker, name));
}

function nodeNameOf({ id }: Grant): string {
  return nameOf(nodeOf(id).path);
}

function word({ shared }: Grant): string {
  return shared === true ? 'read' : 'write';
}
