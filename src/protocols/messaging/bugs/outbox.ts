import type { ServerClasses } from '../node.ts';
import { Producer } from '../producer.ts';
import type { Content } from '../records.ts';
import { bug, type PlantedBug } from '../../planted.ts';

class MarkedBeforeSent extends Producer {
  protected override relay(content: Content): void {
    this.write({ kind: 'sent', key: content.key });
    super.relay(content);
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
