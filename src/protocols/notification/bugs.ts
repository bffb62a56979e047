import type { BugDefinition } from '../protocol.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { Fact, Publish } from './messages.ts';
import { Database, type Row } from './database.ts';
import { ClaimingNotifier } from './claiming-notifier.ts';
import { CORRECT, type ServerClasses } from './node.ts';
import { Notifier, type Notification } from './notifier.ts';
import { Receiver } from './receiver.ts';

class AcksBeforePersist extends Notifier {
  protected override accept(publish: Publish): void {
    const { key, version, effect } = publish;
    this.transmit(this.roles.source, { type: 'PublishAck', key, version, effect });
    super.accept(publish);
  }
}

class GivesUpSilently extends Notifier {
  protected override giveUp(row: Notification): void {
    row.state = 'failed';
  }
}

class NeverSelectedAgain extends Notifier {
  protected override isDue(row: Notification): boolean {
    return row.attempts === 0 && super.isDue(row);
  }
}

class SilenceIsSuccess extends Notifier {
  protected override called(row: Notification): void {
    this.succeed(row);
  }
}

class WallClockSchedule extends Notifier {
  protected override clockUs(): number {
    return this.env.wallUs();
  }
}

class VolatileAttempts extends Notifier {
  protected override countsAttempts(): number {
    return 0;
  }
}

class NoBackoff extends Notifier {
  protected override pauseUs(): number {
    return 0;
  }
}

class OneAfterTheOther extends Notifier {
  protected override isDue(row: Notification): boolean {
    const first = [...this.table.values()].find(({ state }) => state === 'pending');
    return row === first && super.isDue(row);
  }
}

/** SELECT what is due, and nothing else: the attempt is counted with its result. */
class SelectsWithoutClaim extends Database {
  protected override take(row: Row): number {
    return row.attempts + 1;
  }
  protected override accepts(row: Row, attempt: number): boolean {
    row.attempts = Math.max(row.attempts, attempt);
    return row.state === 'pending';
  }
}

class WritesWithoutCompare extends Database {
  protected override accepts(): boolean {
    return true;
  }
}

class BelievesItsClaim extends ClaimingNotifier {
  protected override isHeld(): boolean {
    return true;
  }
}

class AppliesAnyVersion extends Receiver {
  protected override isNews(fact: Fact): boolean {
    return fact.version !== this.versions.get(fact.key);
  }
}

class AppliesAgain extends Receiver {
  protected override isNews(fact: Fact): boolean {
    return fact.version >= (this.versions.get(fact.key) ?? 0);
  }
}

class AcksBeforeCommit extends Receiver {
  protected override beforeAck(then: () => void): void {
    then();
    super.beforeAck(() => undefined);
  }
}

/** Whatever waits for its time is due at once. */
const TOMORROW = ['1s', '2s', '3s'].map((at, index) => ({
  id: `tomorrow${index + 1}`,
  at,
  kind: 'clock-step',
  target: 'servers',
  by: '1440m',
}));

