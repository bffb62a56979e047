import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import {
  type AcceptorRecord,
  type CommitObserver,
  Coordinator,
  type CoordinatorRecord,
  isDecided,
  type Outcome,
  type Transaction,
} from '../commit/index.ts';
import { Acceptor } from './acceptor.ts';
import { BallotRace } from './ballot-race.ts';
import { groupSize, type PaxosConfig } from './config.ts';
import type {
  Accepted,
  GroupInquiry,
  PaxosMessage,
  Phase1a,
  Phase1b,
  Phase2a,
  ProposedVote,
  Votes,
} from './messages.ts';

/**
 * A member of the commit group: an acceptor, and a leader. The first one leads ballot 0 of every transaction, as the
 * coordinator of two-phase commit; any other may lead a higher ballot (Gray & Lamport 2006, §4). With F = 0 it sends what
 * two-phase commit with presumed abort sends.
 */
export class Member extends Coordinator {
  protected readonly group: readonly NodeId[];
  protected readonly faults: number;
  protected readonly acceptor: Acceptor;
  readonly #index: number;
  readonly #takeoverUs: number;
  readonly outcomes = new Map<string, Outcome>();
  /** Ballots of its own that it runs. */
  readonly races = new Map<string, BallotRace>();
  /** Who has accepted ballot 0 of a transaction that this member leads. */
  readonly #zero = new Map<string, Set<NodeId>>();
  /** Asked for, not taken over yet: who takes part. */
  readonly #asked = new Map<string, readonly NodeId[]>();

  constructor(
    env: NodeEnv,
    config: PaxosConfig,
    servers: readonly NodeId[],
    observer: CommitObserver | null,
  ) {
    super(env, config, servers.slice(groupSize(config)), observer);
    this.group = servers.slice(0, groupSize(config));
    this.faults = config.faults;
    this.#index = this.group.indexOf(env.id);
    this.#takeoverUs = config.takeoverTimeoutUs;
    this.acceptor = this.createAcceptor();
  }

  /** The first member leads ballot 0 of every transaction. */
  get isFirst(): boolean {
    return this.#index === 0;
  }

  protected createAcceptor(): Acceptor {
    return new Acceptor();
  }

  protected override replay(records: readonly CoordinatorRecord[]): void {
    super.replay(records);
    this.outcomes.clear();
    this.races.clear();
    this.#zero.clear();
    this.#asked.clear();
    // Only commits are acknowledged, and only what is acknowledged ends.
    for (const { kind, gid } of records) if (kind === 'end') this.outcomes.set(gid, 'commit');
  }

  protected override replayAcceptor(record: AcceptorRecord): void {
    this.acceptor.redo(record);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as PaxosMessage;
    switch (message.type) {
      case 'Vote':
        this.#proposed(from, message);
        break;
      case 'Inquiry':
        this.#inquired(from, message);
        break;
      case 'Phase1a':
        this.#phase1a(from, message);
        break;
      case 'Phase1b':
        this.#phase1b(from, message);
        break;
      case 'Phase2a':
        this.#phase2a(from, message);
        break;
      case 'Accepted':
        this.#accepted(from, message);
        break;
      default:
        super.receive(from, received, replyTo);
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const asked = this.#asked.get(gid);
    const race = this.races.get(gid);
    if (purpose === 'takeover' && asked !== undefined) this.takeOver(gid, asked);
    else if (purpose === 'ballot' && race !== undefined) {
      this.races.delete(gid);
      this.takeOver(gid, race.participants);
    } else super.timeout(purpose, gid);
  }

  /** Phase 2b of ballot 0: all votes are here, accepted in one forced write, told to the leader in one message. */
  #proposed(from: NodeId, { gid, vote, participants }: ProposedVote): void {
    const complete = this.acceptor.propose(gid, from, vote, participants);
    const transaction = this.transactions.get(gid);
    // Nobody but the participant itself can propose yes for it: its no decides.
    if (vote === 'no' && transaction?.state === 'voting') {
      for (const [node, known] of this.acceptor.proposals(gid)) transaction.votes.set(node, known);
      this.decide(transaction, 'abort', 'a manager voted no');
    }
    if (!complete) return;
    const votes = this.acceptor.proposals(gid);
    if (votes.every(([, proposed]) => proposed === 'readOnly')) {
      // Nobody waits for an outcome: there is nothing to agree on.
      if (transaction?.state === 'voting') this.#decideAs(transaction, 'commit', votes);
      return;
    }
    this.#accept({ kind: 'accepted', gid, ballot: 0, participants, votes }, this.leaderOfZero());
  }

  protected leaderOfZero(): NodeId {
    return this.group[0]!;
  }

