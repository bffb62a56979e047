import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { ClientReply, ClientRequest, ReadIndexReply, ReadIndexRequest } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { Snapshots } from './snapshots.ts';

const roundOf = (progress: Progress): number => progress.round;

/** Whom to answer: a client's call, or the follower that forwarded it. */
export interface Caller {
  readonly from: NodeId;
  /** The client's call number, when it came directly. */
  readonly replyTo: number;
  /** The forwarding server's number, else 0. */
  readonly ticket: number;
}

interface PendingRead {
  readonly caller: Caller;
  /** Null: a follower asks for the index and will read by itself. */
  readonly key: string | null;
  /** Highest index acknowledged to any client when the read arrived (for the invariants only). */
  readonly floor: number;
  /** The round that must be confirmed, or 0 while this leader does not yet know what is committed. */
  round: number;
  readIndex: number;
}

/** Reads that do not go through the log, and are still never stale (Raft §8, dissertation §6.4). */
export abstract class Reads extends Snapshots {
  #pending: PendingRead[] = [];
  /** The round begun for reads that is not yet confirmed, or 0. */
  #openRound = 0;
  /** When each unconfirmed round began, oldest first; only kept for leases. */
  #roundStarts: { readonly round: number; readonly atUs: number }[] = [];
  #leaseStartUs = Number.NEGATIVE_INFINITY;
  /** On a follower: reads whose index was asked of the leader, by ticket. */
  readonly #asked = new Map<number, PendingRead>();
  #nextTicket = 1;

  override [INNER_STATE](): unknown {
    return [
      super[INNER_STATE](),
      this.#pending,
      this.#openRound,
      this.#roundStarts,
      this.#asked,
      this.#nextTicket,
    ];
  }

  protected override leadershipWon(): void {
    this.#openRound = 0;
    this.#roundStarts = [];
    this.#leaseStartUs = Number.NEGATIVE_INFINITY;
    super.leadershipWon();
  }

