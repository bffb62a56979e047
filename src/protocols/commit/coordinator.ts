import type { Message, NodeId } from '../../sim/engine/env.ts';
import { type Change, ownerOf } from '../bank.ts';
import { Decisions } from './decisions.ts';
import { isNameFrom, transactionName } from './transaction-name.ts';
import type { Begin, ToCoordinator, Vote, WorkReply } from './messages.ts';
import { type BranchWork, isDecided, outcomeOf, type Transaction } from './transaction.ts';

/**
 * The transaction manager: work, votes, and the search for orphans; what follows a decision is below (Gray 1978;
 * presumed abort and commit: Mohan, Lindsay & Obermarck 1986). Each rule is a method of its own.
 */
export class Coordinator extends Decisions {
  /** Branches that recovery found and the coordinator does not know, by the time it first saw them. */
  readonly #strangers = new Map<string, number>();
  #sequence = 0;

  protected override resume(): void {
    for (const transaction of this.transactions.values())
      if (transaction.state === 'onePhase') this.retry(transaction);
      else this.announce(transaction);
    if (this.config.recoveryPeriodUs > 0) this.#scan();
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToCoordinator;
    switch (message.type) {
      case 'Begin':
        this.begin(from, message, replyTo);
        break;
      case 'WorkReply':
        this.#worked(from, message);
        break;
      case 'Vote':
        this.voted(from, message);
        break;
      case 'Ack':
        this.acknowledged(from, message);
        break;
      case 'Inquiry':
        this.answerInquiry(from, message.gid);
        break;
      case 'RecoverReply':
        for (const gid of message.gids) this.#found(from, gid);
        break;
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    if (purpose === 'group') {
      this.forceGroup();
      return;
    }
    if (purpose === 'scan') {
      this.#scan();
      return;
    }
    const transaction = this.transactions.get(gid);
    if (transaction === undefined) return;
    if (purpose === 'work' && transaction.state === 'working')
      this.decide(transaction, 'abort', 'the work took too long');
    else if (purpose === 'vote' && transaction.state === 'voting') this.votesOverdue(transaction);
    else if (purpose === 'retry') this.retry(transaction);
  }

  /** Unique over restarts: the name, which life of the process, and a number. */
  protected newGid(): string {
    this.#sequence += 1;
    return transactionName(this.env.name, this.env.incarnation, this.#sequence);
  }

  /** The transaction that committed this request, or is at it; null when there is none. */
  protected knownRequest(request: string): string | null {
    const gid = this.committed.get(request);
    if (gid !== undefined) return gid;
    for (const transaction of this.transactions.values())
      if (transaction.request === request) return transaction.gid;
    return null;
  }

  protected begin(from: NodeId, message: Begin, replyTo: number): void {
    const known = this.knownRequest(message.request);
    if (known !== null) {
      const running = this.transactions.get(known);
      const outcome = running === undefined ? 'commit' : outcomeOf(running);
      if (running !== undefined && !isDecided(running)) running.askers.push({ from, replyTo });
      else this.answer({ from, replyTo }, known, outcome, '', {});
      return;
    }
    const work = this.#split(message);
    const transaction: Transaction = {
      gid: this.newGid(),
      request: message.request,
      askers: [{ from, replyTo }],
      participants: [...work.keys()],
      work,
      state: 'working',
      worked: new Set(),
      votes: new Map(),
      unacked: new Set(),
      asked: false,
      logged: false,
      amounts: {},
      retryUs: this.config.decisionRetryUs,
    };
    const { gid, request } = transaction;
    this.transactions.set(gid, transaction);
    this.observer?.began(
      gid,
      request,
      new Map([...work].map(([node, { changes }]) => [node, changes])),
    );
    for (const [node, { changes, reads }] of work)
      this.transmit(node, { type: 'Work', gid, request, changes, reads });
    this.env.setTimer(`work:${gid}`, this.config.txTimeoutUs);
  }

  #split(message: Begin): ReadonlyMap<NodeId, BranchWork> {
    const work = new Map<NodeId, { changes: Change[]; reads: string[] }>();
    const at = (account: string): { changes: Change[]; reads: string[] } => {
      const node = ownerOf(account, this.managers);
      const share = work.get(node) ?? { changes: [], reads: [] };
      work.set(node, share);
      return share;
    };
    for (const change of message.changes) at(change.account).changes.push(change);
    for (const account of message.reads) at(account).reads.push(account);
    return work;
  }

  #worked(from: NodeId, { gid, status, code, amounts }: WorkReply): void {
    const transaction = this.transactions.get(gid);
    if (transaction === undefined || isDecided(transaction)) {
      this.workedLate(from, gid);
      return;
    }
    if (transaction.state !== 'working' || !transaction.participants.includes(from)) return;
    if (status === 'done') {
      this.answerAll(transaction, 'commit', '');
      this.transactions.delete(gid);
      return;
    }
    if (status === 'pending') {
      // Who asks again may hear yes later: no is no answer.
      transaction.askers.length = 0;
      this.decide(transaction, 'abort', 'an earlier attempt is in doubt');
      return;
    }
    if (status === 'failed') {
      this.decide(
        transaction,
        'abort',
        `${this.env.nameOf(from)} could not do its part (XA ${code})`,
      );
      return;
    }
    Object.assign(transaction.amounts, amounts);
    transaction.worked.add(from);
    if (transaction.worked.size < transaction.participants.length) return;
    if (this.onePhaseSuits(transaction)) this.#onePhase(transaction);
    else this.collect(transaction);
  }

