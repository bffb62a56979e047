import type { NodeId } from '../../../sim/engine/env.ts';
import type { InvariantViolation } from '../../protocol.ts';
import type { RaftConfig } from '../config.ts';
import { isMember } from '../membership.ts';
import type { AppendEntriesReply, InstallSnapshotReply, RaftMessage } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import { quorum } from './elections.ts';
import type { Judge } from './judge.ts';

/** So often a follower may refuse the same place of a leader's log, or the same chunk, on a healed network. */
const REPEATS = 40;
/** So many maximum election timeouts after the heal there must be a leader. */
const LEADER_BOUND_TIMEOUTS = 10;

interface Repetition {
  what: string;
  count: number;
}

/**
 * What must become true once all faults are healed, and stay so: a leader within a bound, all logs equal, no rejection
 * or snapshot again and again, and when nothing is asked any more, no change of terms.
 */
export class Recovery {
  readonly #judge: Judge;
  readonly #config: RaftConfig;
  readonly #nowUs: () => number;
  /** The servers that run now, by id. */
  readonly #running: (RaftView | undefined)[] = [];
  #healedUs: number | null = null;
  #leaderSeen = false;
  /** In the idle phase: the term in which nothing should change any more; null before it. */
  #settledTerm: number | null = null;
  /** Servers outside the membership that moved on to later terms in the idle phase. */
  readonly #outsiders = new Set<NodeId>();
  readonly #repeated: Repetition[][] = [];
  /** By server: syncs that have not ended; `early` of them began before the heal, on a disk that may have been slow. */
  readonly #syncs: ({ underWay: number; early: number } | undefined)[] = [];
  #handedOverUs = 0;

  constructor(judge: Judge, config: RaftConfig, nowUs: () => number) {
    this.#judge = judge;
    this.#config = config;
    this.#nowUs = nowUs;
  }

  started(node: RaftView): void {
    this.#running[node.id] = node;
    this.#syncs[node.id] = { underWay: 0, early: 0 };
  }

  crashed(id: NodeId): void {
    this.#running[id] = undefined;
  }

  healed(): void {
    this.#healedUs = this.#nowUs();
    for (const syncs of this.#syncs) if (syncs !== undefined) syncs.early = syncs.underWay;
  }

  syncIssued(id: NodeId): void {
    const syncs = this.#syncs[id];
    if (syncs !== undefined) syncs.underWay += 1;
  }

  syncDone(id: NodeId): void {
    const syncs = this.#syncs[id];
    if (syncs === undefined) return;
    syncs.underWay -= 1;
    if (syncs.early > 0) syncs.early -= 1;
  }

  /** Nothing is asked any more: the leader of now stays. */
  idle(): void {
    const leader = this.#leader();
    if (leader === null) return;
    this.#settledTerm = leader.currentTerm;
    for (const node of this.#running)
      if (node !== undefined && node.currentTerm > leader.currentTerm) this.#outsiders.add(node.id);
  }

  sending(node: RaftView, to: NodeId, message: RaftMessage): void {
    if (this.#healedUs === null) return;
    if (!this.#leaderSeen) this.#awaitLeader(this.#healedUs);
    if (this.#settledTerm !== null) this.#checkTerm(node, message, this.#settledTerm);
    if (message.type === 'AppendEntriesReply') this.#checkRefusal(node, to, message);
    else if (message.type === 'InstallSnapshotReply') this.#checkChunk(node, to, message);
    else if (message.type === 'TimeoutNow') this.#handedOverUs = this.#nowUs();
  }

  /** The leader that no member of its own membership has left behind; there can be two only for a moment. */
  #leader(): RaftView | null {
    let leader: RaftView | null = null;
    for (const node of this.#running)
      if (node?.role === 'leader' && node.currentTerm > (leader?.currentTerm ?? 0)) leader = node;
    const current = leader;
    if (current === null || current.inert) return null;
    const overtaken = this.#running.some(
      (node) =>
        node !== undefined &&
        node.currentTerm > current.currentTerm &&
        isMember(current.membership, node.id),
    );
    return overtaken ? null : current;
  }

  /** Runs, has a disk it can trust, and does not wait for a write of the time before the heal. */
  #ready(id: NodeId): boolean {
    return this.#running[id]?.inert === false && this.#syncs[id]?.early === 0;
  }

  #awaitLeader(healedUs: number): void {
    if (this.#leader() !== null) {
      this.#leaderSeen = true;
      return;
    }
    const boundUs = LEADER_BOUND_TIMEOUTS * this.#config.electionTimeoutMaxUs;
    if (this.#nowUs() - healedUs <= boundUs) return;
    const membership = this.#mostCommitted()?.membership;
    // Without a quorum of servers that may take part nobody can lead.
    if (membership === undefined || !quorum(membership, (id) => this.#ready(id))) return;
    this.#leaderSeen = true;
    this.#judge.violated(
      'leader-within-bound',
      membership.voters,
      `${boundUs / 1_000} ms after all faults were healed no server leads.`,
      this.#states(),
    );
  }

  #mostCommitted(): RaftView | null {
    let most: RaftView | null = null;
    for (const node of this.#running)
      if (node !== undefined && !node.inert && node.commitIndex >= (most?.commitIndex ?? 0))
        most = node;
    return most;
  }

  #states(): string[] {
    return this.#running.flatMap((node) =>
      node === undefined
        ? []
        : [
            `${this.#judge.name(node.id)}: ${node.inert ? 'inert' : node.role} t${node.currentTerm}, log ends at ${node.log.lastIndex} (t${node.log.lastTerm}), commit ${node.commitIndex}`,
          ],
    );
  }

  /** While the leader of the settled term leads, no member has a reason to move to a later one. */
  #checkTerm(node: RaftView, message: RaftMessage, settledTerm: number): void {
    if (node.currentTerm <= settledTerm) return;
    const before = this.#running.find((one) => one?.role === 'leader' && !one.inert);
    const handedOver = message.type === 'RequestVote' && message.leadershipTransfer;
    if (before === undefined || before.currentTerm > settledTerm || handedOver) {
      // It resigned, or told its successor to campaign: what follows is the next term to stay.
      this.#settledTerm = node.currentTerm;
      return;
    }
    // One that was just added again, and has not been reached yet, is still outside.
    const reached = (before.progress[node.id]?.matchIndex ?? 0) > 0;
    if (!isMember(before.membership, node.id) || !reached) {
      // A removed server disturbs a cluster that nothing protects (dissertation §4.2.3): known, and not judged.
      if (!this.#protected()) this.#settledTerm = null;
      this.#outsiders.add(node.id);
      return;
    }
    if (this.#outsiders.delete(node.id)) {
      // Added again it brings the term it ran up to outside: one election, or it could never follow (etcd#8501).
      this.#settledTerm = node.currentTerm;
      return;
    }
    this.#settledTerm = null;
    this.#judge.violated(
      'terms-settle',
      [node.id, before.id],
      `${this.#judge.name(node.id)} moved to term ${node.currentTerm} although ${this.#judge.name(before.id)} leads term ${settledTerm}, no fault is active and nobody asked for a change.`,
      this.#states(),
    );
  }

  /** The switches that keep a server from deposing a leader which the others hear. */
  #protected(): boolean {
    const { preVote, stickyLeader, checkQuorum } = this.#config;
    return preVote || (stickyLeader && checkQuorum);
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
    if (success || this.#running[to]?.currentTerm !== term) {
      this.#repetition(node.id, to).count = 0;
      return;
    }
    if (!this.#isRepeated(node.id, to, `${term}/${rejectedIndex}`)) return;
    this.#judge.violated(
      'replication-progresses',
      [to, node.id],
      `${this.#judge.name(node.id)} has refused index ${rejectedIndex} of ${this.#judge.name(to)}, leader of term ${term}, ${REPEATS} times: the leader does not go back.`,
      this.#states(),
    );
  }

