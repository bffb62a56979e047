import type { Message, NodeId } from '../../sim/engine/env.ts';
import { CommitMonitor, type Ghost, type Outcome } from '../commit/index.ts';
import type { ThreePhaseMessage } from './messages.ts';

/**
 * Judges what two-phase commit's monitor judges, but here participants may decide: the first end is the decision, and
 * whoever decides otherwise breaks agreement.
 */
export class ThreePhaseMonitor extends CommitMonitor {
  protected override endedUntold({ gid, decision }: Ghost, _node: NodeId, outcome: Outcome): void {
    if (decision === null) this.decision(gid, outcome);
  }

  protected override decision(gid: string, outcome: Outcome): void {
    const decision = this.ghosts.get(gid)?.decision ?? null;
    if (decision === null || decision === outcome) super.decision(gid, outcome);
    else
      this.judge.violated(
        'agreement',
        [],
        `${gid} was ended with ${decision} by those who took the coordinator for dead, and is now decided ${outcome}.`,
      );
  }

  override sending(from: NodeId, to: NodeId, message: Message): void {
    super.sending(from, to, message);
    const said = message as ThreePhaseMessage;
    if (said.type === 'PreCommitAck') this.talk.mustBeDurable(from, said, ['precommit']);
    else if (said.type === 'PreCommit') this.#preCommits(from, said.gid);
  }

  /** Who is told to pre-commit may commit by itself: all must have voted yes. */
  #preCommits(from: NodeId, gid: string): void {
    const ghost = this.ghosts.get(gid);
    if (ghost !== undefined) this.outcomes.commitNeedsVotes(from, ghost);
  }
}
