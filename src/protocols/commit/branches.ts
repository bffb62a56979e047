import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { CommitConfig } from './config.ts';
import type { CommitMessage, Read, Work, WorkReply } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import type { ParticipantRecord } from './records.ts';
import { type Branch, ResourceManager } from './resource-manager.ts';
import { type Outcome, XA, type XaCode } from './xa.ts';

/**
 * The branches of a resource manager before they are prepared, and the end they all come to: work under row locks,
 * single reads, and what the log says of them after a restart.
 */
export abstract class Branches extends LoggedNode<ParticipantRecord> {
  protected readonly config: CommitConfig;
  protected readonly observer: CommitObserver | null;
  manager: ResourceManager;
  /** Prepared branches whose record is durable, with everyone who takes part. */
  protected readonly promised = new Map<string, readonly NodeId[]>();
  /** Branches that have only read and have left, as long as this incarnation remembers. */
  protected readonly left = new Set<string>();
  readonly #waits = new Map<string, { from: NodeId; work: Work; missing: number }>();
  #readers = 0;

  constructor(env: NodeEnv, config: CommitConfig, observer: CommitObserver | null) {
    super(env, observer?.participantLog(env.id) ?? null);
    this.config = config;
    this.observer = observer;
    this.manager = this.#newManager();
  }

  protected override replay(records: readonly ParticipantRecord[]): void {
    const manager = this.#newManager();
    this.manager = manager;
    this.promised.clear();
    this.left.clear();
    this.#waits.clear();
    for (const record of records) this.#redo(manager, record);
    for (const gid of this.promised.keys()) this.restoreLocks(manager.branches.get(gid)!);
    this.observer?.recovered(this.env.id, manager);
  }

