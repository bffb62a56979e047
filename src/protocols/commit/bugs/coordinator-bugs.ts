import type { NodeId } from '../../../sim/engine/env.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import { Coordinator } from '../coordinator.ts';
import type { CommitClasses } from '../node.ts';
import type { CoordinatorRecord } from '../records.ts';
import { isDecided, type Transaction } from '../transaction.ts';
import type { Outcome } from '../xa.ts';

class NoDecisionLog extends Coordinator {
  protected override logDecision(
    _transaction: Transaction,
    _outcome: Outcome,
    _participants: readonly NodeId[],
    then: () => void,
  ): void {
    then();
  }
}

class DecisionBeforeForce extends Coordinator {
  protected override force(then: () => void): void {
    then();
    super.force(() => undefined);
  }
}

class UnsyncedDecision extends Coordinator {
  protected override force(then: () => void): void {
    then();
  }
}

class MajorityCommits extends Coordinator {
  protected override countVotes(transaction: Transaction): void {
    const yes = [...transaction.votes.values()].filter((vote) => vote !== 'no').length;
    if (2 * yes > transaction.participants.length) this.decide(transaction, 'commit', '');
    else super.countVotes(transaction);
  }
}

class SilenceIsYes extends Coordinator {
  protected override votesOverdue(transaction: Transaction): void {
    this.decide(transaction, 'commit', '');
  }
}

class WrongPresumption extends Coordinator {
  protected override presumption(): Outcome {
    return super.presumption() === 'commit' ? 'abort' : 'commit';
  }
}

class ForgetsEarly extends Coordinator {
  protected override mayForget(): boolean {
    return true;
  }
}

class NoCollectingRecord extends Coordinator {
  protected override collect(transaction: Transaction): void {
    this.askForVotes(transaction);
  }
}

class RecoveryRacesLife extends Coordinator {
  protected override isOrphan(): boolean {
    return true;
  }
  protected override adopt(from: NodeId, gid: string): void {
    this.answerUnknown(from, gid);
  }
}

class OnePhaseWithTwo extends Coordinator {
  protected override onePhaseSuits(transaction: Transaction): boolean {
    return transaction.participants.length <= 2;
  }
}

class AbandonsAfterError extends Coordinator {
  protected override retry(transaction: Transaction): void {
    super.retry(transaction);
    // A killed connection was reported as a failed statement: there is no branch to come back to.
    if (isDecided(transaction)) this.giveUp(transaction);
  }
}

class ReusesXids extends Coordinator {
  #count = 0;
  protected override newGid(): string {
    this.#count += 1;
    return `${this.env.name}.0.${this.#count}`;
  }
}

class TimeoutRacesCommit extends Coordinator {
  protected override timeout(purpose: string, gid: string): void {
    const transaction = this.transactions.get(gid);
    // The timer's thread has read the old status.
    if (purpose === 'vote' && transaction !== undefined)
      this.decide(transaction, 'abort', 'votes are missing');
    else super.timeout(purpose, gid);
  }
}

class DropsValidTail extends Coordinator {
  protected override replay(records: readonly CoordinatorRecord[]): void {
    super.replay(records.slice(0, -1));
  }
}

class AdoptsForeignBranches extends Coordinator {
  protected override isOwn(): boolean {
    return true;
  }
}

class RegistersLateBranches extends Coordinator {
  protected override workedLate(from: NodeId, gid: string): void {
    this.transmit(from, { type: 'Prepare', gid, peers: [from] });
  }
}

class LastResourceFirst extends Coordinator {
  protected override beforeLastResource(then: () => void): void {
    then();
    super.beforeLastResource(() => undefined);
  }
}

class GroupedUnderAnotherKey extends Coordinator {
  protected override answerInquiry(to: NodeId, gid: string): void {
    // The record is kept under the name of its group until the group is written; under its own name there is none.
    if (this.transactions.get(gid)?.state === 'deciding') this.answerUnknown(to, gid);
    else super.answerInquiry(to, gid);
  }
}

