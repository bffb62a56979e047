import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { InvariantViolation, ReportViolation, RunPhase } from '../../protocol.ts';
import type { RaftConfig } from '../config.ts';
import type { Entry } from '../entry.ts';
import type { Membership } from '../membership.ts';
import type { ClientRequest, RaftMessage } from '../messages.ts';
import type { RaftObserver, RaftView } from '../observer.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import type { Snapshot } from '../storage.ts';
import { Answers } from './answers.ts';
import { Committed } from './committed.ts';
import { Elections } from './elections.ts';
import { Judge } from './judge.ts';
import { Logs } from './logs.ts';
import { Memberships } from './memberships.ts';
import { Promises } from './promises.ts';
import { Recovery } from './recovery.ts';
import { Replicas } from './replicas.ts';
import { Resources } from './resources.ts';
import { ShadowDisk } from './shadow-disk.ts';
import { Witness } from './witness.ts';

/**
 * Watches all servers of one run and judges the invariants at every event, each in constant time: with every entry
 * checked on its way in, (index, term) stands for a whole log.
 */
export class RaftMonitor implements RaftObserver {
  readonly #judge: Judge;
  /** By node id. */
  readonly #disks: ShadowDisk[] = [];
  readonly #elections: Elections;
  readonly #committed: Committed;
  readonly #logs: Logs;
  readonly #promises: Promises;
  readonly #replicas: Replicas;
  readonly #memberships: Memberships;
  readonly #answers: Answers;
  readonly #resources: Resources;
  readonly #recovery: Recovery;
  /** Clients tell it what they asked and learned. */
  readonly witness: Witness;

  /** Without what begins only when all faults are healed. */
  [INNER_STATE](): unknown {
    return [
      this.#disks,
      this.#elections,
      this.#committed,
      this.#logs,
      this.#promises,
      this.#replicas,
      this.#memberships,
      this.#answers,
      this.#resources,
      this.witness,
    ];
  }

