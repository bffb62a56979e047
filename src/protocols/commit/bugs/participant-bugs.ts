import type { Change } from '../../bank.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { CommitClasses } from '../node.ts';
import type { NodeId } from '../../../sim/engine/env.ts';
import { Participant } from '../participant.ts';
import type { Prepare, Work } from '../messages.ts';
import { type Outcome, XA, type XaCode } from '../xa.ts';

class UnilateralCommit extends Participant {
  protected override whenUncertain(gid: string): void {
    this.log.append({ kind: 'commit', gid });
    this.resolve(gid, 'commit', false);
  }
}

class UnilateralAbort extends Participant {
  protected override whenUncertain(gid: string): void {
    this.log.append({ kind: 'abort', gid });
    this.resolve(gid, 'abort', false);
  }
}

class YesBeforeRecord extends Participant {
  protected override beforePromise(then: () => void): void {
    then();
    super.beforePromise(() => undefined);
  }
}

class LocksNotRestored extends Participant {
  protected override restoreLocks(): void {
    // The lock table was in memory.
  }
}

class VotesYesOnFailedWork extends Participant {
  protected override perform(gid: string, changes: readonly Change[]): XaCode {
    super.perform(gid, changes);
    return XA.OK;
  }
  protected override vetoes(): boolean {
    return false;
  }
}

class AckBeforeDurable extends Participant {
  protected override beforeAck(then: () => void): void {
    then();
  }
}

class ForgetsHeuristic extends Participant {
  protected override decideAlone(gid: string): void {
    super.decideAlone(gid);
    this.forget(gid);
  }
}

class UnknownIsCommitted extends Participant {
  protected override onePhase(from: NodeId, gid: string): void {
    if (this.manager.branches.has(gid)) super.onePhase(from, gid);
    else this.transmit(from, { type: 'Ack', gid, outcome: 'commit', code: XA.OK });
  }
}

class UnknownRollbackFails extends Participant {
  protected override endUnknown(gid: string, outcome: Outcome, ack: boolean): XaCode | null {
    if (outcome === 'abort') return null;
    return super.endUnknown(gid, outcome, ack);
  }
}

class SilentHeuristic extends Participant {
  protected override heuristicCode(): XaCode {
    return XA.OK;
  }
}

class ReadsReleaseEarly extends Participant {
  protected override perform(gid: string, changes: readonly Change[]): XaCode {
    const code = super.perform(gid, changes);
    if (changes.length === 0) this.manager.locks.release(gid);
    return code;
  }
}

class LatePrepareRevives extends Participant {
  readonly #done = new Map<string, Work>();
  protected override work(from: NodeId, work: Work): void {
    this.#done.set(work.gid, work);
    super.work(from, work);
  }
  protected override prepare(from: NodeId, message: Prepare): void {
    const work = this.#done.get(message.gid);
    // The rollback has left nothing that would refuse; a prewrite carries its work, which is done again.
    if (work !== undefined && this.manager.ended.get(message.gid) === 'abort') {
      this.manager.ended.delete(message.gid);
      super.work(from, work);
    }
    super.prepare(from, message);
  }
}

/** A branch that ends alone may end otherwise than was decided, and then half of a transfer stands. */
const HEURISTIC = ['no-heuristic-damage', 'conservation'];

/** Bugs of the resource manager. */
export const participantBugs: readonly PlantedBug<CommitClasses>[] = [
  bug(
    'unilateral-commit',
    'A prepared manager in doubt commits.',
    'TX-B06',
    ['promise-kept', 'agreement'],
    'partition',
    'easy',
    { participant: UnilateralCommit },
  ),
  bug(
    'unilateral-abort',
    'A prepared manager in doubt aborts.',
    'TX-B07',
    ['promise-kept', 'agreement'],
    'partition',
    'easy',
    { participant: UnilateralAbort },
  ),
  bug(
    'yes-before-record',
    'A manager votes yes before its record is on disk.',
    'TX-B08',
    ['durable-before-talk'],
    'nothing; power loss makes it visible',
    'easy',
    { participant: YesBeforeRecord },
  ),
  bug(
    'locks-not-restored',
    'Recovery forgets the lock set of prepared branches.',
    'TX-B09',
    ['locks-kept'],
    'manager crash',
    'medium',
    { participant: LocksNotRestored },
  ),
  bug(
    'yes-on-failed-work',
    'The answer of a failed statement is not read, and the vote is yes.',
    'TX-B18; PostgreSQL 15: PREPARE TRANSACTION in a failed transaction answers ROLLBACK',
    ['durable-before-talk', 'commit-validity'],
    'an overdraft',
    'easy',
    { participant: VotesYesOnFailedWork },
  ),
  bug(
    'ack-before-durable',
    'A manager acknowledges before the outcome is on disk.',
    'TX-B21',
    ['durable-before-talk'],
    'nothing; power loss makes it visible',
    'easy',
    { participant: AckBeforeDurable },
  ),
  bug(
    'heuristic-forgotten',
    'A heuristic outcome is dropped before it is reported.',
    'TX-B23; X/Open XA §2.3.3',
    ['heuristics-reported'],
    'heuristic decisions; a long partition',
    'medium',
    { participant: ForgetsHeuristic },
    { config: { heuristic: 'rollback', heuristicTimeout: '250ms' }, breaks: HEURISTIC },
  ),
  bug(
    'unknown-is-committed',
    'XAER_NOTA on commit counts as success.',
    'TX-B13; MongoDB SERVER-105751',
    ['durable-before-talk', 'agreement'],
    'a branch that a restart or a timeout has taken away before its one-phase commit',
    'medium',
    { participant: UnknownIsCommitted },
  ),
  bug(
    'unknown-rollback-fails',
    'XAER_NOTA on rollback is a failure, and the rollback is repeated for ever.',
    'TX-B14; apache/incubator-seata#5832',
    ['termination'],
    'presume: nothing; a branch that ended before it was told',
    'easy',
    { participant: UnknownRollbackFails },
    { config: { presume: 'nothing' } },
  ),
  bug(
    'silent-heuristic',
    'A branch that was ended alone is acknowledged as if it had been told.',
    'TX-B22; X/Open XA §2.3.3',
    ['heuristics-reported'],
    'heuristic decisions; a long partition',
    'medium',
    { participant: SilentHeuristic },
    { config: { heuristic: 'rollback', heuristicTimeout: '250ms' }, breaks: HEURISTIC },
  ),
  bug(
    'reads-release-early',
    'A branch that has only read gives its rows back before the others have worked.',
    'TX-B25; Mohan, Lindsay & Obermarck 1986',
    ['isolation'],
    'an audit among transfers',
    'medium',
    { participant: ReadsReleaseEarly },
  ),
  bug(
    'late-prepare-revives',
    'A prepare that comes after the rollback brings the branch back.',
    'TX-B20; tikv/tikv#7364',
    ['no-orphan'],
    'presume: nothing; a prepare slower than the abort',
    'medium',
    { participant: LatePrepareRevives },
    { config: { presume: 'nothing', voteTimeout: '8ms' } },
  ),
];