/** Bugs of the transaction manager. */
export const coordinatorBugs: readonly PlantedBug<CommitClasses>[] = [
  bug(
    'no-decision-log',
    'The decision is kept in memory only.',
    'TX-B01',
    ['durable-before-talk', 'presumption-true', 'agreement'],
    'nothing; a crash makes it visible',
    'easy',
    { coordinator: NoDecisionLog },
  ),
  bug(
    'decision-before-force',
    'COMMIT leaves before its record is on disk.',
    'TX-B02',
    ['durable-before-talk', 'agreement'],
    'nothing; power loss makes it visible',
    'easy',
    { coordinator: DecisionBeforeForce },
  ),
  bug(
    'unsynced-decision',
    'The decision is written and never synced.',
    'TX-B03; facebook/mysql-5.6#1370',
    ['durable-before-talk', 'agreement'],
    'nothing; power loss makes it visible',
    'easy',
    { coordinator: UnsyncedDecision },
  ),
  bug(
    'majority-commits',
    'More than half the votes commit.',
    'TX-B04',
    ['commit-validity'],
    'more than two managers in a transaction',
    'easy',
    { coordinator: MajorityCommits },
  ),
  bug(
    'silence-is-yes',
    'A missing vote counts as yes.',
    'TX-B05',
    ['commit-validity'],
    'a slow or dead manager',
    'easy',
    { coordinator: SilenceIsYes },
  ),
  bug(
    'mixed-presumption',
    'The coordinator presumes the opposite of what managers do.',
    'TX-B10; Lampson & Lomet 1993',
    ['presumption-true', 'agreement'],
    'coordinator crash',
    'hard',
    { coordinator: WrongPresumption },
  ),
  bug(
    'early-forget',
    'A transaction ends before everyone has acknowledged.',
    'TX-B11; Mohan, Lindsay & Obermarck 1986',
    ['forget-safely', 'presumption-true'],
    'nothing; a lost decision makes it visible',
    'easy',
    { coordinator: ForgetsEarly },
  ),
  bug(
    'no-collecting-record',
    'Presumed commit asks for votes without noting whom.',
    'TX-B12; Lampson & Lomet 1993',
    ['durable-before-talk', 'presumption-true'],
    'presume: commit',
    'medium',
    { coordinator: NoCollectingRecord },
    { config: { presume: 'commit' } },
  ),
  bug(
    'recovery-races-life',
    'The recovery scan takes a transaction that is under way for an orphan.',
    'TX-B17; Narayana orphanSafetyInterval',
    ['abort-validity', 'presumption-true'],
    'a transaction slower than orphanSafety',
    'medium',
    { coordinator: RecoveryRacesLife },
    { config: { orphanSafety: '5ms', recoveryPeriod: '10ms' } },
  ),
  bug(
    'one-phase-with-two',
    'Two managers are told to commit in one phase.',
    'TX-B24',
    ['agreement', 'conservation'],
    'manager crash',
    'medium',
    { coordinator: OnePhaseWithTwo },
  ),
  bug(
    'abandons-after-error',
    'A branch whose connection broke is taken for ended, and the transaction is forgotten.',
    'TX-B15; pgjdbc/pgjdbc#4438: XAER_RMERR where XAER_RMFAIL was due',
    ['forget-safely'],
    'a manager that does not answer its decision',
    'medium',
    { coordinator: AbandonsAfterError },
  ),
  bug(
    'xid-reused',
    'Names of transactions begin again with every restart.',
    'TX-B19; facebook/rocksdb#6418',
    ['unique-names'],
    'coordinator restart',
    'easy',
    { coordinator: ReusesXids },
  ),
  bug(
    'timeout-races-commit',
    'The timer of the votes aborts what has been decided: no compare-and-set on the status.',
    'TX-B27; apache/incubator-seata#5404',
    ['stability', 'agreement'],
    'a decision that is not acknowledged when the votes are due',
    'medium',
    { coordinator: TimeoutRacesCommit },
  ),
  bug(
    'drops-valid-tail',
    'Recovery holds the last record for torn and drops it.',
    'TX-B40; Bitronix skipCorruptedLogs',
    ['presumption-true', 'agreement', 'stability', 'once-per-request', 'termination'],
    'coordinator crash right after a decision',
    'medium',
    { coordinator: DropsValidTail },
  ),
  bug(
    'foreign-branches-adopted',
    'The recovery scan ends branches of another transaction manager that it finds at a shared resource manager.',
    'TX-B16; pgjdbc/pgjdbc#178',
    ['abort-validity', 'presumption-true'],
    'two coordinators over the same managers; a scan that meets a branch in doubt',
    'medium',
    { coordinator: AdoptsForeignBranches },
    { config: { coordinators: 2, orphanSafety: '5ms', recoveryPeriod: '10ms' } },
  ),
  bug(
    'late-branch-registered',
    'A branch that reports after the decision is registered all the same, and asked to prepare.',
    'TX-B28; apache/incubator-seata#3220, #4969',
    ['no-orphan'],
    'work that ends after another branch has failed or the time was up',
    'medium',
    { coordinator: RegistersLateBranches },
  ),
  bug(
    'last-resource-first',
    'The last resource commits before the record says that it may have.',
    'TX-B26; Bitronix allowMultipleLrc',
    ['durable-before-talk', 'presumption-true', 'agreement'],
    'lastResource; a crash makes it visible',
    'medium',
    { coordinator: LastResourceFirst },
    { config: { lastResource: true } },
  ),
  bug(
    'grouped-under-another-key',
    'A decision that waits for its group is not found under the name of its transaction: an inquiry is answered by presumption.',
    'TX-B30; scalar-labs/scalardb#2135',
    ['abort-validity', 'presumption-true', 'agreement'],
    'groupCommit; a participant that asks while the group is collected',
    'hard',
    { coordinator: GroupedUnderAnotherKey },
    { config: { groupCommit: '40ms', inquiryTimeout: '20ms' } },
  ),
];
