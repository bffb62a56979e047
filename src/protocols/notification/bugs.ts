import type { BugDefinition } from '../protocol.ts';
import type { Fact, Publish } from './messages.ts';
import type { ServerClasses } from './node.ts';
import { Notifier, type Notification } from './notifier.ts';
import { Receiver } from './receiver.ts';

class AcksBeforePersist extends Notifier {
  protected override accept({ key, version }: Publish): void {
    this.transmit(this.source, { type: 'PublishAck', key, version });
    super.accept({ type: 'Publish', key, version });
  }
}

class GivesUpSilently extends Notifier {
  protected override giveUp(row: Notification): void {
    row.state = 'failed';
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

interface PlantedBug extends Partial<ServerClasses> {
  readonly definition: BugDefinition;
}

const planted: readonly PlantedBug[] = [
  bug(
    'acks-before-persist',
    'The notifier acknowledges before its row is on disk.',
    'BE-B03',
    ['durable-before-talk', 'converges'],
    'nothing; a crash makes it visible',
    { notifier: AcksBeforePersist },
  ),
  bug(
    'gives-up-silently',
    'The end of the schedule leaves no record and no alarm.',
    'BE-B04; seed document, step 3',
    ['converges'],
    'B away for longer than the schedule',
    { notifier: GivesUpSilently },
  ),
  bug(
    'silence-is-success',
    'A call without an answer counts as delivered.',
    'BE-B06',
    ['success-is-acknowledged'],
    'nothing',
    { notifier: SilenceIsSuccess },
  ),
  bug(
    'wall-clock-schedule',
    'The schedule follows the wall clock.',
    'BE-B09',
    ['schedule-kept'],
    'a clock step',
    { notifier: WallClockSchedule },
  ),
  bug(
    'volatile-attempts',
    'The count of attempts begins again with every restart.',
    'BE-B11',
    ['schedule-kept'],
    'crashes while B is away',
    { notifier: VolatileAttempts },
  ),
  bug(
    'no-backoff',
    'All calls are made at once.',
    'BE-B13',
    ['schedule-kept'],
    'a call that is not answered at once',
    { notifier: NoBackoff },
  ),
  bug(
    'old-version-overwrites',
    'B applies whatever comes last.',
    'BE-B08',
    ['never-back'],
    'reordering',
    { receiver: AppliesAnyVersion },
  ),
  bug(
    'applies-again',
    'B carries a repeated notification out again.',
    'BE-B07',
    ['effect-once', 'never-back'],
    'a lost acknowledgement',
    { receiver: AppliesAgain },
  ),
  bug(
    'acks-before-commit',
    'B acknowledges before its commit.',
    'BE-B12',
    ['durable-before-talk', 'converges'],
    'nothing; a crash makes it visible',
    { receiver: AcksBeforeCommit },
  ),
];

function bug(
  id: string,
  mutation: string,
  source: string,
  caughtBy: readonly string[],
  needs: string,
  classes: Partial<ServerClasses>,
): PlantedBug {
  return {
    definition: { id, mutation, source, caughtBy, needs: [needs], rarity: 'easy' },
    ...classes,
  };
}

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The servers to run: the correct ones, or those with the bug planted. Throws on an unknown bug. */
export function serversFor(id: string | null): ServerClasses {
  const correct = { notifier: Notifier, receiver: Receiver };
  if (id === null) return correct;
  const found = planted.find(({ definition }) => definition.id === id);
  if (found === undefined)
    throw new RangeError(
      `notification has no planted bug "${id}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  const { notifier, receiver } = { ...correct, ...found };
  return { notifier, receiver };
}