  /** Whoever comes after the decision has no part in the transaction any more. */
  protected workedLate(from: NodeId, gid: string): void {
    this.env.log(() => `${this.env.nameOf(from)} worked for ${gid} too late`);
  }

  /** With a single branch its manager can decide alone. */
  protected onePhaseSuits(transaction: Transaction): boolean {
    return this.config.onePhase && transaction.participants.length === 1;
  }

  #onePhase(transaction: Transaction): void {
    transaction.state = 'onePhase';
    transaction.unacked = new Set(transaction.participants);
    this.retry(transaction);
  }

  /** Presumed commit must know after a crash whom it had asked to prepare (R* §3.2). */
  protected collect(transaction: Transaction): void {
    if (!this.collectFirst()) {
      this.askForVotes(transaction);
      return;
    }
    const { gid, participants } = transaction;
    transaction.state = 'collecting';
    this.log.append({ kind: 'collecting', gid, participants });
    this.log.force(() => {
      this.askForVotes(transaction);
    });
  }

  protected collectFirst(): boolean {
    return this.config.presume === 'commit';
  }

  protected askForVotes(transaction: Transaction): void {
    const { gid, participants } = transaction;
    transaction.state = 'voting';
    transaction.asked = true;
    this.env.mark('voting', { gid });
    for (const node of this.#voters(transaction))
      this.transmit(node, { type: 'Prepare', gid, peers: participants });
    this.env.setTimer(`vote:${gid}`, this.config.voteTimeoutUs);
  }

  protected voted(from: NodeId, { gid, vote }: Vote): void {
    const transaction = this.transactions.get(gid);
    // A vote that comes too late crosses the decision; if that was lost, the voter will ask. A stranger has no vote.
    if (transaction?.state !== 'voting' || transaction.votes.has(from)) return;
    if (!transaction.participants.includes(from)) return;
    transaction.votes.set(from, vote);
    this.countVotes(transaction);
  }

  protected countVotes(transaction: Transaction): void {
    const votes = [...transaction.votes.values()];
    if (votes.includes('no')) this.decide(transaction, 'abort', 'a manager voted no');
    else if (votes.length === this.#voters(transaction).length) this.allVoted(transaction);
  }

  /** Everyone who can prepare. */
  #voters({ participants }: Transaction): readonly NodeId[] {
    return this.config.lastResource ? participants.slice(0, -1) : participants;
  }

  protected allVoted(transaction: Transaction): void {
    if (this.config.lastResource) this.#letLastDecide(transaction);
    else this.decide(transaction, 'commit', '');
  }

  /** Its commit is the decision: who restarts in between must know whom to ask (last resource commit). */
  #letLastDecide(transaction: Transaction): void {
    const { gid, participants, request } = transaction;
    transaction.state = 'onePhase';
    transaction.unacked = new Set(participants.slice(-1));
    this.log.append({ kind: 'lastResource', gid, participants, request });
    this.beforeLastResource(() => {
      this.retry(transaction);
    });
  }

  protected beforeLastResource(then: () => void): void {
    this.log.force(then);
  }

  /** Silence is not consent. */
  protected votesOverdue(transaction: Transaction): void {
    this.decide(transaction, 'abort', 'votes are missing');
  }

  #scan(): void {
    for (const node of this.managers) this.transmit(node, { type: 'Recover' });
    this.env.setTimer('scan', this.config.recoveryPeriodUs);
  }

  #found(from: NodeId, gid: string): void {
    if (!this.isOwn(gid)) return;
    if (!this.isOrphan(gid)) {
      this.answerInquiry(from, gid);
      return;
    }
    const key = `${from} ${gid}`;
    const seenUs = this.#strangers.get(key);
    if (seenUs === undefined) this.#strangers.set(key, this.env.monotonicUs());
    if (seenUs === undefined || this.env.monotonicUs() - seenUs < this.config.orphanSafetyUs)
      return;
    this.#strangers.delete(key);
    this.adopt(from, gid);
  }

  /** Recovery touches only branches that this coordinator began. */
  protected isOwn(gid: string): boolean {
    return isNameFrom(this.env.name, gid);
  }

  protected isOrphan(gid: string): boolean {
    return !this.transactions.has(gid);
  }

  /** A branch nobody works on any more ends as presumed. */
  protected adopt(from: NodeId, gid: string): void {
    this.answerUnknown(from, gid);
  }
}
