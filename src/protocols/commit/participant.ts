import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { Branches } from './branches.ts';
import type { CommitConfig } from './config.ts';
import type { Decision, Prepare, ToParticipant, Vote } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import type { Branch } from './resource-manager.ts';
import { isNameFrom } from './transaction-name.ts';
import { type Outcome, XA, type XaCode } from './xa.ts';

/**
 * A resource manager as a server: the forced vote, doubt and its end, heuristics. Whatever it promises is on disk first.
 * Each rule is a method of its own.
 */
export class Participant extends Branches {
  readonly #coordinators: readonly NodeId[];

  constructor(
    env: NodeEnv,
    config: CommitConfig,
    coordinators: readonly NodeId[],
    observer: CommitObserver | null,
  ) {
    super(env, config, observer);
    this.#coordinators = coordinators;
  }

  protected override resume(): void {
    for (const gid of this.promised.keys()) this.beginDoubt(gid);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToParticipant;
    switch (message.type) {
      case 'Work':
        this.work(from, message);
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
        this.read(from, message, replyTo);
        break;
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const branch = this.manager.branches.get(gid);
    if (branch === undefined) return;
    if (purpose === 'lock') this.waitOver(branch);
    else if (purpose === 'idle' && branch.state !== 'prepared') this.dropUnprepared(branch);
    else if (purpose === 'doubt' && this.promised.has(gid)) {
      this.whenUncertain(gid);
      this.armDoubt(gid);
    } else if (purpose === 'heuristic' && this.promised.has(gid)) this.decideAlone(gid);
  }

  protected prepare(from: NodeId, { gid, peers }: Prepare): void {
    if (this.promised.has(gid)) {
      this.vote(from, gid, 'yes');
      return;
    }
    const branch = this.manager.branches.get(gid);
    // Prepared, not durable yet: the vote is under way.
    if (branch?.state === 'prepared') return;
    const code = this.manager.prepare(gid, this.config.readOnlyVote);
    if (code === XA.RDONLY) this.leave(from, gid);
    else if (code > 0 && !this.vetoes(code)) this.vote(from, gid, 'yes');
    else if (code === XA.OK) this.#promise(from, branch!, peers);
    else {
      if (branch !== undefined && code === XA.PROTO) this.dropUnprepared(branch);
      this.vote(from, gid, 'no');
    }
  }

  /** Who has only read has no part in the outcome. */
  protected leave(coordinator: NodeId, gid: string): void {
    this.left.add(gid);
    this.vote(coordinator, gid, 'readOnly');
  }

  /** The vote goes to who asked for it. */
  protected vote(to: NodeId, gid: string, vote: Vote['vote']): void {
    this.transmit(to, { type: 'Vote', gid, vote });
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
      this.vote(to, gid, 'yes');
      this.beginDoubt(gid);
    });
  }

  /** Yes is a promise: it is on disk before it is said. */
  protected beforePromise(then: () => void): void {
    this.log.force(then);
  }

  protected beginDoubt(gid: string): void {
    this.armDoubt(gid);
    if (this.config.heuristic !== 'none')
      this.env.setTimer(`heuristic:${gid}`, this.config.heuristicTimeoutUs);
  }

  /** A participant in doubt waits before it asks, again and again. */
  protected armDoubt(gid: string): void {
    this.env.setTimer(`doubt:${gid}`, this.config.inquiryTimeoutUs);
  }

  /** A participant that has promised may not decide; it may ask. */
  protected whenUncertain(gid: string): void {
    if (this.config.termination === 'wait') return;
    for (const coordinator of this.#coordinators)
      if (isNameFrom(this.env.nameOf(coordinator), gid))
        this.transmit(coordinator, { type: 'Inquiry', gid });
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
    if (branch !== undefined && branch.state !== 'prepared') this.dropUnprepared(branch);
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
      const code = this.endUnknown(gid, outcome, ack);
      if (code !== null) acknowledge(code);
      return;
    }
    if (branch.state === 'heuristicCommit' || branch.state === 'heuristicRollback') {
      this.transmit(from, { type: 'Ack', gid, outcome, code: this.heuristicCode(branch) });
      return;
    }
    const prepared = branch.state === 'prepared';
    if (outcome === 'commit' && !prepared) return;
    if (prepared || ack) this.log.append({ kind: outcome, gid });
    this.resolve(gid, outcome, false);
    acknowledge(XA.OK);
  }

  /** Whoever decided alone says so when it is told. */
  protected heuristicCode({ state }: Branch): XaCode {
    return state === 'heuristicCommit' ? XA.HEURCOM : XA.HEURRB;
  }

  /** A decision about a branch that is not here: over, never begun, or lost before it promised. Null: no answer. */
  protected endUnknown(gid: string, outcome: Outcome, ack: boolean): XaCode | null {
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
    } else if (branch?.state === 'prepared') {
      // Under way to the disk, and answered from there.
      return;
    } else if (branch?.state === 'ended' && this.config.lastResource) {
      this.#commitAsLast(from, branch);
      return;
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

  /** The record is the decision of the whole transaction: nothing is applied before it is on disk. */
  #commitAsLast(from: NodeId, { gid, request, changes, rows }: Branch): void {
    this.manager.prepare(gid, false);
    this.log.append({ kind: 'onePhase', gid, request, changes, rows, peers: [] });
    this.log.force(() => {
      this.resolve(gid, 'commit', false);
      this.transmit(from, { type: 'Ack', gid, outcome: 'commit', code: XA.OK });
    });
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
}
