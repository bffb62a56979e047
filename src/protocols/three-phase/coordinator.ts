import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import {
  type CommitObserver,
  Coordinator,
  isDecided,
  type Outcome,
  outcomeOf,
  type Transaction,
} from '../commit/index.ts';
import type { ThreePhaseConfig } from './config.ts';
import type { ThreePhaseMessage, ToCoordinator } from './messages.ts';
import { Poll, type Standing } from './termination.ts';

/**
 * The coordinator of three-phase commit (Skeen 1981): between the votes and the commit everyone learns that all have voted
 * yes. Once it was dead it decides nothing by itself: the others may have gone on without it.
 */
export class ThreePhaseCoordinator extends Coordinator {
  readonly #pollUs: number;
  /** Who has said that it is pre-committed. */
  readonly #acked = new Map<string, Set<NodeId>>();
  readonly #polls = new Map<string, Poll>();

  constructor(
    env: NodeEnv,
    config: ThreePhaseConfig,
    managers: readonly NodeId[],
    observer: CommitObserver | null,
  ) {
    super(env, config, managers, observer);
    this.#pollUs = config.pollTimeoutUs;
  }

  protected override resume(): void {
    this.#acked.clear();
    this.#polls.clear();
    for (const transaction of this.transactions.values())
      if (transaction.logged) this.announce(transaction);
      else {
        transaction.state = 'recovering';
        this.#ask(transaction);
      }
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToCoordinator;
    switch (message.type) {
      case 'PreCommitAck':
        this.#preCommitted(from, message.gid);
        break;
      case 'StateQuery':
        this.#tellStanding(from, message.gid);
        break;
      case 'StateReply':
        this.#heard(from, message.gid, message.standing);
        break;
      default:
        super.receive(from, received, replyTo);
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const transaction = this.transactions.get(gid);
    if (transaction === undefined) return;
    if (purpose === 'preCommit' && transaction.state === 'preCommitting')
      this.acksOverdue(transaction);
    else if (purpose === 'poll' && transaction.state === 'recovering') this.#ask(transaction);
    else super.timeout(purpose, gid);
  }

  /** After a crash it must know whom it had asked: they may have decided. */
  protected override collectFirst(): boolean {
    return true;
  }

  /** All have voted: that is not the decision yet. */
  protected override allVoted(transaction: Transaction): void {
    const { gid, votes } = transaction;
    const promised = [...votes].flatMap(([node, vote]) => (vote === 'yes' ? [node] : []));
    if (promised.length === 0) {
      this.decide(transaction, 'commit', '');
      return;
    }
    transaction.state = 'preCommitting';
    this.#acked.set(gid, new Set());
    this.env.mark('pre-committing', { gid });
    for (const node of promised) this.#send(node, { type: 'PreCommit', gid });
    this.env.setTimer(`preCommit:${gid}`, this.config.voteTimeoutUs);
  }

  #preCommitted(from: NodeId, gid: string): void {
    const transaction = this.transactions.get(gid);
    const acked = this.#acked.get(gid);
    if (transaction?.state !== 'preCommitting' || acked === undefined) return;
    acked.add(from);
    const yes = [...transaction.votes.values()].filter((vote) => vote === 'yes');
    if (acked.size === yes.length) this.decide(transaction, 'commit', '');
  }

  /** Who does not answer is dead, and will ask when it is back. */
  protected acksOverdue(transaction: Transaction): void {
    this.decide(transaction, 'commit', '');
  }

  #standing(gid: string): Standing {
    const transaction = this.transactions.get(gid);
    if (transaction === undefined) return 'nothing';
    if (isDecided(transaction))
      return outcomeOf(transaction) === 'commit' ? 'committed' : 'aborted';
    return transaction.state === 'preCommitting' ? 'preCommitted' : 'uncertain';
  }

  #tellStanding(to: NodeId, gid: string): void {
    this.#send(to, { type: 'StateReply', gid, standing: this.#standing(gid) });
  }

  #ask({ gid, participants }: Transaction): void {
    this.#polls.set(gid, new Poll(participants));
    for (const node of participants) this.#send(node, { type: 'StateQuery', gid });
    this.env.setTimer(`poll:${gid}`, 2 * this.#pollUs);
  }

  #heard(from: NodeId, gid: string, standing: Standing): void {
    const transaction = this.transactions.get(gid);
    const poll = this.#polls.get(gid);
    if (transaction?.state !== 'recovering' || poll === undefined) return;
    poll.standings.set(from, standing);
    if (poll.complete && poll.withStanding('nothing').length === transaction.participants.length) {
      this.#drop(gid);
      return;
    }
    const verdict = poll.verdict('uncertain', true);
    // With a pre-committed one among them, those who still live will commit by themselves, and say so when asked again.
    if (verdict === 'commit' || verdict === 'abort') this.#learn(transaction, verdict);
  }

  /** Nobody has promised anything, or all have only read: nobody will ever ask. */
  #drop(gid: string): void {
    this.transactions.delete(gid);
    this.env.cancelTimer(`poll:${gid}`);
    this.log.append({ kind: 'end', gid });
  }

  #learn(transaction: Transaction, outcome: Outcome): void {
    this.#polls.delete(transaction.gid);
    this.decide(transaction, outcome, outcome === 'abort' ? 'the others have aborted' : '');
  }

  protected override leavesTrace({ asked }: Transaction): boolean {
    return asked;
  }

  #send(to: NodeId, message: ThreePhaseMessage): void {
    this.emit(to, message);
  }
}
