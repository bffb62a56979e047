import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import {
  type CommitObserver,
  Participant,
  type Outcome,
  type ParticipantRecord,
} from '../commit/index.ts';
import type { ThreePhaseConfig } from './config.ts';
import type { ThreePhaseMessage } from './messages.ts';
import { Poll, type Standing } from './termination.ts';

/** One run of the termination protocol takes no longer: question, pre-commit, decision, and disks between. */
const POLLS_PER_TERMINATION = 6;

/**
 * A participant of three-phase commit: it never blocks, as long as silence means death. When it hears nothing, the first of
 * the living asks the others how they stand and ends the transaction for all (Skeen 1981; Bernstein, Hadzilacos & Goodman
 * 1987, §7.5).
 */
export class ThreePhaseParticipant extends Participant {
  readonly #coordinator: NodeId;
  readonly #terminationUs: number;
  readonly #pollUs: number;
  /** Whose commit it has been told of in advance. */
  readonly preCommitted = new Set<string>();
  /** It was dead meanwhile: the others may have decided without it. */
  readonly #recovered = new Set<string>();
  /** It has told somebody who terminates that it is uncertain: the old coordinator comes too late. */
  readonly #terminators = new Map<string, NodeId>();
  readonly #polls = new Map<string, Poll>();

  constructor(
    env: NodeEnv,
    config: ThreePhaseConfig,
    coordinator: NodeId,
    observer: CommitObserver | null,
  ) {
    super(env, config, [coordinator], observer);
    this.#coordinator = coordinator;
    this.#terminationUs = config.terminationTimeoutUs;
    this.#pollUs = config.pollTimeoutUs;
  }

  protected override replay(records: readonly ParticipantRecord[]): void {
    this.preCommitted.clear();
    this.#recovered.clear();
    this.#terminators.clear();
    this.#polls.clear();
    super.replay(records);
    for (const gid of this.promised.keys()) this.#recovered.add(gid);
  }

  protected override redoPrecommit(gid: string): void {
    this.preCommitted.add(gid);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ThreePhaseMessage;
    switch (message.type) {
      case 'PreCommit':
        this.#preCommit(from, message.gid);
        break;
      case 'PreCommitAck':
        this.#acked(from, message.gid);
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
    if (purpose === 'poll' && this.promised.has(gid)) this.#conclude(gid);
    else super.timeout(purpose, gid);
  }

  #preCommit(from: NodeId, gid: string): void {
    if (!this.promised.has(gid) || !this.listensTo(gid, from)) return;
    if (!this.preCommitted.has(gid)) {
      this.preCommitted.add(gid);
      this.log.append({ kind: 'precommit', gid });
    }
    this.beforePreCommitAck(() => {
      if (!this.promised.has(gid)) return;
      this.env.mark('pre-committed', { gid });
      this.beginDoubt(gid);
      this.#send(from, { type: 'PreCommitAck', gid });
    });
  }

  /** What the coordinator counts on must outlive a crash. */
  protected beforePreCommitAck(then: () => void): void {
    this.log.force(then);
  }

  /** Who has answered a terminator as uncertain is bound by what that terminator makes of it. */
  protected listensTo(gid: string, from: NodeId): boolean {
    const terminator = this.#terminators.get(gid);
    return terminator === undefined || terminator === from;
  }

  /** The first of the living ends it; the next waits long enough to see it succeed. */
  protected override armDoubt(gid: string): void {
    const rank = Math.max(0, (this.promised.get(gid) ?? []).indexOf(this.env.id));
    const waitUs = this.#terminationUs + rank * POLLS_PER_TERMINATION * this.#pollUs;
    this.env.setTimer(`doubt:${gid}`, waitUs);
  }

  protected override whenUncertain(gid: string): void {
    const others = [
      this.#coordinator,
      ...(this.promised.get(gid) ?? []).filter((node) => node !== this.env.id),
    ];
    this.#polls.set(gid, new Poll(others));
    this.env.mark('terminating', { gid });
    for (const node of others) this.#send(node, { type: 'StateQuery', gid });
    this.env.setTimer(`poll:${gid}`, this.#pollUs);
  }

  #standing(gid: string): Standing {
    const outcome = this.manager.ended.get(gid);
    if (outcome !== undefined) return outcome === 'commit' ? 'committed' : 'aborted';
    if (!this.promised.has(gid)) return 'nothing';
    return this.preCommitted.has(gid) ? 'preCommitted' : 'uncertain';
  }

  #tellStanding(to: NodeId, gid: string): void {
    const branch = this.manager.branches.get(gid);
    // Who is asked before it has voted will not vote any more.
    if (branch !== undefined && branch.state !== 'prepared') this.dropUnprepared(branch);
    const standing = this.#standing(gid);
    if (standing === 'aborted') this.log.append({ kind: 'abort', gid });
    if (standing === 'uncertain') this.#terminators.set(gid, to);
    // Somebody is at it; a coordinator that has come back only wants to know.
    if (this.promised.has(gid) && to !== this.#coordinator) this.armDoubt(gid);
    this.log.force(() => {
      this.#send(to, { type: 'StateReply', gid, standing });
    });
  }

  #heard(from: NodeId, gid: string, standing: Standing): void {
    const poll = this.#polls.get(gid);
    if (poll === undefined || poll.preCommitting) return;
    poll.standings.set(from, standing);
    if (poll.complete) this.#conclude(gid);
  }

  /** All who live have answered. */
  #conclude(gid: string): void {
    const poll = this.#polls.get(gid);
    if (poll === undefined) return;
    this.env.cancelTimer(`poll:${gid}`);
    if (poll.preCommitting) {
      this.#end(gid, 'commit');
      return;
    }
    const verdict = this.verdictOf(poll, this.#standing(gid), this.#recovered.has(gid));
    if (verdict === 'wait') this.#polls.delete(gid);
    else if (verdict === 'preCommit') this.#bringAlong(gid, poll);
    else this.#end(gid, verdict);
  }

  protected verdictOf(poll: Poll, own: Standing, recovered: boolean): ReturnType<Poll['verdict']> {
    return poll.verdict(own, recovered);
  }

  /** Before the first commits, all who live know that they will: the next terminator must find that. */
  #bringAlong(gid: string, poll: Poll): void {
    const uncertain = poll.withStanding('uncertain').filter((node) => node !== this.#coordinator);
    poll.preCommitting = true;
    if (!this.preCommitted.has(gid)) {
      this.preCommitted.add(gid);
      this.log.append({ kind: 'precommit', gid });
    }
    for (const node of uncertain) this.#send(node, { type: 'PreCommit', gid });
    this.env.setTimer(`poll:${gid}`, this.#pollUs);
    if (uncertain.length === 0) this.#conclude(gid);
  }

  #acked(from: NodeId, gid: string): void {
    const poll = this.#polls.get(gid);
    if (poll?.preCommitting !== true) return;
    poll.acked.add(from);
    const uncertain = poll.withStanding('uncertain').filter((node) => node !== this.#coordinator);
    if (uncertain.every((node) => poll.acked.has(node))) this.#conclude(gid);
  }

  #end(gid: string, outcome: Outcome): void {
    const peers = this.promised.get(gid) ?? [];
    this.#polls.delete(gid);
    this.log.append({ kind: outcome, gid });
    this.resolve(gid, outcome, false);
    this.log.force(() => {
      for (const peer of peers)
        if (peer !== this.env.id)
          this.transmit(peer, { type: 'Decision', gid, outcome, ack: false, presumed: false });
    });
  }

  #send(to: NodeId, message: ThreePhaseMessage): void {
    this.emit(to, message);
  }
}