  protected override leadershipLost(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const read of pending) this.refuseRead(read);
  }

  /** A client's read at the leader. */
  protected leaderRead(caller: Caller, key: string | null): void {
    const read = { caller, key, floor: this.#floor(), round: 0, readIndex: 0 };
    if (this.readsUnchecked()) this.finishRead(read, this.lastApplied, false);
    else if (this.config.reads === 'lease' && this.knowsCommitted() && this.leaseHolds())
      this.finishRead(read, this.commitIndex, true);
    else this.#enqueue(read);
  }

  /** Config `reads: leaderLocal` answers from whatever this server has: stale when it was deposed unnoticed. */
  protected readsUnchecked(): boolean {
    return this.config.reads === 'leaderLocal' || this.config.reads === 'anyLocal';
  }

  /** Until an entry of its own term is committed a leader's commit index may be behind (dissertation §6.4, step 1). */
  protected knowsCommitted(): boolean {
    return this.hasCommittedInTerm();
  }

  #enqueue(read: PendingRead): void {
    this.#pending.push(read);
    if (this.knowsCommitted()) this.#register(read);
  }

  /** Saves the commit index and waits for a round of messages begun no earlier than now (steps 2 and 3). */
  #register(read: PendingRead): void {
    read.readIndex = this.commitIndex;
    read.round = this.round + 1;
    if (this.#openRound === 0) this.#confirmLeadership();
  }

  /** Sends a round of messages now; at most one such round is unanswered, later reads share the next. */
  #confirmLeadership(): void {
    this.startRound();
    this.#openRound = this.round;
    for (const peer of this.peers) this.sendHeartbeat(peer, this.progress[peer]!);
    this.roundAnswered();
  }

  protected override startRound(): void {
    super.startRound();
    if (this.config.reads === 'lease')
      this.#roundStarts.push({ round: this.round, atUs: this.port.monotonicUs() });
  }

  protected override roundAnswered(): void {
    if (this.#pending.length === 0 && this.#roundStarts.length === 0) return;
    const confirmed = this.confirmedRound();
    this.#extendLease(confirmed);
    if (confirmed >= this.#openRound) this.#openRound = 0;
    this.#releaseReads(confirmed);
  }

  /** The latest round that a quorum has answered. */
  protected confirmedRound(): number {
    return this.quorumValue(roundOf);
  }

  #releaseReads(confirmed: number): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    let waiting = false;
    for (const read of pending)
      if (read.round > 0 && read.round <= confirmed) this.finishRead(read, read.readIndex, false);
      else {
        this.#pending.push(read);
        waiting ||= read.round > 0;
      }
    if (waiting && this.#openRound === 0) this.#confirmLeadership();
  }

  /** An entry of the own term was committed: reads that waited for it may now be given an index. */
  protected releaseWaitingReads(): void {
    if (this.role !== 'leader' || !this.knowsCommitted()) return;
    for (const read of this.#pending) if (read.round === 0) this.#register(read);
  }

  /** The lease counts from when the confirmed round was sent, never from when its answers came. */
  #extendLease(confirmed: number): void {
    while (this.#roundStarts.length > 0 && this.#roundStarts[0]!.round <= confirmed)
      this.#leaseStartUs = this.leaseStart(this.#roundStarts.shift()!.atUs);
  }

  protected leaseStart(roundSentUs: number): number {
    return roundSentUs;
  }

  /**
   * No other leader can have been elected while a quorum still protects this one: they do so for the minimum election
   * timeout of their clocks, so this one counts on less, by both clocks' worst drift (dissertation §6.4.1).
   */
  protected leaseHolds(): boolean {
    return this.port.monotonicUs() < this.#leaseStartUs + this.leaseLengthUs();
  }

  protected leaseLengthUs(): number {
    const { electionTimeoutMinUs, clockDriftPpm } = this.config;
    return Math.floor(
      (electionTimeoutMinUs * (1_000_000 - clockDriftPpm)) / (1_000_000 + clockDriftPpm),
    );
  }

  /** Answers a read whose index is known and confirmed; a leader has always applied what it committed. */
  protected finishRead(read: PendingRead, readIndex: number, leased: boolean): void {
    if (read.key === null)
      this.transmit(read.caller.from, {
        type: 'ReadIndexReply',
        term: this.currentTerm,
        ticket: read.caller.ticket,
        readIndex,
      });
    else this.serveRead(read.caller, read.key, read.floor, leased);
  }

  protected serveRead(caller: Caller, key: string, floor: number, leased: boolean): void {
    this.observer?.readServed(this, key, this.lastApplied, floor, leased);
    this.observer?.acknowledged(this, this.lastApplied, null);
    this.answer(caller, 'ok', this.machine.read(key));
  }

  protected refuseRead(read: PendingRead): void {
    if (read.key !== null) this.answer(read.caller, 'notLeader', null);
  }

  /** A client's read at a follower: the leader gives the index, this server the value (dissertation §6.4). */
  protected followerRead(caller: Caller, key: string): void {
    if (this.leaderId === null) {
      this.answer(caller, 'notLeader', null);
      return;
    }
    const ticket = this.newTicket();
    this.#asked.set(ticket, { caller, key, floor: this.#floor(), round: 0, readIndex: 0 });
    this.sendOfTerm(this.leaderId, {
      type: 'ReadIndexRequest',
      term: this.currentTerm,
      ticket,
    });
  }

  /** Never used twice, not even after a restart: a late answer must not release a newer read (etcd raft#397). */
  protected newTicket(): number {
    this.#nextTicket += 1;
    return this.port.incarnation * 0x1_0000_0000 + this.#nextTicket;
  }

  protected onReadIndexRequest(from: NodeId, request: ReadIndexRequest): void {
    this.observeTerm(request.term);
    if (this.role === 'leader') this.leaderRead({ from, replyTo: 0, ticket: request.ticket }, null);
  }

  protected onReadIndexReply(reply: ReadIndexReply): void {
    this.observeTerm(reply.term);
    const read = this.#asked.get(reply.ticket);
    if (read === undefined || reply.readIndex === 0) return;
    read.readIndex = reply.readIndex;
    this.serveAskedReads();
  }

  /** "Wait for the state machine to advance at least as far as the readIndex" (dissertation §6.4, step 4). */
  protected serveAskedReads(): void {
    for (const [ticket, read] of this.#asked)
      if (read.readIndex > 0 && this.hasApplied(read.readIndex)) {
        this.#asked.delete(ticket);
        this.serveRead(read.caller, read.key!, read.floor, false);
      }
  }

  protected hasApplied(readIndex: number): boolean {
    return this.lastApplied >= readIndex;
  }

  /** The leader may be gone: the clients are told to try again. */
  protected dropAskedReads(): void {
    for (const read of this.#asked.values()) this.refuseRead(read);
    this.#asked.clear();
  }

  #floor(): number {
    return this.observer?.acknowledgedIndex() ?? 0;
  }

  protected abstract answer(caller: Caller, status: ClientReply['status'], value: unknown): void;
  protected abstract onClientRequest(from: NodeId, request: ClientRequest, replyTo: number): void;
}
