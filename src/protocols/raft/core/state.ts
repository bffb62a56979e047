import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE, type WithInnerState } from '../../../sim/engine/inner-state.ts';
import type { RaftConfig } from '../config.ts';
import type { Entry } from '../entry.ts';
import { RaftLog } from '../log.ts';
import { isVoter, members } from '../membership.ts';
import type { Membership } from '../membership.ts';
import type { RaftMessage } from '../messages.ts';
import type { RaftObserver, RaftView } from '../observer.ts';
import { Progress } from '../progress.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import { RaftStore } from '../storage.ts';
import type { RaftPort } from './port.ts';

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** A membership and the index of the entry that brought it; 0 for the one the cluster started with. */
export interface MembershipAt {
  readonly index: number;
  readonly membership: Membership;
}

/**
 * The state of one server, as in the box "State" of Raft Figure 2, and the questions that every rule asks of it.
 * The layers above add the rules; `Raft` is the topmost. A planted bug overrides one of their methods.
 */
export abstract class RaftState implements RaftView, WithInnerState {
  readonly id: NodeId;
  readonly port: RaftPort;
  readonly config: RaftConfig;
  readonly observer: RaftObserver | null;
  readonly store: RaftStore;
  machine: KeyValueMachine;

  /** Latest term seen; durable before any message says it. */
  currentTerm = 0;
  /** Who got this server's vote in the current term; durable before the vote is told. */
  votedFor: NodeId | null = null;
  readonly log = new RaftLog();

  role: Role = 'follower';
  /** The leader of the current term, once heard. */
  leaderId: NodeId | null = null;
  commitIndex = 0;
  lastApplied = 0;
  /** Last index whose entry is known to be on this server's disk. */
  durableIndex = 0;
  /** A disk that was lost leaves a server that must not take part: it cannot know what it promised. */
  inert = false;

  /** The membership of the snapshot or the start, then one per membership entry in the log; the last is in force. */
  memberships: MembershipAt[];
  membership: Membership;
  /** The other members, ascending. */
  peers: readonly NodeId[] = [];

  /** On a leader: what it knows of each member, by id, itself included. */
  progress: (Progress | undefined)[] = [];
  /** On a leader: to whom it hands its office over. */
  transferTarget: NodeId | null = null;

  constructor(
    port: RaftPort,
    config: RaftConfig,
    initial: Membership,
    observer: RaftObserver | null,
  ) {
    this.id = port.id;
    this.port = port;
    this.config = config;
    this.observer = observer;
    this.store = this.createStore();
    this.machine = this.createMachine();
    this.memberships = [{ index: 0, membership: initial }];
    this.membership = initial;
  }

  [INNER_STATE](): unknown {
    return [];
  }

  protected createStore(): RaftStore {
    return new RaftStore(this.port.disk, this.id, this.observer);
  }

  protected createMachine(): KeyValueMachine {
    return new KeyValueMachine(this.config.sessionExpiryUs);
  }

  /** A majority of `size` servers: more than half (Raft §5.2). */
  majority(size: number): number {
    return Math.floor(size / 2) + 1;
  }

  /** True when `count` of every voter set satisfies `test`: of both, during joint consensus (Raft §6). */
  isQuorum(test: (id: NodeId) => boolean): boolean {
    const { voters, outgoing } = this.membership;
    return (
      this.isMajorityOf(voters, test) && (outgoing === null || this.isMajorityOf(outgoing, test))
    );
  }

  protected isMajorityOf(voters: readonly NodeId[], test: (id: NodeId) => boolean): boolean {
    let count = 0;
    for (const id of voters) if (test(id)) count += 1;
    return count >= this.majority(voters.length);
  }

  /** The highest value that a quorum has reached, each member's being `read` from its progress. */
  quorumValue(read: (progress: Progress) => number): number {
    const { voters, outgoing } = this.membership;
    const value = this.majorityValue(voters, read);
    return outgoing === null ? value : Math.min(value, this.majorityValue(outgoing, read));
  }

  /** The highest value that a majority of `voters` has reached: the k-th largest, k being the majority. */
  protected majorityValue(voters: readonly NodeId[], read: (progress: Progress) => number): number {
    const values: number[] = [];
    for (const id of voters) {
      const progress = this.progress[id];
      const value = progress === undefined ? 0 : read(progress);
      let at = values.length;
      while (at > 0 && values[at - 1]! < value) {
        values[at] = values[at - 1]!;
        at -= 1;
      }
      values[at] = value;
    }
    return values[this.majority(voters.length) - 1] ?? 0;
  }

  /** A server that may campaign: a voter, of the membership in force or of the one before, with a disk it can trust. */
  promotable(): boolean {
    return !this.inert && (isVoter(this.membership, this.id) || this.mayBeNeeded());
  }

  /**
   * A server that its latest membership leaves out campaigns all the same while that one is not known to be committed:
   * "it might still be needed until the C_new entry is committed" (dissertation §4.2.2). Its own vote counts for nothing.
   */
  protected mayBeNeeded(): boolean {
    const latest = this.memberships[this.memberships.length - 1]!;
    const before = this.memberships[this.memberships.length - 2];
    return (
      latest.index > this.commitIndex && before !== undefined && isVoter(before.membership, this.id)
    );
  }

  /** Makes the last membership of the log the one in force (Raft §6: as soon as it is in the log). */
  protected adoptLatestMembership(): void {
    this.membership = this.memberships[this.memberships.length - 1]!.membership;
    this.peers = members(this.membership).filter((id) => id !== this.id);
  }

  name(id: NodeId = this.id): string {
    return this.port.nameOf(id);
  }

  /** A sync has completed: votes and entries of this server may now be counted. */
  protected abstract durableAdvanced(): void;
  /** The membership in force has changed. */
  protected abstract membershipChanged(): void;
  protected abstract leadershipWon(): void;
  protected abstract leadershipLost(): void;
  protected abstract entryApplied(entry: Entry, result: ApplyResult): void;
  /** An input has been handled: replicate what it added, sync what it wrote. */
  protected abstract transmit(to: NodeId, message: RaftMessage): void;
}
