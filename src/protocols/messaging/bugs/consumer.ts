import { Consumer } from '../consumer.ts';
import type { Deliver } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import { bug, type PlantedBug } from '../../planted.ts';

class InboxCleanedEarly extends Consumer {
  protected override retentionUs(): number {
    return 0;
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

const TALK = 'durable-before-talk';

/** Bugs of service B: the inbox, the acknowledgement, the refusal. */
export const consumerBugs: readonly PlantedBug<ServerClasses>[] = [
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
