import type { Credit } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import { Producer } from '../producer.ts';
import { bug, type PlantedBug } from '../../planted.ts';

class MarkedBeforeSent extends Producer {
  protected override relay(key: string, credit: Credit): void {
    this.write({ kind: 'sent', key });
    super.relay(key, credit);
  }
}

/** Bugs of the outbox and its relay. */
export const outboxBugs: readonly PlantedBug<ServerClasses>[] = [
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
];
