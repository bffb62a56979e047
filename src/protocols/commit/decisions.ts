import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { CommitConfig } from './config.ts';
import type { Ack, CommitMessage } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import type { AcceptorRecord, CoordinatorRecord } from './records.ts';
import { isDecided, outcomeOf, type Transaction } from './transaction.ts';
import { type Outcome, XA } from './xa.ts';

/** The second phase: the forced decision, its repetition until it is acknowledged, and what survives a crash. */
export abstract class Decisions extends LoggedNode<CoordinatorRecord> {
  protected readonly config: CommitConfig;
  protected readonly managers: readonly NodeId[];
  protected readonly observer: CommitObserver | null;
  readonly transactions = new Map<string, Transaction>();
  /** Requests that were committed, with their transaction: a client that asks again is answered again. */
  protected readonly committed = new Map<string, string>();

  /** What waits for the next force of a group of decisions. */
  readonly #group: (() => void)[] = [];

  constructor(
    env: NodeEnv,
    config: CommitConfig,
    managers: readonly NodeId[],
    observer: CommitObserver | null,
  ) {
    super(env, observer?.coordinatorLog(env.id) ?? null);
    this.config = config;
    this.managers = managers;
    this.observer = observer;
  }

  protected override replay(records: readonly CoordinatorRecord[]): void {
    this.transactions.clear();
    this.committed.clear();
    this.#group.length = 0;
    for (const record of records) {
      if (record.kind === 'end') {
        this.transactions.delete(record.gid);
        continue;
      }
      if (record.kind === 'promised' || record.kind === 'accepted') {
        this.replayAcceptor(record);
        continue;
      }
      if (record.kind === 'lastResource') {
        this.transactions.set(record.gid, this.#undecidedLast(record));
        continue;
      }
      const outcome = record.kind === 'commit' ? 'commit' : 'abort';
      if (record.kind === 'commit') this.committed.set(record.request, record.gid);
      if (outcome === 'commit' && !this.awaitsAcks('commit')) this.transactions.delete(record.gid);
      else {
        const transaction = this.known(record.gid, record.participants, outcome);
        transaction.logged = record.kind !== 'collecting';
        this.transactions.set(record.gid, transaction);
      }
    }
  }

  /** The last resource has decided, or will when it is asked. */
  #undecidedLast(record: CoordinatorRecord & { readonly kind: 'lastResource' }): Transaction {
    const { gid, participants, request } = record;
    const last = participants.slice(-1);
    const transaction = this.known(gid, participants, 'abort');
    return { ...transaction, request, state: 'onePhase', logged: false, unacked: new Set(last) };
  }

  /** Two-phase commit has no acceptors. */
  protected replayAcceptor({ gid, kind }: AcceptorRecord): void {
    this.env.log(() => `the log has ${gid} ${kind}`);
  }

  /** A transaction of which only this is left: who takes part, and how it ends. */
  protected known(gid: string, participants: readonly NodeId[], outcome: Outcome): Transaction {
    return {
      gid,
      asked: true,
      logged: true,
      request: '',
      askers: [],
      participants,
      work: new Map(),
      state: outcome,
      worked: new Set(),
      votes: new Map(),
      unacked: new Set(participants),
      amounts: {},
      retryUs: this.config.decisionRetryUs,
    };
  }

  protected decide(transaction: Transaction, outcome: Outcome, reason: string): void {
    const { gid, asked } = transaction;
    transaction.state = 'deciding';
    this.observer?.decided(this.env.id, gid, outcome, reason);
    const tell = transaction.participants.filter((node) => {
      const vote = transaction.votes.get(node);
      return vote !== 'no' && vote !== 'readOnly';
    });
    // Nobody has promised anything before the votes are asked for: nobody needs to confirm.
    transaction.unacked = new Set(asked && this.awaitsAcks(outcome) ? tell : []);
    const announce = (): void => {
      transaction.state = outcome;
      this.env.mark('decided', { gid, outcome });
      this.answerAll(transaction, outcome, reason);
      for (const node of tell) this.tell(node, gid, outcome, transaction.unacked.has(node), false);
      this.#finishOrRetry(transaction);
    };
    if (asked && tell.length > 0) this.logDecision(transaction, outcome, tell, announce);
    else announce();
  }

  /** The decision is made when it is on disk, except where its absence says the same (the presumption). */
  protected logDecision(
    transaction: Transaction,
    outcome: Outcome,
    participants: readonly NodeId[],
    then: () => void,
  ): void {
    if (outcome === 'abort' && this.config.presume !== 'nothing') {
      then();
      return;
    }
    const { gid, request } = transaction;
    transaction.logged = true;
    this.log.append({ kind: outcome, gid, participants, request });
    this.force(then);
  }

