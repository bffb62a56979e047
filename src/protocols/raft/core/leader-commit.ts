import type { NodeId } from '../../../sim/engine/env.ts';
import type { Progress } from '../progress.ts';
import { Replication } from './replication.ts';

const matchOf = (progress: Progress): number => progress.matchIndex;

/** When a leader may call an entry committed, and when it must stop being one. */
export abstract class LeaderCommit extends Replication {
  protected override durableAdvanced(): void {
    if (this.role === 'candidate') this.countOwnVote();
    if (this.role === 'leader') this.countOwnEntries();
  }

  /** The leader's own copy counts once it is on its disk; sending need not wait for that (dissertation §10.2.1). */
  protected countOwnEntries(): void {
    const own = this.progress[this.id]!;
    const held = this.ownMatch();
    if (held <= own.matchIndex) return;
    own.matchIndex = held;
    this.observer?.matchAdvanced(this, this.id, held, own.session);
    this.commitByCounting();
  }

  protected ownMatch(): number {
    return this.durableIndex;
  }

  protected override matchAdvanced(_peer: NodeId, progress: Progress): void {
    if (progress.matchIndex > this.commitIndex) this.commitByCounting();
  }

  /**
   * "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and log[N].term == currentTerm:
   * set commitIndex = N" (Raft Figure 2, §5.3, §5.4).
   */
  protected commitByCounting(): void {
    const index = this.replicatedIndex();
    if (index > this.commitIndex && this.mayCommitByCounting(index))
      this.advanceCommit(index, true);
  }

  /** The highest index that a quorum holds. */
  protected replicatedIndex(): number {
    return this.quorumValue(matchOf);
  }

  /** Only entries of the own term are committed by counting; those before them follow (Raft §5.4.2, Figure 8). */
  protected mayCommitByCounting(index: number): boolean {
    return this.log.termAt(index) === this.currentTerm;
  }

  /** True once an entry of this leader's own term is committed: from then on it knows what is committed. */
  hasCommittedInTerm(): boolean {
    return this.log.termAt(this.commitIndex) === this.currentTerm;
  }

  /** A leader that a quorum has not answered for an election timeout steps down (dissertation §6.2). */
  protected checkQuorum(): void {
    if (this.role !== 'leader') return;
    this.progress[this.id]!.active = true;
    const heard = this.isQuorum((id) => this.progress[id]?.active ?? false);
    for (const progress of this.progress) if (progress !== undefined) progress.active = false;
    if (heard) this.port.setTimer('checkQuorum', this.config.electionTimeoutMinUs);
    else this.becomeFollower(this.currentTerm, null);
  }
}
