import { type Change, initialAmount } from '../bank.ts';
import type { ParticipantRecord } from './records.ts';
import { RowLocks } from './row-locks.ts';
import { type BranchState, MAX_GTRID_BYTES, type Outcome, XA, type XaCode } from './xa.ts';

/** One transaction branch. */
export interface Branch {
  readonly gid: string;
  /** The client's request: committed at most once. */
  readonly request: string;
  state: BranchState;
  changes: readonly Change[];
  /** Rows that are locked, read or written. */
  rows: readonly string[];
}

/**
 * A resource manager: accounts with row locks and the XA verbs (X/Open C193, chapter 3 and table 6-4), in memory and
 * without time. Who uses it makes prepare and the outcome durable. Verbs in the wrong order answer `XAER_PROTO`, unknown
 * branches `XAER_NOTA`, known names `XAER_DUPID`, and change nothing.
 */
export class ResourceManager {
  readonly locks = new RowLocks();
  readonly branches = new Map<string, Branch>();
  /** Amounts that differ from the initial ones, by account. */
  readonly amounts = new Map<string, number>();
  /** How branches ended that are over; late messages find the answer here. */
  readonly ended = new Map<string, Outcome>();
  /** Requests that were committed here. */
  readonly requests = new Set<string>();
  readonly #balance: number;
  readonly #stock: number;

  readonly #onEnd: (gid: string) => void;

  /**
   * `balance`, `stock`: what accounts and the store begin with. `onEnd`: a branch has ended, its rows are still locked.
   */
  constructor(balance: number, stock: number, onEnd: (gid: string) => void) {
    this.#onEnd = onEnd;
    this.#balance = balance;
    this.#stock = stock;
  }

  amount(account: string): number {
    return this.amounts.get(account) ?? initialAmount(account, this.#balance, this.#stock);
  }

  start(gid: string, request: string): XaCode {
    if (gid.length === 0 || gid.length > MAX_GTRID_BYTES) return XA.INVAL;
    if (this.branches.has(gid) || this.ended.has(gid)) return XA.DUPID;
    this.branches.set(gid, { gid, request, state: 'active', changes: [], rows: [] });
    return XA.OK;
  }

  /** Executes the work of an active branch that has its locks; what cannot be done makes the branch rollback-only. */
  execute(gid: string, changes: readonly Change[]): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    if (branch.state === 'rollbackOnly') return XA.RBROLLBACK;
    if (branch.state !== 'active') return XA.PROTO;
    for (const { account, delta } of changes)
      if (delta < 0 && this.amount(account) + delta < 0) {
        branch.state = 'rollbackOnly';
        return XA.RBINTEGRITY;
      }
    branch.changes = changes;
    return XA.OK;
  }

  end(gid: string): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    if (branch.state === 'rollbackOnly') return XA.RBROLLBACK;
    if (branch.state !== 'active') return XA.PROTO;
    branch.state = 'ended';
    return XA.OK;
  }

  /** `XA_OK`: prepared. `XA_RDONLY`: nothing to commit, over. `XA_RB...`: rolled back, over. */
  prepare(gid: string, readOnlyVote: boolean): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    if (branch.state === 'rollbackOnly') {
      this.#finish(branch, 'abort');
      return XA.RBROLLBACK;
    }
    if (branch.state !== 'ended') return XA.PROTO;
    if (readOnlyVote && branch.changes.length === 0) {
      this.branches.delete(gid);
      this.#onEnd(gid);
      this.locks.release(gid);
      return XA.RDONLY;
    }
    branch.state = 'prepared';
    return XA.OK;
  }

  /** `onePhase`: commits an ended branch without prepare. */
  commit(gid: string, onePhase: boolean): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    const heuristic = heuristicCode(branch);
    if (heuristic !== null) return heuristic;
    if (branch.state === 'rollbackOnly' && onePhase) {
      this.#finish(branch, 'abort');
      return XA.RBROLLBACK;
    }
    if (branch.state !== (onePhase ? 'ended' : 'prepared')) return XA.PROTO;
    this.apply(branch);
    this.#finish(branch, 'commit');
    return XA.OK;
  }

  /** A branch whose work is not ended cannot be rolled back: `end` comes first (table 6-4). */
  rollback(gid: string): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    const heuristic = heuristicCode(branch);
    if (heuristic !== null) return heuristic;
    if (branch.state === 'active') return XA.PROTO;
    this.#finish(branch, 'abort');
    return XA.OK;
  }

  /** Ends a prepared branch without being told how; it is remembered until {@link forget}. */
  decideAlone(gid: string, outcome: Outcome): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    if (branch.state !== 'prepared') return XA.PROTO;
    if (outcome === 'commit') this.apply(branch);
    branch.state = outcome === 'commit' ? 'heuristicCommit' : 'heuristicRollback';
    this.#onEnd(gid);
    this.locks.release(gid);
    return XA.OK;
  }

  /** Drops a heuristically ended branch. */
  forget(gid: string): XaCode {
    const branch = this.branches.get(gid);
    if (branch === undefined) return XA.NOTA;
    if (heuristicCode(branch) === null) return XA.PROTO;
    this.branches.delete(gid);
    this.ended.set(gid, branch.state === 'heuristicCommit' ? 'commit' : 'abort');
    return XA.OK;
  }

  /** The prepared and the heuristically ended branches, in the order they began. */
  recover(): readonly string[] {
    return [...this.branches.values()].flatMap((branch) =>
      branch.state === 'prepared' || heuristicCode(branch) !== null ? [branch.gid] : [],
    );
  }

  /** Does what a record of the log says; who recovers gives prepared branches their rows back. */
  redo(record: ParticipantRecord): void {
    const { kind, gid } = record;
    if (kind === 'prepared' || kind === 'onePhase') {
      const { request, changes, rows } = record;
      this.ended.delete(gid);
      this.branches.set(gid, { gid, request, state: 'prepared', changes, rows });
      if (kind === 'onePhase') this.commit(gid, false);
    } else if (kind === 'commit') this.commit(gid, false);
    else if (kind === 'heuristic') this.decideAlone(gid, record.outcome);
    else if (kind === 'forget') this.forget(gid);
    else if (kind === 'abort' && this.rollback(gid) === XA.NOTA) this.ended.set(gid, 'abort');
  }

  /** Makes the changes of a branch part of the state. */
  apply(branch: Branch): void {
    for (const { account, delta } of branch.changes)
      this.amounts.set(account, this.amount(account) + delta);
    this.requests.add(branch.request);
  }

  #finish(branch: Branch, outcome: Outcome): void {
    this.branches.delete(branch.gid);
    this.ended.set(branch.gid, outcome);
    this.#onEnd(branch.gid);
    this.locks.release(branch.gid);
  }
}

function heuristicCode(branch: Branch): XaCode | null {
  if (branch.state === 'heuristicCommit') return XA.HEURCOM;
  return branch.state === 'heuristicRollback' ? XA.HEURRB : null;
}
