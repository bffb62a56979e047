import type { NodeId } from '../../sim/engine/env.ts';
import type { BugDefinition } from '../protocol.ts';
import type { Change } from '../bank.ts';
import { CommitClient } from './client.ts';
import { Coordinator } from './coordinator.ts';
import type { ServerClasses } from './node.ts';
import { Participant } from './participant.ts';
import type { Transaction } from './transaction.ts';
import { type Outcome, XA, type XaCode } from './xa.ts';

/** One bug: what it is, and the class that has it. */
interface PlantedBug {
  readonly definition: BugDefinition;
  readonly coordinator?: typeof Coordinator;
  readonly participant?: typeof Participant;
  readonly client?: typeof CommitClient;
}

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

class NewRequestEachTime extends CommitClient {
  #attempts = 0;
  protected override requestName(token: number): string {
    this.#attempts += 1;
    return `${super.requestName(token)}#${this.#attempts}`;
  }
}

const planted: readonly PlantedBug[] = [
  coordinatorBug(
    'no-decision-log',
    'The decision is kept in memory only.',
    'TX-B01',
    ['durable-before-talk', 'presumption-true', 'agreement'],
    ['nothing; a crash makes it visible'],
    'easy',
    NoDecisionLog,
  ),
  coordinatorBug(
    'decision-before-force',
    'COMMIT leaves before its record is on disk.',
    'TX-B02',
    ['durable-before-talk', 'agreement'],
    ['nothing; power loss makes it visible'],
    'easy',
    DecisionBeforeForce,
  ),
  coordinatorBug(
    'unsynced-decision',
    'The decision is written and never synced.',
    'TX-B03; facebook/mysql-5.6#1370',
    ['durable-before-talk', 'agreement'],
    ['nothing; power loss makes it visible'],
    'easy',
    UnsyncedDecision,
  ),
  coordinatorBug(
    'majority-commits',
    'More than half the votes commit.',
    'TX-B04',
    ['commit-validity'],
    ['more than two managers in a transaction'],
    'easy',
    MajorityCommits,
  ),
  coordinatorBug(
    'silence-is-yes',
    'A missing vote counts as yes.',
    'TX-B05',
    ['commit-validity'],
    ['a slow or dead manager'],
    'easy',
    SilenceIsYes,
  ),
  coordinatorBug(
    'mixed-presumption',
    'The coordinator presumes the opposite of what managers do.',
    'TX-B10; Lampson & Lomet 1993',
    ['presumption-true', 'agreement'],
    ['coordinator crash'],
    'hard',
    WrongPresumption,
  ),
  coordinatorBug(
    'early-forget',
    'A transaction ends before everyone has acknowledged.',
    'TX-B11; Mohan, Lindsay & Obermarck 1986',
    ['forget-safely', 'presumption-true'],
    ['nothing; a lost decision makes it visible'],
    'easy',
    ForgetsEarly,
  ),
  coordinatorBug(
    'no-collecting-record',
    'Presumed commit asks for votes without noting whom.',
    'TX-B12; Lampson & Lomet 1993',
    ['durable-before-talk', 'presumption-true'],
    ['presume: commit'],
    'medium',
    NoCollectingRecord,
  ),
  coordinatorBug(
    'recovery-races-life',
    'The recovery scan takes a transaction that is under way for an orphan.',
    'TX-B17; Narayana orphanSafetyInterval',
    ['abort-validity', 'presumption-true'],
    ['a transaction slower than orphanSafety'],
    'medium',
    RecoveryRacesLife,
  ),
  coordinatorBug(
    'one-phase-with-two',
    'Two managers are told to commit in one phase.',
    'TX-B24',
    ['agreement', 'conservation'],
    ['manager crash'],
    'medium',
    OnePhaseWithTwo,
  ),
  participantBug(
    'unilateral-commit',
    'A prepared manager in doubt commits.',
    'TX-B06',
    ['promise-kept', 'agreement'],
    ['partition'],
    'easy',
    UnilateralCommit,
  ),
  participantBug(
    'unilateral-abort',
    'A prepared manager in doubt aborts.',
    'TX-B07',
    ['promise-kept', 'agreement'],
    ['partition'],
    'easy',
    UnilateralAbort,
  ),
  participantBug(
    'yes-before-record',
    'A manager votes yes before its record is on disk.',
    'TX-B08',
    ['durable-before-talk'],
    ['nothing; power loss makes it visible'],
    'easy',
    YesBeforeRecord,
  ),
  participantBug(
    'locks-not-restored',
    'Recovery forgets the lock set of prepared branches.',
    'TX-B09',
    ['locks-kept'],
    ['manager crash'],
    'medium',
    LocksNotRestored,
  ),
  participantBug(
    'yes-on-failed-work',
    'The answer of a failed statement is not read, and the vote is yes.',
    'TX-B18; PostgreSQL 15: PREPARE TRANSACTION in a failed transaction answers ROLLBACK',
    ['durable-before-talk', 'commit-validity'],
    ['an overdraft'],
    'easy',
    VotesYesOnFailedWork,
  ),
  participantBug(
    'ack-before-durable',
    'A manager acknowledges before the outcome is on disk.',
    'TX-B21',
    ['durable-before-talk'],
    ['nothing; power loss makes it visible'],
    'easy',
    AckBeforeDurable,
  ),
  participantBug(
    'heuristic-forgotten',
    'A heuristic outcome is dropped before it is reported.',
    'TX-B23; X/Open XA §2.3.3',
    ['heuristics-reported'],
    ['heuristic decisions; a long partition'],
    'medium',
    ForgetsHeuristic,
  ),
  {
    definition: {
      id: 'new-request-each-time',
      mutation: 'A client that repeats a request gives it a new name.',
      source: 'TX-B41',
      caughtBy: ['once-per-request'],
      needs: ['a lost answer'],
      rarity: 'easy',
    },
    client: NewRequestEachTime,
  },
];

function facts(
  id: string,
  mutation: string,
  source: string,
  caughtBy: readonly string[],
  needs: readonly string[],
  rarity: BugDefinition['rarity'],
): BugDefinition {
  return { id, mutation, source, caughtBy, needs, rarity };
}

function coordinatorBug(
  ...[id, mutation, source, caughtBy, needs, rarity, coordinator]: [
    ...Parameters<typeof facts>,
    typeof Coordinator,
  ]
): PlantedBug {
  return { definition: facts(id, mutation, source, caughtBy, needs, rarity), coordinator };
}

function participantBug(
  ...[id, mutation, source, caughtBy, needs, rarity, participant]: [
    ...Parameters<typeof facts>,
    typeof Participant,
  ]
): PlantedBug {
  return { definition: facts(id, mutation, source, caughtBy, needs, rarity), participant };
}

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map((bug) => bug.definition);

function find(bug: string | null): Partial<PlantedBug> {
  if (bug === null) return {};
  const found = planted.find((one) => one.definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `commit has no planted bug "${bug}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  return found;
}

/** The servers to run: the correct ones, or those with the bug planted. Throws on an unknown bug. */
export function serversFor(bug: string | null): ServerClasses {
  const { coordinator, participant } = find(bug);
  return { coordinator: coordinator ?? Coordinator, participant: participant ?? Participant };
}

export function clientFor(bug: string | null): typeof CommitClient {
  return find(bug).client ?? CommitClient;
}
