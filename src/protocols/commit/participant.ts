import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { CommitConfig } from './config.ts';
import type { CommitMessage, Decision, Prepare, Read, Work, ToParticipant } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import type { ParticipantRecord } from './records.ts';
import { type Branch, ResourceManager } from './resource-manager.ts';
import { type Outcome, XA, type XaCode } from './xa.ts';

/**
 * A resource manager as a server: locks, work, the forced vote, doubt and its end. Whatever it promises is on disk
 * first. Each rule is a method of its own.
 */
export class Participant extends LoggedNode<ParticipantRecord> {
  protected readonly config: CommitConfig;
  protected readonly coordinator: NodeId;
  protected readonly observer: CommitObserver | null;
  manager: ResourceManager;
  /** Prepared branches whose record is durable, with everyone who takes part. */
  protected readonly promised = new Map<string, readonly NodeId[]>();
  readonly #waits = new Map<string, { from: NodeId; work: Work; missing: number }>();
  #readers = 0;

  constructor(
    env: NodeEnv,
    config: CommitConfig,
    coordinator: NodeId,
    observer: CommitObserver | null,
  ) {
    super(env, observer?.participantLog(env.id) ?? null);
    this.config = config;
    this.coordinator = coordinator;
    this.observer = observer;
    this.manager = this.#newManager();
  }

  protected override replay(records: readonly ParticipantRecord[]): void {
    const manager = this.#newManager();
    this.manager = manager;
    this.promised.clear();
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
    if (kind === 'prepared' || kind === 'onePhase') {
      const { request, changes, rows, peers } = record;
      manager.ended.delete(gid);
      manager.branches.set(gid, { gid, request, state: 'prepared', changes, rows });
      if (kind === 'prepared') this.promised.set(gid, peers);
      else manager.commit(gid, false);
      return;
    }
    this.promised.delete(gid);
    if (kind === 'commit') manager.commit(gid, false);
    else if (kind === 'heuristic') manager.decideAlone(gid, record.outcome);
    else if (kind === 'forget') manager.forget(gid);
    else if (manager.rollback(gid) === XA.NOTA) manager.ended.set(gid, 'abort');
  }

  /** A prepared branch keeps its rows over a restart. */
  protected restoreLocks(branch: Branch): void {
    for (const row of branch.rows) this.#lock(row, branch.gid, () => undefined);
  }

  protected override resume(): void {
    for (const gid of this.promised.keys()) this.#beginDoubt(gid);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToParticipant;
    switch (message.type) {
      case 'Work':
        this.#work(from, message);
        break;
      case 'Prepare':
        this.prepare(from, message);
        break;
      case 'Decision':
        this.#decided(from, message);
        break;
      case 'OnePhase':
        this.onePhase(from, message.gid);
        break;
      case 'Inquiry':
        this.answerPeer(from, message.gid);
        break;
      case 'Recover':
        this.transmit(from, { type: 'RecoverReply', gids: this.manager.recover() });
        break;
      case 'Forget':
        this.forget(message.gid);
        break;
      case 'Read':
        this.#read(from, message, replyTo);
        break;
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const branch = this.manager.branches.get(gid);
    if (branch === undefined) return;
    const wait = this.#waits.get(gid);
    if (purpose === 'lock' && wait !== undefined) {
      this.#waits.delete(gid);
      this.#dropUnprepared(branch);
      this.#replyWork(wait.from, gid, 'failed', XA.RBTIMEOUT, {});
    } else if (purpose === 'idle' && branch.state !== 'prepared') this.#dropUnprepared(branch);
    else if (purpose === 'doubt' && this.promised.has(gid)) {
      this.whenUncertain(gid);
      this.env.setTimer(`doubt:${gid}`, this.config.inquiryTimeoutUs);
    } else if (purpose === 'heuristic' && this.promised.has(gid)) this.decideAlone(gid);
  }

  #work(from: NodeId, work: Work): void {
    const { gid, request } = work;
    const { manager } = this;
    if (manager.requests.has(request)) {
      this.#replyWork(from, gid, 'done', XA.OK, {});
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

  /** Managers cannot see a circle of waits that goes through others: only time ends it. */
  protected limitWait(gid: string): void {
    this.env.setTimer(`lock:${gid}`, this.config.lockTimeoutUs);
  }

  #lock(row: string, owner: string, granted: () => void): void {
    this.manager.locks.acquire(row, owner, () => {
      this.observer?.locked(this.env.id, row, owner);
      granted();
    });
  }

  #execute(from: NodeId, { gid, request, changes, reads }: Work): void {
    const { manager } = this;
    if (manager.requests.has(request)) {
      // It was committed in one phase while this attempt waited for its rows.
      this.#dropUnprepared(manager.branches.get(gid)!);
      this.#replyWork(from, gid, 'done', XA.OK, {});
      return;
    }
    this.#waits.delete(gid);
    this.env.cancelTimer(`lock:${gid}`);
    const amounts = Object.fromEntries(reads.map((account) => [account, manager.amount(account)]));
    const code = this.perform(gid, changes);
    if (code !== XA.OK) {
      this.#dropUnprepared(manager.branches.get(gid)!);
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
    status: 'ok' | 'failed' | 'done',
    code: XaCode,
    amounts: Readonly<Record<string, number>>,
  ): void {
    this.transmit(to, { type: 'WorkReply', gid, status, code, amounts });
  }

  /** Before the vote a branch may be given up for any reason. */
  #dropUnprepared(branch: Branch): void {
    this.resolve(branch.gid, 'abort', false);
  }