  #checkChunk(node: RaftView, to: NodeId, reply: InstallSnapshotReply): void {
    const { term, lastIncludedIndex, received, installed } = reply;
    if (this.#running[to]?.currentTerm !== term) return;
    if (!this.#isRepeated(node.id, to, `${term}/${lastIncludedIndex}/${received}/${installed}`))
      return;
    this.#judge.violated(
      'replication-progresses',
      [to, node.id],
      `${this.#judge.name(node.id)} has answered ${this.#judge.name(to)} ${REPEATS} times that it has ${installed ? 'all' : received} records of the snapshot at index ${lastIncludedIndex}: the leader does not go on.`,
      this.#states(),
    );
  }

  /** One leader, out of any joint phase, and every member that runs has the log, the commit index and the state of the leader. */
  unfinished(): readonly InvariantViolation[] {
    if (this.#healedUs === null || this.#isHandedOnTooOften()) return [];
    const sentence = this.#notConverged();
    if (sentence === null) return [];
    return [{ invariant: 'logs-converge', sentence, because: this.#states(), nodes: [] }];
  }

  /** A leader that steps back one entry a round trip needs time in office; an operator may leave it none. */
  #isHandedOnTooOften(): boolean {
    if (this.#config.backtracking === 'fast') return false;
    const officeUs = LEADER_BOUND_TIMEOUTS * this.#config.electionTimeoutMaxUs;
    return this.#nowUs() - this.#handedOverUs < officeUs;
  }

  #notConverged(): string | null {
    const leader = this.#leader();
    if (leader === null) {
      const membership = this.#mostCommitted()?.membership;
      if (membership === undefined || !quorum(membership, (id) => this.#ready(id))) return null;
      return 'After the heal the servers have not come to one leader.';
    }
    const name = this.#judge.name(leader.id);
    const { membership, log, commitIndex } = leader;
    if (membership.outgoing !== null && this.#config.autoLeave)
      return `After the heal ${name} has not ended the joint phase of a membership change.`;
    if (!quorum(membership, (id) => this.#ready(id))) return null;
    if (commitIndex !== log.lastIndex)
      return `After the heal ${name}, leader of term ${leader.currentTerm}, has committed only ${commitIndex} of ${log.lastIndex} entries.`;
    for (const node of this.#running) {
      if (node === undefined || !this.#ready(node.id) || !isMember(membership, node.id)) continue;
      if (
        node.log.lastIndex !== log.lastIndex ||
        node.log.lastTerm !== log.lastTerm ||
        node.commitIndex !== commitIndex ||
        node.lastApplied !== commitIndex
      )
        return `After the heal ${this.#judge.name(node.id)} has not come to the log of ${name}, leader of term ${leader.currentTerm}.`;
    }
    return null;
  }
}
