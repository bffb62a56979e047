import type { NodeId } from '../../sim/engine/env.ts';
import { notModelled, wrongArity } from './errors.ts';
import type { Reply } from './reply.ts';

/**
 * Who listens to which channel. It is kept in memory alone: a restart forgets it, and what is published meanwhile reaches
 * nobody. A node stands for the one connection it subscribes with; one that dies without a word stays in the list, as
 * behind a connection whose end nobody has noticed. One channel a command is modelled.
 */
export class Subscriptions {
  readonly #listeners = new Map<string, Set<NodeId>>();

  /** The answer to SUBSCRIBE and UNSUBSCRIBE; undefined for any other command. */
  execute([verb = '', channel, ...more]: readonly string[], client: NodeId): Reply | undefined {
    const word = verb.toLowerCase();
    if (word !== 'subscribe' && word !== 'unsubscribe') return undefined;
    if (channel === undefined)
      return word === 'subscribe' ? wrongArity(word) : notModelled('UNSUBSCRIBE from all channels');
    if (more.length > 0) return notModelled(`${word.toUpperCase()} with more than one channel`);
    if (word === 'subscribe') this.#add(channel, client);
    else this.#remove(channel, client);
    return [word, channel, this.#channelsOf(client)];
  }

  listenersOf(channel: string): readonly NodeId[] {
    return [...(this.#listeners.get(channel) ?? [])];
  }

  #add(channel: string, client: NodeId): void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(client));
  }

  #remove(channel: string, client: NodeId): void {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(client);
    if (listeners?.size === 0) this.#listeners.delete(channel);
  }

  #channelsOf(client: NodeId): number {
    return [...this.#listeners.values()].filter((listeners) => listeners.has(client)).length;
  }
}