  #newManager(): ResourceManager {
    const { balance, stock } = this.config;
    return new ResourceManager(balance, stock, (gid) => {
      if (this.ready) this.observer?.applied(this.env.id, gid);
    });
  }

  #redo(manager: ResourceManager, record: ParticipantRecord): void {
    const { kind, gid } = record;
    manager.redo(record);
    if (kind === 'prepared') this.promised.set(gid, record.peers);
    else if (kind === 'precommit') this.redoPrecommit(gid);
    else this.promised.delete(gid);
  }

  /** Two phases know no such record. */
  protected redoPrecommit(gid: string): void {
    this.env.log(() => `the log has ${gid} pre-committed`);
  }

  /** A prepared branch keeps its rows over a restart. */
  protected restoreLocks(branch: Branch): void {
    for (const row of branch.rows) this.#lock(row, branch.gid, () => undefined);
  }

  protected work(from: NodeId, work: Work): void {
    const { gid, request } = work;
    const { manager } = this;
    // A copy of the work that comes after the branch has left would open it again, and hold its rows until it idles out.
    if (this.left.has(gid)) return;
    if (manager.requests.has(request)) {
      this.#replyWork(from, gid, 'done', XA.OK, {});
      return;
    }
    if (this.#inDoubt(gid, request)) {
      this.#replyWork(from, gid, 'pending', XA.OK, {});
      return;
    }
    const code = manager.start(gid, request);
    if (code === XA.DUPID && manager.branches.has(gid)) return;
    if (code !== XA.OK) {
      this.#replyWork(from, gid, 'failed', code, {});
      return;
    }
    const branch = manager.branches.get(gid)!;
    branch.rows = rowsOf(work);
    const wait = { from, work, missing: branch.rows.length };
    this.#waits.set(gid, wait);
    this.env.setTimer(`idle:${gid}`, this.config.txTimeoutUs);
    this.limitWait(gid);
    for (const row of branch.rows)
      this.#lock(row, gid, () => {
        wait.missing -= 1;
        if (wait.missing === 0 && this.#waits.get(gid) === wait) this.#execute(wait.from, work);
      });
  }

  /** An earlier branch of this request has promised: nobody here knows whether it will be committed. */
  #inDoubt(gid: string, request: string): boolean {
    return [...this.promised.keys()].some(
      (other) => other !== gid && this.manager.branches.get(other)?.request === request,
    );
  }

  /** Managers cannot see a circle of waits that goes through others: only time ends it. */
  protected limitWait(gid: string): void {
    this.env.setTimer(`lock:${gid}`, this.config.lockTimeoutUs);
  }

  #lock(row: string, owner: string, granted: () => void): void {
    this.observer?.asked(this.env.id, row, owner, this.manager.locks.holder(row));
    this.manager.locks.acquire(row, owner, () => {
      this.observer?.locked(this.env.id, row, owner);
      granted();
    });
  }

  #execute(from: NodeId, { gid, request, changes, reads }: Work): void {
    const { manager } = this;
    if (manager.requests.has(request)) {
      // It was committed in one phase while this attempt waited for its rows.
      this.dropUnprepared(manager.branches.get(gid)!);
      this.#replyWork(from, gid, 'done', XA.OK, {});
      return;
    }
    this.#waits.delete(gid);
    this.env.cancelTimer(`lock:${gid}`);
    const amounts = Object.fromEntries(reads.map((account) => [account, manager.amount(account)]));
    const code = this.perform(gid, changes);
    if (code !== XA.OK) {
      this.dropUnprepared(manager.branches.get(gid)!);
      this.#replyWork(from, gid, 'failed', code, {});
      return;
    }
    manager.end(gid);
    this.#replyWork(from, gid, 'ok', XA.OK, amounts);
  }

  protected perform(gid: string, changes: Work['changes']): XaCode {
    return this.manager.execute(gid, changes);
  }

  #replyWork(
    to: NodeId,
    gid: string,
    status: WorkReply['status'],
    code: XaCode,
    amounts: Readonly<Record<string, number>>,
  ): void {
    this.transmit(to, { type: 'WorkReply', gid, status, code, amounts });
  }

  /** Before the vote a branch may be given up for any reason. */
  protected dropUnprepared(branch: Branch): void {
    this.resolve(branch.gid, 'abort', false);
  }

  /** The wait for rows was too long. */
  protected waitOver(branch: Branch): void {
    const { gid } = branch;
    const wait = this.#waits.get(gid);
    if (wait === undefined) return;
    this.#waits.delete(gid);
    this.dropUnprepared(branch);
    this.#replyWork(wait.from, gid, 'failed', XA.RBTIMEOUT, {});
  }

  protected resolve(gid: string, outcome: Outcome, heuristic: boolean): void {
    const { manager } = this;
    const state = manager.branches.get(gid)?.state;
    this.#waits.delete(gid);
    this.promised.delete(gid);
    for (const purpose of ['idle', 'lock', 'doubt', 'heuristic'])
      this.env.cancelTimer(`${purpose}:${gid}`);
    // Observers are told before the rows go on to the next owner.
    this.observer?.resolved(this.env.id, gid, outcome, heuristic);
    if (heuristic) manager.decideAlone(gid, outcome);
    else if (outcome === 'commit') manager.commit(gid, state === 'ended');
    else {
      if (state === 'active') manager.end(gid);
      manager.rollback(gid);
    }
  }

  protected read(from: NodeId, { account }: Read, replyTo: number): void {
    this.#readers += 1;
    const reader = `reader ${this.#readers}`;
    const { manager } = this;
    this.#lock(account, reader, () => {
      const reply: CommitMessage = { type: 'ReadReply', amount: manager.amount(account) };
      this.observer?.sending(this.env.id, from, reply);
      this.env.reply(from, replyTo, reply);
      manager.locks.release(reader);
    });
  }

  protected transmit(to: NodeId, message: CommitMessage): void {
    this.emit(to, message);
  }

  /** Sends what other protocols of the family add, too. */
  protected emit(to: NodeId, message: Message): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}

/** In one order everywhere, so that two branches never wait for each other within one manager. */
function rowsOf({ changes, reads }: Work): readonly string[] {
  const rows = new Set([...changes.map(({ account }) => account), ...reads]);
  return [...rows].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