  protected prepare(from: NodeId, { gid, peers }: Prepare): void {
    if (this.promised.has(gid)) {
      this.transmit(from, { type: 'Vote', gid, vote: 'yes' });
      return;
    }
    const branch = this.manager.branches.get(gid);
    // Prepared, not durable yet: the vote is under way.
    if (branch?.state === 'prepared') return;
    const code = this.manager.prepare(gid, this.config.readOnlyVote);
    if (code === XA.RDONLY) this.transmit(from, { type: 'Vote', gid, vote: 'readOnly' });
    else if (code > 0 && !this.vetoes(code))
      this.transmit(from, { type: 'Vote', gid, vote: 'yes' });
    else if (code === XA.OK) this.#promise(from, branch!, peers);
    else {
      if (branch !== undefined && code === XA.PROTO) this.#dropUnprepared(branch);
      this.transmit(from, { type: 'Vote', gid, vote: 'no' });
    }
  }

  /** A branch that was rolled back cannot be committed: the vote is no. */
  protected vetoes(code: XaCode): boolean {
    return code !== XA.OK;
  }

  #promise(to: NodeId, { gid, request, changes, rows }: Branch, peers: readonly NodeId[]): void {
    this.log.append({ kind: 'prepared', gid, request, changes, rows, peers });
    this.beforePromise(() => {
      // A decision may have come while the record went to disk.
      if (!this.manager.branches.has(gid)) return;
      this.promised.set(gid, peers);
      this.env.mark('prepared', { gid });
      this.transmit(to, { type: 'Vote', gid, vote: 'yes' });
      this.#beginDoubt(gid);
    });
  }

  /** Yes is a promise: it is on disk before it is said. */
  protected beforePromise(then: () => void): void {
    this.log.force(then);
  }

  #beginDoubt(gid: string): void {
    this.env.setTimer(`doubt:${gid}`, this.config.inquiryTimeoutUs);
    if (this.config.heuristic !== 'none')
      this.env.setTimer(`heuristic:${gid}`, this.config.heuristicTimeoutUs);
  }

  /** A participant that has promised may not decide; it may ask. */
  protected whenUncertain(gid: string): void {
    if (this.config.termination === 'wait') return;
    this.transmit(this.coordinator, { type: 'Inquiry', gid });
    if (this.config.termination !== 'cooperative') return;
    for (const peer of this.promised.get(gid) ?? [])
      if (peer !== this.env.id) this.transmit(peer, { type: 'Inquiry', gid });
  }

  /**
   * Cooperative termination: who knows the outcome tells it; who has not promised aborts for all, on disk first, so that
   * it can never promise later. Who knows nothing may have voted read-only: it stays silent.
   */
  protected answerPeer(to: NodeId, gid: string): void {
    const { branches, ended } = this.manager;
    const branch = branches.get(gid);
    if (branch !== undefined && branch.state !== 'prepared') this.#dropUnprepared(branch);
    const outcome = ended.get(gid);
    if (outcome === undefined) return;
    if (outcome === 'abort') this.log.append({ kind: 'abort', gid });
    this.log.force(() => {
      this.transmit(to, { type: 'Decision', gid, outcome, ack: false, presumed: false });
    });
  }

  #decided(from: NodeId, { gid, outcome, ack }: Decision): void {
    const branch = this.manager.branches.get(gid);
    const acknowledge = (code: XaCode): void => {
      if (ack)
        this.beforeAck(() => {
          this.transmit(from, { type: 'Ack', gid, outcome, code });
        });
    };
    if (branch === undefined) {
      acknowledge(this.endUnknown(gid, outcome, ack));
      return;
    }
    if (branch.state === 'heuristicCommit' || branch.state === 'heuristicRollback') {
      const code = branch.state === 'heuristicCommit' ? XA.HEURCOM : XA.HEURRB;
      this.transmit(from, { type: 'Ack', gid, outcome, code });
      return;
    }
    const prepared = branch.state === 'prepared';
    if (outcome === 'commit' && !prepared) return;
    if (prepared || ack) this.log.append({ kind: outcome, gid });
    this.resolve(gid, outcome, false);
    acknowledge(XA.OK);
  }

  /** A decision about a branch that is not here: over, never begun, or lost before it promised. */
  protected endUnknown(gid: string, outcome: Outcome, ack: boolean): XaCode {
    const { ended } = this.manager;
    const known = ended.get(gid);
    if (known !== undefined && known !== outcome) return XA.NOTA;
    if (outcome === 'commit') return known === undefined ? XA.NOTA : XA.OK;
    // Late work and a late prepare must find the door shut: the confirmed abort is forgotten elsewhere.
    ended.set(gid, 'abort');
    if (ack) this.log.append({ kind: 'abort', gid });
    return XA.OK;
  }

  /** What is acknowledged will never be asked for again: it is on disk first. */
  protected beforeAck(then: () => void): void {
    this.log.force(then);
  }

  protected onePhase(from: NodeId, gid: string): void {
    const { manager } = this;
    const branch = manager.branches.get(gid);
    const known = manager.ended.get(gid);
    let outcome: Outcome = known ?? 'abort';
    let code: XaCode = known === undefined ? XA.NOTA : XA.OK;
    if (branch === undefined && outcome === 'abort') {
      // Unknown, or given up in memory only: what is answered must outlive a crash.
      manager.ended.set(gid, 'abort');
      this.log.append({ kind: 'abort', gid });
    } else if (branch !== undefined) {
      const { request, changes, rows } = branch;
      outcome = branch.state === 'ended' ? 'commit' : 'abort';
      code = outcome === 'commit' ? XA.OK : XA.RBROLLBACK;
      if (outcome === 'commit')
        this.log.append({ kind: 'onePhase', gid, request, changes, rows, peers: [] });
      else this.log.append({ kind: 'abort', gid });
      this.resolve(gid, outcome, false);
    }
    this.beforeAck(() => {
      this.transmit(from, { type: 'Ack', gid, outcome, code });
    });
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
    else manager.rollback(gid);
  }

  protected decideAlone(gid: string): void {
    const outcome: Outcome = this.config.heuristic === 'commit' ? 'commit' : 'abort';
    this.log.append({ kind: 'heuristic', gid, outcome });
    this.log.force(() => undefined);
    this.env.mark('alert', { gid, reason: `heuristic ${outcome}` });
    this.resolve(gid, outcome, true);
  }

  protected forget(gid: string): void {
    if (this.manager.forget(gid) === XA.OK) this.log.append({ kind: 'forget', gid });
  }

  #read(from: NodeId, { account }: Read, replyTo: number): void {
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
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}

/** In one order everywhere, so that two branches never wait for each other within one manager. */
function rowsOf({ changes, reads }: Work): readonly string[] {
  const rows = new Set([...changes.map(({ account }) => account), ...reads]);
  return [...rows].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
