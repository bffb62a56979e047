import { nameOf, parentOf } from './paths.ts';
import { areOne, kindOf } from './queue-rules.ts';
import type { Txn } from './txn.ts';
import type { ZnodeTree } from './znode-tree.ts';

const STANDS = /-(lock|read|writ|leas)-/;

/** A lock's queue, or the list of a semaphore's leases. */
export function isQueue(folder: string): boolean {
  return /^\/lock\/[^/]+(\/locks|\/leases)?$/.test(folder);
}

/**
 * The order of queues by the transactions that created the nodes, whatever the names say; but a reader that bears the
 * number of a writer of its own session stands where that writer stands, right behind it.
 */
export class QueueOrder {
  /** By the transaction that created such a reader's node: the one that created the writer's. */
  readonly #ranks = new Map<number, number>();

  /** A create is about to change `tree`. */
  creating(txn: Txn & { readonly op: 'create' }, zxid: number, tree: ZnodeTree): void {
    const folder = parentOf(txn.path);
    const own = nameOf(txn.path);
    if (txn.sequential || kindOf(own) !== 'read' || !isQueue(folder)) return;
    const writer = (tree.children(folder) ?? [])
      .filter((name) => kindOf(name) === 'writ' && areOne(name, own))
      .map((name) => tree.stat(`${folder}/${name}`)!)
      .find(({ ephemeralOwner }) => ephemeralOwner === txn.session);
    if (writer !== undefined) this.#ranks.set(zxid, writer.czxid);
  }

  /** The transaction by which a node has its place in its queue; `czxid`: the one that created it. */
  rankOf(czxid: number): number {
    return this.#ranks.get(czxid) ?? czxid;
  }

  /** The nodes below a folder that stand in its queue; of `names`, when only those are asked for. */
  of(
    tree: ZnodeTree,
    folder: string,
    names: readonly string[] = tree.children(folder) ?? [],
  ): readonly string[] {
    return names
      .filter((name) => STANDS.test(name))
      .map((name) => {
        const czxid = tree.czxid(`${folder}/${name}`)!;
        return { name, czxid, rank: this.rankOf(czxid) };
      })
      .sort((a, b) => a.rank - b.rank || a.czxid - b.czxid)
      .map(({ name }) => name);
  }

  /** Where a session stands in the queue of a folder. */
  ofSession(tree: ZnodeTree, folder: string, session: number): readonly string[] {
    const paths = tree.ephemeralsOf(session).filter((path) => parentOf(path) === folder);
    return this.of(tree, folder, paths.map(nameOf));
  }
}
