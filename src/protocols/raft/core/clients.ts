import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { Entry } from '../entry.ts';
import type {
  AdminRequest,
  ClientReply,
  ClientRequest,
  ForwardReply,
  ForwardRequest,
} from '../messages.ts';
import type { ApplyResult } from '../state-machine.ts';
import { MembershipChange } from './membership-change.ts';
import type { Caller } from './reads.ts';

interface WaitingCommand {
  readonly caller: Caller;
  readonly entry: Entry;
}

/** What clients see of a server (Raft §8). */
export abstract class Clients extends MembershipChange {
  /** Commands in the log whose callers wait for them to be applied, by index. */
  readonly #waiting = new Map<number, WaitingCommand>();
  /** On a forwarding server: the clients behind the requests passed on, by ticket. */
  readonly #forwarded = new Map<number, Caller>();

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.#waiting, this.#forwarded];
  }

  protected override onClientRequest(from: NodeId, request: ClientRequest, replyTo: number): void {
    if (this.inert) return;
    this.serve({ from, replyTo, ticket: 0 }, request);
  }

  protected serve(caller: Caller, request: ClientRequest): void {
    const read = request.f === 'read' && this.config.reads !== 'log';
    if (read && this.config.reads === 'anyLocal')
      this.serveRead(caller, request.key, this.observer?.acknowledgedIndex() ?? 0, false);
    else if (this.role === 'leader') {
      if (read) this.leaderRead(caller, request.key);
      else this.proposeCommand(caller, request);
    } else if (read && this.config.followerReads) this.followerRead(caller, request.key);
    else if (this.mayForward(caller)) this.#forward(caller, request);
    else this.answer(caller, 'notLeader', null);
  }

  /** "If command received from client: append entry to local log, respond after entry applied" (Raft Figure 2). */
  protected proposeCommand(caller: Caller, request: ClientRequest): void {
    if (!this.acceptsProposals()) {
      this.answer(caller, 'busy', null);
      return;
    }
    const { session, sequence, f, key, value } = request;
    const entry = this.propose({ command: { session, sequence, f, key, value }, membership: null });
    this.observer?.proposed(entry, request);
    this.#waiting.set(entry.index, { caller, entry });
  }

  /** Not while leadership is being handed over, and not when too much is waiting for a quorum. */
  protected acceptsProposals(): boolean {
    return (
      this.transferTarget === null &&
      this.log.lastIndex - this.commitIndex < this.config.uncommittedEntries
    );
  }

  protected override entryApplied(entry: Entry, result: ApplyResult): void {
    const waiting = this.#waiting.get(entry.index);
    if (waiting !== undefined) {
      this.#waiting.delete(entry.index);
      if (this.answersEntry(waiting.entry, entry)) {
        this.observer?.acknowledged(this, entry.index, waiting.entry);
        this.answer(waiting.caller, result.status, result.value);
      } else this.answer(waiting.caller, 'unknown', null);
    }
    this.leaderApplied(entry);
  }

  /** The index alone does not tell: after a change of leaders another's command may stand there. */
  protected answersEntry(proposed: Entry, applied: Entry): boolean {
    return proposed === applied;
  }

  protected override leadershipLost(): void {
    super.leadershipLost();
    this.abandonWaiting();
  }

  /** Commands of a deposed leader may or may not be committed by its successor. */
  protected abandonWaiting(): void {
    for (const { caller } of this.#waiting.values()) this.answer(caller, 'unknown', null);
    this.#waiting.clear();
  }

  protected mayForward(caller: Caller): boolean {
    return this.config.requests === 'forward' && caller.ticket === 0 && this.leaderId !== null;
  }

  #forward(caller: Caller, request: ClientRequest): void {
    const ticket = this.newTicket();
    this.#forwarded.set(ticket, caller);
    this.transmit(this.leaderId!, { type: 'ForwardRequest', ticket, request });
  }

  protected onForwardRequest(from: NodeId, message: ForwardRequest): void {
    if (!this.inert) this.serve({ from, replyTo: 0, ticket: message.ticket }, message.request);
  }

  protected onForwardReply(message: ForwardReply): void {
    const caller = this.#forwarded.get(message.ticket);
    if (caller === undefined) return;
    this.#forwarded.delete(message.ticket);
    this.answer(caller, message.reply.status, message.reply.value);
  }

  /** The leader that requests were passed to is gone; their callers ask again by themselves. */
  protected forgetForwarded(): void {
    this.#forwarded.clear();
  }

  protected override answer(caller: Caller, status: ClientReply['status'], value: unknown): void {
    const reply: ClientReply = { type: 'ClientReply', status, value, leader: this.leaderId };
    if (caller.ticket === 0) this.port.reply(caller.from, caller.replyTo, reply);
    else this.transmit(caller.from, { type: 'ForwardReply', ticket: caller.ticket, reply });
  }

  protected onAdminRequest(from: NodeId, request: AdminRequest, replyTo: number): void {
    const caller: Caller = { from, replyTo, ticket: 0 };
    if (this.role !== 'leader') this.answer(caller, 'notLeader', null);
    else if (request.type === 'TransferLeadership')
      this.answer(caller, this.transferLeadership(request.target) ? 'ok' : 'busy', null);
    else {
      const refusal =
        request.type === 'LeaveJoint'
          ? this.leaveJoint()
          : this.changeMembership(request.voters, request.learners);
      this.answer(caller, refusal === null ? 'ok' : 'busy', refusal);
    }
  }
}
