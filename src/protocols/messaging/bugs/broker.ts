import { bug, type PlantedBug } from '../../planted.ts';
import { Broker } from '../broker.ts';
import type { Delivery } from '../messages.ts';
import type { ServerClasses } from '../node.ts';

class SilentDeadLetters extends Broker {
  protected override alarm(): void {
    // Nobody looks into the dead letter queue.
  }
}

class AnswersBeforeFlush extends Broker {
  protected override safe(then: () => void): void {
    then();
    this.log.force(() => undefined);
  }
}

class XorBackoff extends Broker {
  protected override pauseUs(attempt: number): number {
    // `2 ^ n` is no power here.
    return this.config.retryTableUs[(attempt - 2) ^ 2] ?? super.pauseUs(attempt);
  }
}

class TakesOverWhereTheOtherWas extends Broker {
  readonly #given = new Map<string, number>();

  protected override given(group: number, { queue, offset }: Delivery): void {
    this.#given.set(`${group}/${queue}`, offset + 1);
  }
  protected override startOffset(group: number, queue: number): number {
    return this.#given.get(`${group}/${queue}`) ?? super.startOffset(group, queue);
  }
}

const TALK = 'durable-before-talk';

/** Bugs of the broker with messages: flush, redelivery, queues that change hands, dead letters. */
export const brokerBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'silent-dead-letters',
    'Dead letters raise no alarm.',
    'MQ-B26; seed document, step 5',
    ['consumed-in-the-end', 'no-loss'],
    'a poison message',
    'easy',
    { broker: SilentDeadLetters },
    { config: { onDead: 'alarm', retryTable: ['20ms', '50ms'] } },
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
    'xor-backoff',
    'The pause before a redelivery is computed with an exclusive or in place of a power.',
    'MQ-B12; RocketMQ TransactionalMessageServiceImpl',
    ['retry-spacing'],
    'a message that fails three times',
    'easy',
    { broker: XorBackoff },
  ),
  bug(
    'takes-over-where-the-other-was',
    'A queue that goes to another process is continued behind what the last owner was given, finished or not.',
    'MQ-B27; rebalance overlap',
    ['consumed-in-the-end', 'queue-order', 'offset-behind-work'],
    'a process of B that is paused, or lost, with messages in its hands',
    'medium',
    { broker: TakesOverWhereTheOtherWas },
    {
      serverNames: ['a', 'mq', 'b', 'w1', 'w2'],
      config: { workers: 2, ordered: true, memberTimeout: '1100ms', retryTable: ['20ms', '50ms'] },
    },
  ),
];
