import type { NodeEnv } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type { MessagingMessage } from './messages.ts';
import type { OutboxRow } from './outbox.ts';

/** The process that carries outbox rows to the broker. */
export interface RelayHost {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  /** Asks for rows; {@link Relay.rows} is called with them. */
  pollOutbox(): void;
  markSent(key: string): void;
  toBroker(message: MessagingMessage): void;
}

/** Carries rows to the broker at least once: of each batch one at a time, the next when the broker has the one before. */
export class Relay {
  protected readonly host: RelayHost;
  /** Batches under way, by the key of the row that is on its way. */
  readonly #batches = new Map<string, readonly OutboxRow[]>();

  constructor(host: RelayHost) {
    this.host = host;
  }

  begin(): void {
    this.host.pollOutbox();
    this.host.env.setTimer('relay', this.host.config.relayEveryUs);
  }

  /** The timer `purpose:key` fired. Returns false when it is none of these. */
  timeout(purpose: string, key: string): boolean {
    if (purpose === 'relay') this.begin();
    else if (purpose === 'resend') {
      // Not again: what it still has to send it gets with the next poll, unless another relay has claimed it.
      this.#batches.delete(key);
    } else return false;
    return true;
  }

  rows(batches: readonly (readonly OutboxRow[])[]): void {
    const underWay = new Set([...this.#batches.values()].flat().map(({ content }) => content.key));
    for (const batch of batches)
      if (!batch.some(({ content }) => underWay.has(content.key))) this.#next(batch);
  }

  #next(batch: readonly OutboxRow[]): void {
    const [row] = batch;
    if (row === undefined) return;
    const { key } = row.content;
    this.#batches.set(key, batch);
    this.send(row);
    this.host.env.setTimer(`resend:${key}`, this.host.config.sendTimeoutUs);
  }

  protected send({ content }: OutboxRow): void {
    this.host.toBroker({ type: 'Send', content });
  }

  /** The broker has it: now, and only now, it is sent. */
  stored(key: string): void {
    const batch = this.#batches.get(key);
    this.host.markSent(key);
    if (batch === undefined) return;
    this.#batches.delete(key);
    this.host.env.cancelTimer(`resend:${key}`);
    this.#next(batch.slice(1));
  }
}
