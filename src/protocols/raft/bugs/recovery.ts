import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { RequestPreVote } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class EmptyAppendAtSnapshotEdge extends Raft {
  protected override sendNext(peer: NodeId, progress: Progress): boolean {
    const atEdge = progress.nextIndex > 0 && progress.nextIndex === this.log.compactedIndex;
    if (!atEdge || progress.mode === 'snapshot') return super.sendNext(peer, progress);
    if (progress.probing) return false;
    progress.probing = true;
    this.transmit(peer, this.appendFrom(progress.nextIndex - 1, 0, progress));
    return true;
  }
}

class RemovedServerDisrupts extends Raft {
  protected override protectsLeader(): boolean {
    return false;
  }
}

class HalfConnectedLeaderKept extends Raft {
  protected override checkQuorum(): void {
    if (this.role === 'leader') this.port.setTimer('checkQuorum', this.config.electionTimeoutMinUs);
  }
}

class PreVoteRaisesTerm extends Raft {
  protected override onRequestPreVote(from: NodeId, request: RequestPreVote): void {
    this.observeTerm(request.term);
    super.onRequestPreVote(from, request);
  }
}

class TimerKeptOnHeartbeat extends Raft {
  protected override heardFromLeader(leader: NodeId): void {
    if (this.role !== 'follower') this.becomeFollower(this.currentTerm, leader);
    this.leaderId = leader;
    if (!this.port.random('election').chance(20_000)) this.resetElectionTimer();
  }
}

class NoCapWithoutQuorum extends Raft {
  protected override acceptsProposals(): boolean {
    return this.transferTarget === null;
  }
}

class InflightWithoutLimit extends Raft {
  protected override sendableEntries(progress: Progress): number {
    if (progress.mode === 'probe' || !this.config.pipeline) return super.sendableEntries(progress);
    return Math.min(this.config.entriesPerAppend, this.log.lastIndex - progress.nextIndex + 1);
  }
}

class SnapshotTriggerMissed extends Raft {
  /** Due only at the very multiple: entries committed together may step over it. */
  protected override snapshotDue(): boolean {
    const every = this.config.snapshotEvery;
    return every > 0 && this.lastApplied % (every * 3) === 0 && super.snapshotDue();
  }
}

class StaysInSnapshotMode extends Raft {
  protected override snapshotArrived(peer: NodeId, progress: Progress, index: number): void {
    if (this.raiseMatch(progress, index)) this.matchAdvanced(peer, progress);
    progress.snapshotReceived = 0;
    progress.probing = false;
  }
}

/** Bugs that leave every promise intact and the cluster without its leader, its order, or an end to what it piles up. */
export const recoveryBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'empty-append-at-snapshot-edge',
    'For a member whose next entry is the last that was compacted the leader sends an empty AppendEntries, not the snapshot.',
    'B075; willemt/raft#118',
    ['replication-progresses', 'logs-converge'],
    ['snapshots', 'partition'],
    'medium',
    { core: EmptyAppendAtSnapshotEdge },
  ),
  bug(
    'removed-server-disrupts',
    'Vote requests of a removed server depose a leader that everybody hears.',
    'B093; dissertation §4.2.3; hashicorp TestRaft_FollowerRemovalNoElection',
    ['terms-settle', 'lease-is-exclusive', 'reads-are-fresh'],
    ['membership change', 'stickyLeader'],
    'easy',
    { core: RemovedServerDisrupts },
  ),
  bug(
    'half-connected-leader-kept',
    'A leader that hears from no quorum stays, and its heartbeats keep others quiet.',
    'B124; Howard & Abraham 2020 (Cloudflare outage); openraft#2080',
    ['liveness', 'leader-within-bound', 'logs-converge'],
    ['preVote', 'one-way partition'],
    'medium',
    { core: HalfConnectedLeaderKept },
  ),
  bug(
    'pre-vote-raises-term',
    'A server that is asked for a pre-vote takes over the term it is asked about.',
    'B122; dissertation §9.6',
    ['terms-settle', 'leader-within-bound', 'liveness', 'logs-converge'],
    ['preVote', 'partition'],
    'easy',
    { core: PreVoteRaisesTerm },
  ),
  bug(
    'timer-kept-on-heartbeat',
    'Now and then a heartbeat does not reset the election timer.',
    'B018; MIT student guide to Raft',
    ['terms-settle'],
    [],
    'medium',
    { core: TimerKeptOnHeartbeat },
  ),
  bug(
    'no-cap-without-quorum',
    'A leader that can commit nothing takes commands without end.',
    'B133; etcd TestRawNodeBoundedLogGrowthWithPartition',
    ['resources-are-bounded'],
    'partition',
    'easy',
    { core: NoCapWithoutQuorum },
  ),
  bug(
    'inflight-without-limit',
    'A pipelining leader sends ahead of acknowledgements without limit.',
    'etcd TestMsgAppFlowControlFull',
    ['resources-are-bounded'],
    'delays',
    'easy',
    { core: InflightWithoutLimit },
  ),
  bug(
    'snapshot-trigger-missed',
    'A snapshot is due at exact indexes only, and entries committed together skip them.',
    'B083; openraft#1829',
    ['resources-are-bounded'],
    'snapshots',
    'medium',
    { core: SnapshotTriggerMissed },
  ),
  bug(
    'stuck-after-snapshot',
    'After a snapshot arrived the leader goes on sending it.',
    'B080; etcd#10308',
    ['replication-progresses', 'logs-converge'],
    ['snapshots', 'partition'],
    'medium',
    { core: StaysInSnapshotMode },
  ),
];
