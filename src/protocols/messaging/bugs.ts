import type { BugDefinition } from '../protocol.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import { Broker, type Half } from './broker.ts';
import { Consumer } from './consumer.ts';
import type { Credit, Deliver, EndTx, Verdict } from './messages.ts';
import type { ServerClasses } from './node.ts';
import { Producer, type Running } from './producer.ts';

class EndsBeforeCommit extends Producer {
  protected override localTransaction(running: Running): void {
    this.endTx(running.transfer.key, 'commit');
    super.localTransaction(running);
  }
}

class NaiveCheck extends Producer {
  protected override check(key: string): void {
    // SELECT: no row, no transaction. One that is still running has no row yet.
    this.endTx(key, this.committed.has(key) ? 'commit' : 'rollback');
  }
}

class CheckSaysCommit extends Producer {
  protected override denyCheck(key: string): void {
    this.endTx(key, 'commit');
  }
}

class DebitBeforeForce extends Producer {
  protected override localTransaction(running: Running): void {
    const { key, debit, credit } = running.transfer;
    if (this.barred(key)) {
      super.localTransaction(running);
      return;
    }
    this.write({ kind: 'debit', key, debit, credit });
    this.endTx(key, 'commit');
    super.localTransaction(running);
  }
}

class MarkedBeforeSent extends Producer {
  protected override relay(key: string, credit: Credit): void {
    this.write({ kind: 'sent', key });
    super.relay(key, credit);
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

class NoInbox extends Consumer {
  protected override seen(): boolean {
    return false;
  }
}

class KnownByDeliveryId extends Consumer {
  /** The delivery that carried a key out. */
  readonly #doneBy = new Map<string, number>();

  protected override seen(message: Deliver): boolean {
    const done = this.#doneBy.get(message.key);
    return done === undefined ? super.seen(message) : done === message.attempt;
  }
  protected override carryOut(message: Deliver): void {
    super.carryOut(message);
    if (this.inbox.has(message.key)) this.#doneBy.set(message.key, message.attempt);
  }
}

class ChecksBeforeTransaction extends Consumer {
  protected override consume(message: Deliver): void {
    if (this.seen(message)) this.acknowledge(message.key);
    else
      this.log.force(() => {
        this.carryOut(message);
      });
  }
}

class AckBeforeDurable extends Consumer {
  protected override beforeAck(then: () => void): void {
    then();
    super.beforeAck(() => undefined);
  }
}

class AckBeforeProcessing extends Consumer {
  protected override consume(message: Deliver): void {
    this.answer(message.key, 'done');
    super.consume(message);
  }
}

class RefusesWithoutRow extends Consumer {
  protected override refuse(key: string): void {
    this.answer(key, 'refused');
  }
}

class InboxCleanedEarly extends Consumer {
  protected override retentionUs(): number {
    return 0;
  }
}

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

class PlainSend extends Producer {
  protected override start(running: Running): void {
    this.beginLocal(running);
  }
  protected override endTx(key: string, verdict: Verdict): void {
    // One message after the commit: nobody asks when it is lost.
    const running = this.running.get(key);
    if (verdict === 'commit' && running !== undefined)
      this.transmit({ type: 'Send', key, credit: running.transfer.credit });
  }
}

const TALK = 'durable-before-talk';

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'plain-send',
    'A commits, then sends one message: no half message, no outbox.',
    'MQ-B01: the dual write; seed document, step 1',
    ['no-loss'],
    'a crash or a lost message between',
    'easy',
    { producer: PlainSend },
  ),
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
    'inbox-cleaned-early',
    'Rows that recognise a repeated message go before the last repetition.',
    'MQ-B24; NServiceBus documentation',
    ['effectively-once', 'conservation', TALK],
    'a redelivery later than the cleaning',
    'medium',
    { consumer: InboxCleanedEarly },
  ),
  bug(
    'ends-before-commit',
    'A says commit before its local transaction.',
    'MQ-B02',
    [TALK, 'no-phantom'],
    'nothing',
    'easy',
    { producer: EndsBeforeCommit },
  ),
  bug(
    'naive-check',
    'The check looks for a row and says rollback while the transaction runs.',
    'MQ-B04; dtm QueryPrepared',
    ['no-loss'],
    'a local transaction slower than immunity',
    'medium',
    { producer: NaiveCheck },
    { config: { immunity: '1ms', checkInterval: '5ms', localTx: '30ms' } },
  ),
  bug(
    'check-says-commit',
    'The check answers commit when it does not know.',
    'MQ-B05; RocketMQ Example_Transaction.md',
    [TALK, 'no-phantom'],
    'producer restart',
    'easy',
    { producer: CheckSaysCommit },
  ),
  bug(
    'debit-before-force',
    'The debit is made and told, then made again by the transaction that was to make it.',
    'MQ-B02',
    [TALK, 'effectively-once'],
    'nothing',
    'easy',
    { producer: DebitBeforeForce },
  ),
  bug(
    'outbox-marked-before-sent',
    'The relay marks a row as sent before the broker has it.',
    'MQ-B30',
    ['no-loss'],
    'outbox mode; a lost message',
    'easy',
    { producer: MarkedBeforeSent },
    { config: { mode: 'outbox' } },
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
  bug(
    'no-inbox',
    'B carries out every delivery.',
    'MQ-B21',
    ['effectively-once', 'conservation', TALK],
    'a redelivery',
    'easy',
    { consumer: NoInbox },
  ),
  bug(
    'known-by-delivery-id',
    'B recognises a repeated message by the number of its delivery, which is new each time.',
    'MQ-B23; RocketMQ putBackHalfMsgQueue',
    ['effectively-once', 'conservation'],
    'a redelivery',
    'easy',
    { consumer: KnownByDeliveryId },
  ),
  bug(
    'checks-before-transaction',
    'B looks into its inbox before the transaction that writes into it.',
    'MQ-B22',
    ['effectively-once', 'conservation'],
    'a duplicate while the disk is at work',
    'medium',
    { consumer: ChecksBeforeTransaction },
  ),
  bug(
    'ack-before-durable',
    'B acknowledges before its local transaction is on disk.',
    'MQ-B19',
    [TALK],
    'nothing; power loss makes it visible',
    'easy',
    { consumer: AckBeforeDurable },
  ),
  bug(
    'ack-before-processing',
    'B acknowledges what it has not done yet.',
    'MQ-B19, MQ-B25',
    [TALK],
    'nothing; a crash makes it visible',
    'easy',
    { consumer: AckBeforeProcessing },
  ),
  bug(
    'refuses-without-row',
    'B gives a message up and keeps no row that says so.',
    'MQ-B28',
    [TALK],
    'a poison message',
    'easy',
    { consumer: RefusesWithoutRow },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

export function serversFor(id: string | null): ServerClasses {
  return classesWith(
    'messaging',
    planted,
    { producer: Producer, broker: Broker, consumer: Consumer },
    id,
  );
}
