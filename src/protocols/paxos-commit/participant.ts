import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { type CommitObserver, Participant, type Prepare, type Vote } from '../commit/index.ts';
import { groupSize, type PaxosConfig } from './config.ts';
import type { PaxosMessage } from './messages.ts';

/** A resource manager whose vote is a proposal to the acceptors (Gray & Lamport 2006, §4.2). */
export class PaxosParticipant extends Participant {
  protected readonly group: readonly NodeId[];
  protected readonly faults: number;
  readonly #peers = new Map<string, readonly NodeId[]>();

  constructor(
    env: NodeEnv,
    config: PaxosConfig,
    servers: readonly NodeId[],
    observer: CommitObserver | null,
  ) {
    super(env, config, servers.slice(0, 1), observer);
    this.group = servers.slice(0, groupSize(config));
    this.faults = config.faults;
  }

  protected override prepare(from: NodeId, message: Prepare): void {
    this.#peers.set(message.gid, message.peers);
    super.prepare(from, message);
  }

  /** F+1 acceptors are enough while nothing fails. */
  protected acceptors(): readonly NodeId[] {
    return this.group.slice(0, this.faults + 1);
  }

  /**
   * A participant proposes one value in its instance, ever. What it does not know it may have voted read-only for: then it
   * is silent. Its no is on disk, so that a late copy of the work cannot make a yes of it.
   */
  protected override vote(_to: NodeId, gid: string, vote: Vote['vote']): void {
    if (vote !== 'no') this.#propose(gid, vote);
    else if (this.manager.ended.get(gid) === 'abort') {
      this.log.append({ kind: 'abort', gid });
      this.log.force(() => {
        this.#propose(gid, 'no');
      });
    }
  }

  #propose(gid: string, vote: Vote['vote']): void {
    const participants = this.#participants(gid);
    for (const member of this.acceptors())
      this.#send(member, { type: 'Vote', gid, vote, participants });
  }

  /** Any member can find the outcome, or bring it about. */
  protected override whenUncertain(gid: string): void {
    for (const member of this.group)
      this.#send(member, { type: 'Inquiry', gid, participants: this.#participants(gid) });
  }

  #participants(gid: string): readonly NodeId[] {
    return this.promised.get(gid) ?? this.#peers.get(gid) ?? [];
  }

  #send(to: NodeId, message: PaxosMessage): void {
    this.emit(to, message);
  }
}
