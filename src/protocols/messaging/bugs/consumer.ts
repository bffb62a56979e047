import { Consumer } from '../consumer.ts';
import type { Delivery, Result } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import { Puller } from '../puller.ts';
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
  readonly #doneBy = new Map<string, string>();

  protected override seen(delivery: Delivery): boolean {
    const done = this.#doneBy.get(delivery.content.key);
    return done === undefined ? super.seen(delivery) : done === idOf(delivery);
  }
  protected override carryOut(delivery: Delivery, then: (result: Result) => void): void {
    super.carryOut(delivery, then);
    const { key } = delivery.content;
    if (this.inbox.has(key)) this.#doneBy.set(key, idOf(delivery));
  }
}

function idOf({ queue, offset, attempt }: Delivery): string {
  return `${queue}/${offset}/${attempt}`;
}

class ChecksBeforeTransaction extends Consumer {
  protected override consume(delivery: Delivery, then: (result: Result) => void): void {
    if (this.seen(delivery)) this.confirm(delivery.content.key, then);
    else
      this.log.force(() => {
        this.carryOut(delivery, then);
      });
  }
}

class AckBeforeDurable extends Consumer {
  protected override beforeAnswer(then: () => void): void {
    then();
    super.beforeAnswer(() => undefined);
  }
}

class AckBeforeProcessing extends Consumer {
  protected override consume(delivery: Delivery, then: (result: Result) => void): void {
    then('done');
    super.consume(delivery, () => undefined);
  }
}

class RefusesWithoutRow extends Consumer {
  protected override refuse(): void {
    // The answer says it; no row does.
  }
}

class AcknowledgesTheHighest extends Puller {
  #highest = 0;

  protected override doneBelow(_done: number, finished: Set<number>): number {
    this.#highest = Math.max(...finished) + 1;
    return this.#highest;
  }
}

class SendsBackWhatItLoses extends Puller {
  protected override lost(deliveries: readonly Delivery[]): void {
    // A shutdown that means well: what is in hand goes back, and stays in its queue as well.
    for (const delivery of deliveries) this.sendBack(delivery, 'failed');
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
    [TALK, 'offset-behind-work'],
    'nothing; power loss makes it visible',
    'easy',
    { consumer: AckBeforeDurable },
  ),
  bug(
    'ack-before-processing',
    'B acknowledges what it has not done yet.',
    'MQ-B19, MQ-B25',
    [TALK, 'offset-behind-work'],
    'nothing; a crash makes it visible',
    'easy',
    { consumer: AckBeforeProcessing },
  ),
  bug(
    'refuses-without-row',
    'B gives a message up and keeps no row that says so.',
    'MQ-B28',
    [TALK, 'offset-behind-work'],
    'a poison message',
    'easy',
    { consumer: RefusesWithoutRow },
  ),
  bug(
    'acknowledges-the-highest',
    'A consumer that works on several messages at once reports the highest it has finished.',
    'MQ-B20; confluentinc/confluent-kafka-go#1179',
    ['offset-behind-work'],
    'two messages at work in one queue; a crash makes it visible',
    'medium',
    { puller: AcknowledgesTheHighest },
  ),
  bug(
    'sends-back-what-it-loses',
    'A process that loses a queue sends its unfinished messages back, and they stay in the queue too.',
    'MQ-B34; apache/rocketmq#7182',
    ['sent-back-when-failed'],
    'two processes of B, one of them restarted or paused',
    'medium',
    { puller: SendsBackWhatItLoses },
    { serverNames: ['a', 'mq', 'b', 'w1', 'w2'], config: { workers: 2, memberTimeout: '1100ms' } },
  ),
];
