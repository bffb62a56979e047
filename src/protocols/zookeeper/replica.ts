import { KeyValueMachine, Raft } from '../raft/index.ts';
import type { ApplyResult, Entry } from '../raft/index.ts';
import { ZnodeTree } from './znode-tree.ts';
import type { Txn, TxnOutcome } from './znode-tree.ts';

/** What stands in the log: a change, and which request of which server asked for it. */
export interface LoggedTxn {
  readonly ticket: string;
  readonly txn: Txn;
}

/** A tree of nodes driven by a Raft log; the key-value state beside it is what Raft's own judge compares. */
class ZnodeMachine extends KeyValueMachine {
  readonly tree = new ZnodeTree();
  outcome: TxnOutcome | null = null;

  override apply(entry: Entry): ApplyResult {
    const result = super.apply(entry);
    const logged = loggedTxn(entry);
    this.outcome = logged === null ? null : this.tree.apply(logged.txn, zxidOf(entry));
    return result;
  }
}

export type OnApplied = (entry: Entry, logged: LoggedTxn, outcome: TxnOutcome) => void;

/**
 * A Raft server whose log carries ZooKeeper transactions. Raft instead of ZAB: both order transactions by (epoch,
 * counter) and commit on a majority, and this core comes with invariants that are judged at every event.
 */
export class Replica extends Raft {
  declare machine: ZnodeMachine;
  onApplied: OnApplied = () => undefined;

  get tree(): ZnodeTree {
    return this.machine.tree;
  }

  /** The last transaction applied here. */
  get zxid(): number {
    const entry = this.log.at(this.lastApplied);
    return entry === undefined ? 0 : zxidOf(entry);
  }

  /** Appends to the log when this server leads; the outcome comes through `onApplied` on every server. */
  submit(logged: LoggedTxn): boolean {
    if (this.role !== 'leader') return false;
    this.propose({
      command: { session: 0, sequence: 0, f: 'write', key: 'txn', value: logged },
      membership: null,
    });
    this.syncWrites();
    return true;
  }

  protected override createMachine(): ZnodeMachine {
    return new ZnodeMachine(0);
  }

  protected override entryApplied(entry: Entry, result: ApplyResult): void {
    super.entryApplied(entry, result);
    const logged = loggedTxn(entry);
    const { outcome } = this.machine;
    if (logged !== null && outcome !== null) this.onApplied(entry, logged, outcome);
  }
}

/** Null for entries without a transaction. */
export function loggedTxn(entry: Entry): LoggedTxn | null {
  return entry.command === null ? null : (entry.command.value as LoggedTxn);
}

/** As in ZooKeeper: the epoch in the upper bits, a counter in the lower 32. */
export function zxidOf(entry: Pick<Entry, 'term' | 'index'>): number {
  return entry.term * 0x1_0000_0000 + entry.index;
}
