import { ServiceReplica } from '../raft/index.ts';
import type { Txn, TxnOutcome } from './txn.ts';
import { ZnodeTree, zxidOf } from './znode-tree.ts';

/** A Raft server whose log carries ZooKeeper transactions. */
export class Replica extends ServiceReplica<Txn, TxnOutcome, ZnodeTree> {
  get tree(): ZnodeTree {
    return this.state;
  }

  /** The last transaction applied here. */
  get zxid(): number {
    const index = this.lastApplied;
    return index === 0 ? 0 : zxidOf({ term: this.log.termAt(index)!, index });
  }

  protected override createState(): ZnodeTree {
    return new ZnodeTree();
  }
}

/** A replica of this kind whose state begins as `create` makes it. */
export function replicaOf(kind: typeof Replica, create: () => ZnodeTree): typeof Replica {
  return class extends kind {
    protected override createState(): ZnodeTree {
      return create();
    }
  };
}
