import { Broker, type Half } from '../broker.ts';
import type { Credit, EndTx } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import { bug, type PlantedBug } from '../../planted.ts';

class EndBeforeMessage extends Broker {
  protected override end(key: string, credit: Credit, commit: boolean): void {
    if (!commit) {
      super.end(key, credit, commit);
      return;
    }
    this.write({ kind: 'committed', key });
    this.log.force(() => {
      super.end(key, credit, commit);
    });
  }
}

class NeverChecks extends Broker {
  protected override checkBack(): void {
    // The check service is off.
  }
}

class ImmunityUsesUpChecks extends Broker {
  protected override immune(half: Half): boolean {
    const immune = super.immune(half);
    if (immune) half.checks += 1;
    return immune;
  }
}

class CheckLoopAborts extends Broker {
  protected override checkBack(): void {
    try {
      super.checkBack();
    } catch (error) {
      // The next round begins with the same half message, and ends there again.
      this.env.log(() => String(error));
    }
  }
  protected override discard(key: string): void {
    throw new Error(`${key} cannot be put into the queue of discarded half messages`);
  }
}

class LateEndAccepted extends Broker {
  protected override lateEnd(key: string, verdict: EndTx['verdict']): void {
    if (verdict === 'unknown') return;
    this.write({ kind: verdict === 'commit' ? 'committed' : 'rolledBack', key });
  }
}

class SilentDeadLetters extends Broker {
  protected override alarm(): void {
    // Nobody looks into the dead letter queue.
  }
}

class AnswersBeforeFlush extends Broker {
  protected override flushed(then: () => void): void {
    then();
    this.log.force(() => undefined);
  }
}

const TALK = 'durable-before-talk';

/** Bugs of the broker: half messages and how they end, check-back, flush, dead letters. */
export const brokerBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'end-before-message',
    'The broker notes the end of a half message on disk before the message itself.',
    'MQ-B10; the inverse of RocketMQ EndTransactionProcessor',
    ['no-loss'],
    'broker crash between',
    'medium',
    { broker: EndBeforeMessage },
  ),
  bug(
    'never-checks',
    'The broker never asks how a half message ended.',
    'MQ-B03',
    ['no-loss'],
    'a lost EndTx',
    'easy',
    { broker: NeverChecks },
  ),
  bug(
    'immunity-uses-up-checks',
    'Every look at a half message that is still too young counts as a check.',
    'MQ-B07; apache/rocketmq#8311',
    ['checked-in-full'],
    'a lost EndTx; an immunity longer than the checks take',
    'easy',
    { broker: ImmunityUsesUpChecks },
    { config: { immunity: '2s', checkInterval: '50ms' } },
  ),
  bug(
    'check-loop-aborts',
    'One half message that cannot be discarded ends every round of checks before those behind it.',
    'MQ-B11; apache/rocketmq#9500, #1568',
    ['no-loss'],
    'a half message whose checks are used up',
    'medium',
    { broker: CheckLoopAborts },
    { config: { immunity: '1ms', checkInterval: '20ms', checkMax: 1 } },
  ),
  bug(
    'late-end-accepted',
    'The broker changes the end of a half message that has ended.',
    'MQ-B18',
    ['half-ends-once'],
    'a rollback after a commit',
    'hard',
    { broker: LateEndAccepted },
    { config: { immunity: '1ms', checkInterval: '5ms' } },
  ),
  bug(
    'silent-dead-letters',
    'Dead letters raise no alarm.',
    'MQ-B26; seed document, step 5',
    ['consumed-in-the-end', 'no-loss'],
    'a poison message',
    'easy',
    { broker: SilentDeadLetters },
  ),
  bug(
    'answers-before-flush',
    'The broker answers before the disk although synchronous flush was asked for.',
    'MQ-B14; RocketMQ ASYNC_FLUSH',
    [TALK],
    'nothing; power loss makes it visible',
    'easy',
    { broker: AnswersBeforeFlush },
  ),
];
