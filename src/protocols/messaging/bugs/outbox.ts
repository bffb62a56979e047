import { bug, type PlantedBug } from '../../planted.ts';
import { Consumer } from '../consumer.ts';
import type { Delivery, Result } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import { Outbox, type OutboxRow } from '../outbox.ts';
import { Relay } from '../relay.ts';

class MarkedBeforeSent extends Relay {
  protected override send(row: OutboxRow): void {
    this.host.markSent(row.content.key);
    super.send(row);
  }
}

class PolledById extends Outbox {
  #last = 0;

  protected override due(committed: (key: string) => boolean): readonly OutboxRow[] {
    // WHERE id > last: a transaction that began earlier and commits later has a lower id.
    return super.due(committed).filter(({ id }) => id > this.#last);
  }
  override sent(key: string): readonly string[] {
    this.#last = Math.max(this.#last, this.unsent.get(key)?.id ?? 0);
    return super.sent(key);
  }
}

class ClaimsRows extends Outbox {
  protected override claimOf({ content }: OutboxRow): string {
    return content.key;
  }
}

class StateOfTheAccount extends Outbox {
  override sent(key: string): readonly string[] {
    // The state says that the account has been delivered; rows that came meanwhile are part of the account.
    const account = this.unsent.get(key)?.content.shardKey;
    const rows = [...this.unsent.values()].filter(({ content }) => content.shardKey === account);
    return rows.map(({ content }) => content.key);
  }
}

class PublishesAgain extends Consumer {
  #published = 0;

  protected override consume(delivery: Delivery, then: (result: Result) => void): void {
    const { key, producer } = delivery.content;
    this.#published += 1;
    // Outside of the inbox transaction: whenever a message that is done is handled.
    if (this.inbox.get(key) === 'credited')
      this.publish(producer, key, `${key}~${this.#published}`);
    super.consume(delivery, then);
  }
}

/** Bugs of the outbox, its relay, and of what B publishes in turn. */
export const outboxBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'outbox-marked-before-sent',
    'The relay marks a row as sent before the broker has it.',
    'MQ-B30',
    ['every-row-sent'],
    'outbox mode; a lost message',
    'easy',
    { relay: MarkedBeforeSent },
    { serverNames: ['a', 'mq', 'b'], config: { mode: 'outbox' } },
  ),
  bug(
    'outbox-polled-by-id',
    'The relay asks for rows with a higher id than the last it has seen; ids are drawn when a transaction begins.',
    'MQ-B29; event-driven.io, ordering in a Postgres outbox',
    ['every-row-sent'],
    'outbox mode; two transactions at once, of which the first to begin is the last to commit',
    'easy',
    { outbox: PolledById },
    {
      serverNames: ['a', 'mq', 'b'],
      config: { mode: 'outbox', localTx: ['1ms', '40ms'], relayEvery: '10ms' },
    },
  ),
  bug(
    'outbox-claimed-by-row',
    'Each relay takes the rows that no other has, one by one: two rows of an account are under way at once.',
    'MQ-B31; FOR UPDATE SKIP LOCKED',
    ['outbox-order'],
    'outbox mode with two relays',
    'easy',
    { outbox: ClaimsRows },
    {
      serverNames: ['a', 'r1', 'r2', 'mq', 'b'],
      config: { mode: 'outbox', relays: 2, relayEvery: '10ms' },
    },
  ),
  bug(
    'outbox-state-of-the-account',
    'What is sent is kept apart from the rows, for each account: rows that come while others are under way count as sent.',
    'MQ-B32; MassTransit/MassTransit#5339',
    ['outbox-order', 'every-row-sent'],
    'outbox mode; a transfer while another of the same account is under way',
    'easy',
    { outbox: StateOfTheAccount },
    { serverNames: ['a', 'mq', 'b'], config: { mode: 'outbox', relayEvery: '10ms' } },
  ),
  bug(
    'publishes-again',
    'B publishes its receipt outside of the inbox transaction: a message that comes again has a second one.',
    'MQ-B33; MassTransit/MassTransit#3791',
    ['one-receipt'],
    'receipts; a redelivery',
    'easy',
    { consumer: PublishesAgain },
    { config: { receipts: true } },
  ),
];
