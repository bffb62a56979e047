import type { DiskError, NodeId } from '../../../sim/engine/env.ts';
import type { RaftMessage } from '../messages.ts';
import { Clients } from './clients.ts';

/**
 * One Raft server without any I/O of its own: messages, timers and completed syncs go in; messages, writes and timers
 * come out through its port. The rules live in the layers below, from the votes up to the clients.
 */
export class Raft extends Clients {
  /** Recovers from the disk and begins as a follower (Raft §5.2). */
  start(): void {
    const found = this.store.recover();
    this.inert = !found.used && !this.trustsEmptyDisk();
    this.currentTerm = found.term;
    this.votedFor = found.votedFor;
    if (found.snapshot !== null) {
      this.snapshot = found.snapshot;
      this.log.resetTo(found.snapshot.lastIncludedIndex, found.snapshot.lastIncludedTerm);
      this.loadSnapshot(found.snapshot);
    }
    for (const entry of found.entries) {
      this.log.append(entry);
      if (entry.membership !== null)
        this.memberships.push({ index: entry.index, membership: entry.membership });
    }
    this.adoptLatestMembership();
    this.observer?.started(this, found.snapshot, this.machine.stateHash, found.used);
    // What was read back may have survived only in the page cache: make it durable before building on it.
    if (!this.inert) this.persistHardState();
    if (this.config.stickyLeader && this.port.incarnation > 1) this.leaderHeardUs = this.port.monotonicUs();
    this.resetElectionTimer();
    this.syncWrites();
  }

  /** An empty disk is right only at the first boot: later it was lost, and with it votes and acknowledgements. */
  protected trustsEmptyDisk(): boolean {
    return this.port.incarnation === 1;
  }

  step(from: NodeId, message: RaftMessage, replyTo: number): void {
    switch (message.type) {
      case 'AppendEntries':
        this.onAppendEntries(from, message);
        break;
      case 'AppendEntriesReply':
        this.onAppendEntriesReply(from, message);
        break;
      case 'ClientRequest':
        this.onClientRequest(from, message, replyTo);
        break;
      case 'RequestVote':
        this.onRequestVote(from, message);
        break;
      case 'RequestVoteReply':
        this.onRequestVoteReply(from, message);
        break;
      case 'RequestPreVote':
        this.onRequestPreVote(from, message);
        break;
      case 'RequestPreVoteReply':
        this.onRequestPreVoteReply(from, message);
        break;
      case 'InstallSnapshot':
        this.onInstallSnapshot(from, message);
        break;
      case 'InstallSnapshotReply':
        this.onInstallSnapshotReply(from, message);
        break;
      case 'TimeoutNow':
        this.onTimeoutNow(from, message);
        break;
      case 'ReadIndexRequest':
        this.onReadIndexRequest(from, message);
        break;
      case 'ReadIndexReply':
        this.onReadIndexReply(message);
        break;
      case 'ForwardRequest':
        this.onForwardRequest(from, message);
        break;
      case 'ForwardReply':
        this.onForwardReply(message);
        break;
      case 'TransferLeadership':
      case 'ChangeMembership':
      case 'LeaveJoint':
        this.onAdminRequest(from, message, replyTo);
        break;
      case 'ClientReply':
        break;
    }
    this.syncWrites();
  }

  timeout(timer: string): void {
    switch (timer) {
      case 'election':
        this.dropAskedReads();
        this.forgetForwarded();
        this.electionTimedOut();
        break;
      case 'heartbeat':
        if (this.role === 'leader') this.heartbeat();
        break;
      case 'checkQuorum':
        this.checkQuorum();
        break;
      case 'batch':
        this.batchTimedOut();
        break;
      case 'transfer':
        this.transferTimedOut();
        break;
      default:
        throw new Error(`${this.name()}: unknown timer ${timer}`);
    }
    this.syncWrites();
  }

  synced(error: DiskError | null): void {
    this.syncEnded(error);
    this.syncWrites();
  }

  /** An operator's wish, from outside any message. False when refused. */
  requestTransfer(target: NodeId): boolean {
    const begun = this.transferLeadership(target);
    this.syncWrites();
    return begun;
  }

  /** An operator's wish, from outside any message. Null when proposed, else why it was refused. */
  requestMembership(voters: readonly NodeId[], learners: readonly NodeId[]): string | null {
    const refusal = this.changeMembership(voters, learners);
    this.syncWrites();
    return refusal;
  }

  protected override advanceCommit(index: number, counted: boolean): void {
    super.advanceCommit(index, counted);
    this.serveAskedReads();
  }
}
