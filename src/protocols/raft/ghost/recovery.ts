import type { NodeId } from '../../../sim/engine/env.ts';
import type { InvariantViolation, RunPhase } from '../../protocol.ts';
import type { RaftConfig } from '../config.ts';
import { electionBoundUs } from '../election-bound.ts';
import type { AppendEntriesReply, InstallSnapshotReply, RaftMessage } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import { Calm } from './calm.ts';
import { Cluster } from './cluster.ts';
import { Convergence } from './convergence.ts';
import { quorum } from './elections.ts';
import type { Judge } from './judge.ts';

/** So often a follower may refuse the same place of a leader's log, or the same chunk, on a healed network. */
const REPEATS = 40;

interface Repetition {
  what: string;
  count: number;
}

/**
 * What must become true once all faults are healed, and stay so: a leader within a bound, all logs equal, no rejection
 * or snapshot again and again, and when nothing is asked any more, no change of terms.
 */
export class Recovery {
  readonly cluster: Cluster;
  readonly #judge: Judge;
  readonly #config: RaftConfig;
  readonly #nowUs: () => number;
  readonly #convergence: Convergence;
  readonly #calm: Calm;
  #healedUs: number | null = null;
  #leaderSeen = false;
  readonly #repeated: Repetition[][] = [];

  constructor(judge: Judge, config: RaftConfig, nowUs: () => number) {
    this.#judge = judge;
    this.#config = config;
    this.#nowUs = nowUs;
    this.cluster = new Cluster(judge);
    this.#convergence = new Convergence(judge, config, this.cluster, nowUs);
    this.#calm = new Calm(judge, config, this.cluster);
  }

  phase(phase: RunPhase): void {
    if (phase === 'idle') this.#calm.idle();
    else {
      this.#healedUs = this.#nowUs();
      this.cluster.healed();
    }
  }

  /** What has not converged since the heal. */
  unfinished(): readonly InvariantViolation[] {
    return this.#healedUs === null ? [] : this.#convergence.unfinished();
  }

  sending(node: RaftView, to: NodeId, message: RaftMessage): void {
    if (this.#healedUs === null) return;
    if (!this.#leaderSeen) this.#awaitLeader(this.#healedUs);
    this.#calm.sending(node, message);
    if (message.type === 'AppendEntries') this.#convergence.addressed(to, message);
    else if (message.type === 'AppendEntriesReply') {
      this.#convergence.answered(node.id, to);
      this.#checkRefusal(node, to, message);
    } else if (message.type === 'InstallSnapshotReply') {
      this.#convergence.answered(node.id, to);
      this.#checkChunk(node, to, message);
    } else if (message.type === 'TimeoutNow') {
      this.#convergence.handedOver();
      this.#calm.transferBegun(node, to);
    }
  }

  becameLeader(node: RaftView): void {
    if (this.#healedUs !== null) this.#calm.becameLeader(node);
  }

  #awaitLeader(healedUs: number): void {
    if (this.cluster.leader() !== null) {
      this.#leaderSeen = true;
      return;
    }
    const boundUs = electionBoundUs(this.#config);
    if (this.#nowUs() - healedUs <= boundUs) return;
    const membership = this.cluster.mostCommitted()?.membership;
    // Without a quorum of servers that may take part nobody can lead.
    if (membership === undefined || !quorum(membership, (id) => this.cluster.ready(id))) return;
    this.#leaderSeen = true;
    this.#judge.violated(
      'leader-within-bound',
      membership.voters,
      `${boundUs / 1_000} ms after all faults were healed no server leads.`,
      this.cluster.states(),
    );
  }

  #repetition(node: NodeId, to: NodeId): Repetition {
    return ((this.#repeated[node] ??= [])[to] ??= { what: '', count: 0 });
  }

  #isRepeated(node: NodeId, to: NodeId, what: string): boolean {
    const repetition = this.#repetition(node, to);
    repetition.count = repetition.what === what ? repetition.count + 1 : 1;
    repetition.what = what;
    return repetition.count > REPEATS;
  }

  /** A leader that is refused goes back, so that no place is refused for ever (Raft §5.3). */
  #checkRefusal(node: RaftView, to: NodeId, reply: AppendEntriesReply): void {
    const { success, term, rejectedIndex } = reply;
    if (success || !this.#leads(to, term)) {
      this.#repetition(node.id, to).count = 0;
      return;
    }
    if (!this.#isRepeated(node.id, to, `${term}/${rejectedIndex}`)) return;
    this.#judge.violated(
      'replication-progresses',
      [to, node.id],
      `${this.#judge.name(node.id)} has refused index ${rejectedIndex} of ${this.#judge.name(to)}, leader of term ${term}, ${REPEATS} times: the leader does not go back.`,
      this.cluster.states(),
    );
  }

  /** What a deposed leader sent is refused for its term, however much of it there is. */
  #leads(id: NodeId, term: number): boolean {
    const node = this.cluster.running[id];
    return node?.role === 'leader' && node.currentTerm === term;
  }

  #checkChunk(node: RaftView, to: NodeId, reply: InstallSnapshotReply): void {
    const { term, lastIncludedIndex, received, installed } = reply;
    if (!this.#leads(to, term)) return;
    if (!this.#isRepeated(node.id, to, `${term}/${lastIncludedIndex}/${received}/${installed}`))
      return;
    this.#judge.violated(
      'replication-progresses',
      [to, node.id],
      `${this.#judge.name(node.id)} has answered ${this.#judge.name(to)} ${REPEATS} times that it has ${installed ? 'all' : received} records of the snapshot at index ${lastIncludedIndex}: the leader does not go on.`,
      this.cluster.states(),
    );
  }
}