  /** One force for all decisions of a while, if so configured. */
  protected force(then: () => void): void {
    const { groupCommitUs } = this.config;
    if (groupCommitUs === 0) {
      this.log.force(then);
      return;
    }
    this.#group.push(then);
    if (this.#group.length === 1) this.env.setTimer('group', groupCommitUs);
  }

  protected forceGroup(): void {
    const group = this.#group.splice(0);
    if (group.length === 0) return;
    this.log.force(() => {
      for (const then of group) then();
    });
  }

  /** Nobody confirms what everybody would presume. */
  protected awaitsAcks(outcome: Outcome): boolean {
    return this.config.presume !== outcome;
  }

  protected announce(transaction: Transaction): void {
    const { gid, unacked } = transaction;
    for (const node of unacked) this.tell(node, gid, outcomeOf(transaction), true, false);
    this.#finishOrRetry(transaction);
  }

  protected tell(to: NodeId, gid: string, outcome: Outcome, ack: boolean, presumed: boolean): void {
    this.transmit(to, { type: 'Decision', gid, outcome, ack, presumed });
  }

  protected retry(transaction: Transaction): void {
    const { gid, unacked, state } = transaction;
    for (const node of unacked)
      if (state === 'onePhase') this.transmit(node, { type: 'OnePhase', gid });
      else this.tell(node, gid, outcomeOf(transaction), true, false);
    this.env.setTimer(`retry:${gid}`, transaction.retryUs);
    transaction.retryUs = Math.min(2 * transaction.retryUs, this.config.decisionRetryMaxUs);
  }

  #finishOrRetry(transaction: Transaction): void {
    if (!this.mayForget(transaction)) {
      this.env.setTimer(`retry:${transaction.gid}`, transaction.retryUs);
      return;
    }
    this.#finish(transaction);
  }

  /** Forgets the transaction, whoever has not answered. */
  protected giveUp(transaction: Transaction): void {
    this.#finish(transaction);
  }

  #finish(transaction: Transaction): void {
    const { gid, request } = transaction;
    const outcome = outcomeOf(transaction);
    this.transactions.delete(gid);
    if (outcome === 'commit' && request !== '') this.committed.set(request, gid);
    this.env.cancelTimer(`retry:${gid}`);
    if (this.leavesTrace(transaction, outcome)) this.log.append({ kind: 'end', gid });
  }

  /** Whether the log says something about the transaction that an end record must take back. */
  protected leavesTrace({ asked, logged }: Transaction, outcome: Outcome): boolean {
    return logged ? this.awaitsAcks(outcome) : asked && this.config.presume === 'commit';
  }

  /** Only when everyone who may ask again has confirmed. */
  protected mayForget(transaction: Transaction): boolean {
    return transaction.unacked.size === 0;
  }

  protected acknowledged(from: NodeId, { gid, outcome, code }: Ack): void {
    const transaction = this.transactions.get(gid);
    if (code === XA.HEURCOM || code === XA.HEURRB || code === XA.HEURMIX)
      this.#heuristic(from, gid, code, transaction);
    if (transaction === undefined || !transaction.unacked.delete(from)) return;
    if (transaction.state === 'onePhase' && transaction.participants.length > 1) {
      // What the last resource did is what all do.
      transaction.votes.set(from, outcome === 'commit' ? 'readOnly' : 'no');
      this.env.cancelTimer(`retry:${gid}`);
      transaction.retryUs = this.config.decisionRetryUs;
      this.decide(transaction, outcome, outcome === 'commit' ? '' : `last resource: XA ${code}`);
      return;
    }
    if (transaction.state === 'onePhase') {
      this.observer?.decided(this.env.id, gid, outcome, `one phase, XA ${code}`);
      this.answerAll(transaction, outcome, outcome === 'commit' ? '' : `one phase: XA ${code}`);
      if (outcome === 'commit') this.committed.set(transaction.request, gid);
      this.transactions.delete(gid);
      this.env.cancelTimer(`retry:${gid}`);
      return;
    }
    if (isDecided(transaction) && this.mayForget(transaction)) this.#finish(transaction);
  }

  /** A manager ended its branch alone: a person must know; then the manager may forget. */
  #heuristic(from: NodeId, gid: string, code: number, transaction: Transaction | undefined): void {
    const outcome = transaction === undefined ? this.config.presume : outcomeOf(transaction);
    const mixed = (code === XA.HEURCOM) !== (outcome === 'commit');
    if (mixed)
      this.env.mark('alert', { gid, reason: 'heuristic outcome differs from the decision' });
    this.transmit(from, { type: 'Forget', gid });
  }

  /** Tells a participant in doubt. Undecided: silence. No record: the presumption. */
  protected answerInquiry(to: NodeId, gid: string): void {
    const transaction = this.transactions.get(gid);
    if (transaction === undefined) this.answerUnknown(to, gid);
    else if (isDecided(transaction))
      this.tell(to, gid, outcomeOf(transaction), transaction.unacked.has(to), false);
  }

  protected answerUnknown(to: NodeId, gid: string): void {
    this.tell(to, gid, this.presumption(), false, true);
  }

  protected presumption(): Outcome {
    return this.config.presume === 'commit' ? 'commit' : 'abort';
  }

  protected answerAll(
    { askers, gid, amounts }: Transaction,
    outcome: Outcome,
    reason: string,
  ): void {
    for (const asker of askers.splice(0)) this.answer(asker, gid, outcome, reason, amounts);
  }

  protected answer(
    { from, replyTo }: { readonly from: NodeId; readonly replyTo: number },
    gid: string,
    outcome: Outcome,
    reason: string,
    amounts: Readonly<Record<string, number>>,
  ): void {
    const reply: CommitMessage = { type: 'BeginReply', gid, outcome, reason, amounts };
    this.observer?.sending(this.env.id, from, reply);
    this.env.reply(from, replyTo, reply);
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