/** Now and then somebody falls asleep when a row is claimed, for longer than most leases. */
const SLEEPERS = [2, 5, 8, 11, 14, 17, 20, 23].map((nth) => ({
  id: `sleeper${nth}`,
  when: { mark: 'claimed', nth },
  kind: 'pause',
  target: 'random 1',
  for: '700ms',
  mayMiss: true,
}));

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'acks-before-persist',
    'The notifier acknowledges before its row is on disk.',
    'BE-B03',
    ['durable-before-talk', 'converges'],
    'nothing; a crash makes it visible',
    'easy',
    { notifier: AcksBeforePersist },
  ),
  bug(
    'gives-up-silently',
    'The end of the schedule leaves no record and no alarm.',
    'BE-B04; seed document, step 3',
    ['converges'],
    'B away for longer than the schedule',
    'easy',
    { notifier: GivesUpSilently },
    { config: { schedule: ['0s', '50ms'] } },
  ),
  bug(
    'never-selected-again',
    'The query for due rows misses those that were called once.',
    'BE-B05; RamaAditya49/titen#32',
    ['none-held-up', 'converges'],
    'one call that fails',
    'easy',
    { notifier: NeverSelectedAgain },
  ),
  bug(
    'silence-is-success',
    'A call without an answer counts as delivered.',
    'BE-B06',
    ['success-is-acknowledged'],
    'nothing',
    'easy',
    { notifier: SilenceIsSuccess },
  ),
  bug(
    'wall-clock-schedule',
    'The schedule follows the wall clock.',
    'BE-B09',
    ['schedule-kept', 'none-held-up'],
    'a clock step',
    'easy',
    { notifier: WallClockSchedule },
    { faults: TOMORROW },
  ),
  bug(
    'volatile-attempts',
    'The count of attempts begins again with every restart.',
    'BE-B11',
    ['schedule-kept'],
    'crashes while B is away',
    'easy',
    { notifier: VolatileAttempts },
    { config: { schedule: ['0s', '50ms'] } },
  ),
  bug(
    'no-backoff',
    'All calls are made at once.',
    'BE-B13',
    ['schedule-kept'],
    'a call that is not answered at once',
    'easy',
    { notifier: NoBackoff },
  ),
  bug(
    'one-after-the-other',
    'A call waits until the one before it is answered or given up: one dead receiver holds up all.',
    'BE-B14; RamaAditya49/titen#32',
    ['none-held-up'],
    'a receiver that is away',
    'easy',
    { notifier: OneAfterTheOther },
  ),
  bug(
    'old-version-overwrites',
    'B applies whatever comes last.',
    'BE-B08',
    ['never-back'],
    'reordering',
    'easy',
    { receiver: AppliesAnyVersion },
  ),
  bug(
    'applies-again',
    'B carries a repeated notification out again.',
    'BE-B07',
    ['effect-once', 'never-back'],
    'a lost acknowledgement',
    'easy',
    { receiver: AppliesAgain },
  ),
  bug(
    'acks-before-commit',
    'B acknowledges before its commit.',
    'BE-B12',
    ['durable-before-talk', 'converges'],
    'nothing; a crash makes it visible',
    'easy',
    { receiver: AcksBeforeCommit },
  ),
];

/** Bugs of several notifiers before one database. */
const plantedShared: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'no-claim',
    'Two notifiers read the same due row, and both make the call.',
    'BE-B10',
    ['one-sender-per-attempt', 'schedule-kept'],
    'two notifiers',
    'easy',
    { database: SelectsWithoutClaim },
  ),
  bug(
    'result-without-compare',
    'A notifier that was away for longer than its lease writes its result over what another one has written.',
    'BE-B10; a row lease without its fencing',
    ['success-is-final'],
    'a notifier that hears nothing and is away beyond its lease',
    'medium',
    { database: WritesWithoutCompare },
  ),
  bug(
    'lease-not-looked-at',
    'A notifier calls for a claim without asking whether it is still its own.',
    'BE-B10; Kleppmann 2016, How to do distributed locking',
    ['one-sender-per-attempt', 'schedule-kept'],
    'a notifier that is away between its claim and its call',
    'medium',
    { claimingNotifier: BelievesItsClaim },
    { faults: SLEEPERS },
  ),
];

/**
 * The zoo: each bug a small override of one rule of the correct code. BE-B01 and BE-B02 are configurations, as the seed
 * document allows them: `publish: afterCommit` (scenario notify-dual-write-gap) and `storage: memory`
 * (notify-memory-queue-loses).
 */
export const ownTableBugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);
export const sharedTableBugs: readonly BugDefinition[] = plantedShared.map(
  ({ definition }) => definition,
);
export const bugs: readonly BugDefinition[] = [...ownTableBugs, ...sharedTableBugs];

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith('notification', [...planted, ...plantedShared], CORRECT, id);
}