  /** `reference`: a fresh state machine of the kind that the servers run. */
  constructor(
    servers: readonly NodeId[],
    config: RaftConfig,
    initial: Membership,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
    reference = new KeyValueMachine(config.sessionExpiryUs),
  ) {
    for (const id of servers) this.#disks[id] = new ShadowDisk();
    this.#judge = new Judge(report, nameOf);
    this.#elections = new Elections(this.#judge, this.#disks);
    this.#committed = new Committed(this.#judge, this.#disks, this.#elections);
    this.#logs = new Logs(this.#judge, this.#committed);
    this.#promises = new Promises(this.#judge, this.#disks);
    const freshReads = config.reads !== 'leaderLocal' && config.reads !== 'anyLocal';
    this.witness = new Witness(this.#judge, freshReads);
    this.#replicas = new Replicas(this.#judge, reference, initial, this.witness);
    this.#memberships = new Memberships(this.#judge, initial);
    this.#answers = new Answers(this.#judge, this.#elections, freshReads);
    this.#resources = new Resources(this.#judge, config);
    this.#recovery = new Recovery(this.#judge, config, nowUs);
  }

  /** What has not converged since the heal. */
  unfinished(): readonly InvariantViolation[] {
    return this.#recovery.unfinished();
  }

  phase(phase: RunPhase): void {
    this.#recovery.phase(phase);
  }

  crashed(id: NodeId): void {
    this.#recovery.cluster.crashed(id);
  }

  started(node: RaftView, snapshot: Snapshot | null, stateHash: number, usedDisk: boolean): void {
    const disk = this.#disks[node.id]!;
    if (!usedDisk && disk.term + disk.lastIndex > 0) disk.wipe();
    this.#promises.restarted(node);
    disk.restarted(node.log);
    this.#committed.restarted(node);
    this.#memberships.reset(node, snapshot?.membership ?? null);
    this.#replicas.resumed(node, stateHash, 'restarted');
    this.#resources.started(node);
    this.#recovery.cluster.started(node);
  }

  sending(node: RaftView, to: NodeId, message: RaftMessage): void {
    this.#committed.checkMonotonic(node);
    this.#checkOrdering(node);
    this.#recovery.sending(node, to, message);
    switch (message.type) {
      case 'AppendEntries':
        this.#promises.checkTerm(node, message);
        this.#elections.leaderSpoke(node, message);
        this.#memberships.leaderSpoke(node);
        this.#resources.appendSent(node, to, message);
        break;
      case 'AppendEntriesReply':
        this.#promises.checkTerm(node, message);
        this.#promises.appendAcknowledged(node, to, message);
        break;
      case 'RequestVote':
        this.#promises.checkTerm(node, message);
        this.#elections.voteRequested(node, message);
        break;
      case 'RequestVoteReply':
        this.#promises.checkTerm(node, message);
        this.#elections.voteSent(node, to, message);
        break;
      case 'InstallSnapshot':
        this.#promises.checkTerm(node, message);
        this.#elections.leaderSpoke(node, message);
        break;
      case 'InstallSnapshotReply':
        this.#promises.checkTerm(node, message);
        this.#promises.snapshotAcknowledged(node, to, message);
        break;
      case 'RequestPreVote':
      case 'RequestPreVoteReply':
      case 'TimeoutNow':
      case 'ReadIndexRequest':
      case 'ReadIndexReply':
        this.#promises.checkTerm(node, message);
        break;
      case 'ForwardRequest':
      case 'ForwardReply':
      case 'ClientRequest':
      case 'ClientReply':
      case 'TransferLeadership':
      case 'ChangeMembership':
      case 'LeaveJoint':
        break;
    }
  }

  /** compacted <= applied <= committed <= last, always. */
  #checkOrdering(node: RaftView): void {
    const { log, lastApplied, commitIndex } = node;
    if (
      log.compactedIndex <= lastApplied &&
      lastApplied <= commitIndex &&
      commitIndex <= log.lastIndex
    )
      return;
    this.#judge.violated(
      'state-ordering',
      [node.id],
      `${this.#judge.name(node.id)} has applied up to ${lastApplied}, committed up to ${commitIndex}, and a log ${log.compactedIndex + 1}..${log.lastIndex}.`,
      ['compacted, applied, committed and last index must rise in this order'],
    );
  }

  becameLeader(node: RaftView): void {
    this.#memberships.checkInForce(node);
    this.#elections.becameLeader(node);
    this.#committed.becameLeader(node);
    this.#recovery.becameLeader(node);
  }

  appended(node: RaftView, entry: Entry, prevTerm: number): void {
    this.#logs.appended(node, entry, prevTerm);
    this.#memberships.appended(node, entry);
    this.#resources.appended(node, entry);
  }

  truncating(node: RaftView, fromIndex: number): void {
    this.#logs.truncating(node, fromIndex);
    this.#memberships.truncating(node, fromIndex);
  }

  commitAdvanced(node: RaftView, from: number, counted: boolean): void {
    if (counted) this.#memberships.checkInForce(node);
    this.#committed.advanced(node, from, counted);
    this.#resources.advanced(node);
  }

  applied(node: RaftView, entry: Entry, result: ApplyResult, stateHash: number): void {
    this.#replicas.applied(node, entry, result, stateHash);
  }

  matchAdvanced(node: RaftView, peer: NodeId, matchIndex: number, session: number): void {
    this.#promises.matchAdvanced(node, peer, matchIndex, session);
  }

  backtracked(node: RaftView, peer: NodeId, nextIndex: number, matchIndex: number): void {
    this.#promises.backtracked(node, peer, nextIndex, matchIndex);
  }

  snapshotTaken(node: RaftView, snapshot: Snapshot): void {
    this.#replicas.snapshotTaken(node, snapshot);
    this.#resources.snapshotTaken(node, snapshot.lastIncludedIndex);
  }

  snapshotInstalled(
    node: RaftView,
    snapshot: Snapshot,
    stateHash: number,
    commitBefore: number,
  ): void {
    const { lastIncludedIndex, lastIncludedTerm } = snapshot;
    const suffixUpTo = this.#disks[node.id]!.suffixAfter(lastIncludedIndex, lastIncludedTerm);
    this.#replicas.snapshotInstalled(node, snapshot, commitBefore, suffixUpTo);
    this.#replicas.resumed(node, stateHash, 'installed a snapshot');
    this.#committed.restarted(node);
    this.#memberships.reset(node, snapshot.membership);
  }

  proposed(entry: Entry, request: ClientRequest): void {
    this.witness.proposed(entry, request);
  }

  acknowledgedIndex(): number {
    return this.#answers.highest;
  }

  acknowledged(node: RaftView, index: number, entry: Entry | null): void {
    if (entry !== null) this.#committed.acknowledged(node, entry);
    this.#answers.acknowledged(node, index);
  }

  readServed(node: RaftView, key: string, index: number, floor: number, leased: boolean): void {
    this.#answers.readServed(node, key, index, floor, leased);
  }

  wroteHardState(id: NodeId, term: number, votedFor: NodeId | null): void {
    this.#disks[id]!.wroteState(term, votedFor);
  }

  wroteEntry(id: NodeId, entry: Entry): void {
    this.#disks[id]!.wroteEntry(entry);
  }

  wroteTruncation(id: NodeId, fromIndex: number): void {
    this.#disks[id]!.wroteTruncation(fromIndex);
  }

  wroteSnapshot(id: NodeId, snapshot: Snapshot, keepsSuffix: boolean): void {
    this.#disks[id]!.wroteSnapshot(snapshot.lastIncludedIndex, keepsSuffix);
  }

  syncIssued(id: NodeId): void {
    this.#disks[id]!.syncIssued();
    this.#recovery.cluster.syncIssued(id);
  }

  syncDone(id: NodeId): void {
    this.#disks[id]!.syncDone();
    this.#recovery.cluster.syncDone(id);
  }
}
