import type { NodeId } from '../../sim/engine/env.ts';
import type { ReportViolation } from '../protocol.ts';
import { isFairQuestion } from './fair-order.ts';
import { releaseChannel, turnChannel } from '../redis/index.ts';

/** One client's time of listening to one channel: numbers that rise with time, by node. */
interface Listening {
  readonly since: Map<NodeId, number>;
  /** When it last asked for the lock. */
  readonly asked: Map<NodeId, number>;
}

/**
 * Judges, from the servers' side, whether a client that waits for news could miss them: what was released between its
 * question and its subscription is told to nobody.
 */
export class NewsOrder {
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** By channel, by client. */
  readonly #listening = new Map<string, Map<NodeId, Listening>>();
  #steps = 0;

  constructor(nameOf: (id: NodeId) => string, report: ReportViolation) {
    this.#nameOf = nameOf;
    this.#report = report;
  }

  /** The client is about to subscribe, anew if it did before. */
  subscribing(channel: string, client: NodeId): void {
    const clients = this.#listening.get(channel) ?? new Map<NodeId, Listening>();
    const asked = clients.get(client)?.asked ?? new Map<NodeId, number>();
    this.#listening.set(channel, clients.set(client, { since: new Map(), asked }));
  }

  /** A server carries a client's command out. */
  carriedOut(node: NodeId, command: readonly string[], client: NodeId): void {
    this.#steps += 1;
    const [verb, word] = command;
    if (verb === 'SUBSCRIBE') {
      const since = this.#of(word!, client)?.since;
      // A copy that comes late changes nothing.
      if (since?.has(node) === false) since.set(node, this.#steps);
    } else {
      const channel = channelOf(command);
      if (channel !== null) this.#of(channel, client)?.asked.set(node, this.#steps);
    }
  }

  /**
   * The client waits to be told of a lock that a majority has refused it. A server that took its subscription before it
   * refused will tell of the release; the majorities of both meet in one.
   */
  waits(channel: string, client: NodeId): void {
    const { since, asked } = this.#of(channel, client)!;
    const listeners = [...since];
    if (listeners.some(([node, at]) => (asked.get(node) ?? 0) > at)) return;
    const nodes = listeners.map(([node]) => node);
    this.#report({
      invariant: 'no-missed-news',
      sentence: `${this.#nameOf(client)} waits to be told on ${channel}; ${nodes.map((node) => this.#nameOf(node)).join(', ')} took its subscription after its last question.`,
      because: [
        'A release in between was told to nobody.',
        'It must ask once more after it has subscribed.',
      ],
      nodes: [client, ...nodes],
    });
  }

  #of(channel: string, client: NodeId): Listening | undefined {
    return this.#listening.get(channel)?.get(client);
  }
}

/** Where the release is told that this question for a lock may have to wait for; null for any other command. */
function channelOf([, script, , key, , , fairValue]: readonly string[]): string | null {
  if (script === 'try-acquire') return releaseChannel(key!);
  return isFairQuestion(script) ? turnChannel(fairValue!) : null;
}