  #accept(record: AcceptorRecord, leader: NodeId): void {
    const { gid, ballot } = record;
    this.acceptor.redo(record);
    this.log.append(record);
    this.force(() => {
      this.#sendTo(leader, { type: 'Accepted', gid, ballot });
    });
  }

  /** Without a full count of votes the leader may not abort by itself: somebody may have accepted them all. */
  protected override votesOverdue({ gid, participants }: Transaction): void {
    this.takeOver(gid, participants);
  }

  #inquired(from: NodeId, { gid, participants }: GroupInquiry): void {
    const outcome = this.outcomes.get(gid);
    if (outcome !== undefined) {
      this.tell(from, gid, outcome, this.transactions.get(gid)?.unacked.has(from) === true, false);
      return;
    }
    // What this member leads will be decided by it.
    if (this.transactions.has(gid) || this.races.has(gid) || this.#asked.has(gid)) return;
    this.#asked.set(gid, participants);
    this.env.setTimer(`takeover:${gid}`, 1 + this.#index * this.#takeoverUs);
  }

  /** Phase 1 of a ballot of this member's own: higher than any it has seen, and never used before. */
  protected takeOver(gid: string, participants: readonly NodeId[]): void {
    this.#asked.delete(gid);
    if (this.outcomes.has(gid) || this.races.has(gid)) return;
    const size = this.group.length;
    const round = Math.floor(this.acceptor.promised(gid) / size) + 1;
    const race = new BallotRace(round * size + this.#index, participants);
    const { ballot } = race;
    this.races.set(gid, race);
    this.env.mark('takeover', { gid, ballot });
    const record: AcceptorRecord = { kind: 'promised', gid, ballot };
    this.acceptor.redo(record);
    this.log.append(record);
    this.log.force(() => {
      for (const member of this.group)
        if (member !== this.env.id) this.#sendTo(member, { type: 'Phase1a', gid, ballot });
      this.#phase1b(this.env.id, this.#promise(gid, ballot));
    });
    this.env.setTimer(`ballot:${gid}`, (this.#index + 2) * this.#takeoverUs);
  }

  #promise(gid: string, ballot: number): Phase1b {
    return { type: 'Phase1b', gid, ballot, accepted: this.acceptor.accepted(gid) };
  }

  #phase1a(from: NodeId, { gid, ballot }: Phase1a): void {
    if (!this.acceptor.mayPromise(gid, ballot)) return;
    const record: AcceptorRecord = { kind: 'promised', gid, ballot };
    this.acceptor.redo(record);
    this.log.append(record);
    this.beforePromise(() => {
      this.#sendTo(from, this.#promise(gid, ballot));
    });
  }

  /** A promise that a crash undoes is none. */
  protected beforePromise(then: () => void): void {
    this.log.force(then);
  }

  #phase1b(from: NodeId, { gid, ballot, accepted }: Phase1b): void {
    const race = this.races.get(gid);
    if (race?.ballot !== ballot || race.proposal !== null) return;
    race.promises.set(from, accepted);
    if (race.promises.size < this.quorum()) return;
    race.proposal = this.choose(race);
    const { participants, proposal: votes } = race;
    const proposal: Phase2a = { type: 'Phase2a', gid, ballot, participants, votes };
    for (const member of this.group) this.#sendTo(member, proposal);
  }

  protected quorum(): number {
    return this.faults + 1;
  }

  /** What was accepted at the highest ballot; only when nothing was, the choice is free: abort. */
  protected choose(race: BallotRace): Votes {
    return race.latest() ?? race.participants.map((node) => [node, 'no'] as const);
  }

  #phase2a(from: NodeId, { gid, ballot, participants, votes }: Phase2a): void {
    if (this.acceptor.mayAccept(gid, ballot))
      this.#accept({ kind: 'accepted', gid, ballot, participants, votes }, from);
  }

  #accepted(from: NodeId, { gid, ballot }: Accepted): void {
    const transaction = this.transactions.get(gid);
    if (ballot === 0) {
      const zero = this.#zero.get(gid) ?? new Set();
      this.#zero.set(gid, zero.add(from));
      if (zero.size >= this.quorum() && transaction !== undefined)
        this.#chosen(gid, transaction.participants, this.acceptor.proposals(gid));
      return;
    }
    const race = this.races.get(gid);
    if (race?.ballot !== ballot || race.proposal === null) return;
    race.accepts.add(from);
    if (race.accepts.size >= this.quorum()) this.#chosen(gid, race.participants, race.proposal);
  }

  /** A majority has it on disk: this is the outcome, whoever dies now. */
  #chosen(gid: string, participants: readonly NodeId[], votes: Votes): void {
    this.races.delete(gid);
    this.#zero.delete(gid);
    this.env.cancelTimer(`ballot:${gid}`);
    if (this.outcomes.has(gid)) return;
    const outcome = votes.some(([, vote]) => vote === 'no') ? 'abort' : 'commit';
    const running = this.transactions.get(gid);
    if (running !== undefined && isDecided(running)) return;
    const transaction = running ?? this.known(gid, participants, outcome);
    this.transactions.set(gid, transaction);
    this.#decideAs(transaction, outcome, votes);
  }

  #decideAs(transaction: Transaction, outcome: Outcome, votes: Votes): void {
    // Who does not know that a ballot said no for it must be told: then nobody has voted.
    transaction.votes.clear();
    if (outcome === 'commit') for (const [node, vote] of votes) transaction.votes.set(node, vote);
    this.decide(transaction, outcome, outcome === 'abort' ? 'votes are missing' : '');
  }

  protected override decide(transaction: Transaction, outcome: Outcome, reason: string): void {
    if (transaction.asked) this.outcomes.set(transaction.gid, outcome);
    super.decide(transaction, outcome, reason);
  }

  /** The acceptors are the log of decisions. */
  protected override logDecision(
    transaction: Transaction,
    outcome: Outcome,
    _participants: readonly NodeId[],
    then: () => void,
  ): void {
    transaction.logged = outcome === 'commit';
    then();
  }

  #sendTo(to: NodeId, message: PaxosMessage): void {
    // A member is its own acceptor: no message.
    if (to === this.env.id) this.receive(to, message, 0);
    else this.emit(to, message);
  }
}
