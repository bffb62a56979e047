import type { Message, NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { EtcdReply } from './messages.ts';
import type { Change, Outcome } from './store.ts';

/** How long a client pauses before it tries again, µs. */
export const RETRY_US = 20_000;

/** A client's requests: to one server as long as it answers, and then to the next. */
export class Requests {
  readonly #env: NodeEnv;
  readonly #servers: readonly NodeId[];
  readonly #timeoutUs: number;
  #server: number;

  constructor(env: NodeEnv, servers: readonly NodeId[], timeoutUs: number) {
    this.#env = env;
    this.#servers = servers;
    this.#timeoutUs = timeoutUs;
    this.#server = env.random('server').below(servers.length);
  }

  /** Null: no answer, and nobody knows whether the change was made. */
  *propose(change: Change): Task<Outcome | null> {
    const reply = yield* this.call({ type: 'Propose', change }, this.#timeoutUs);
    return reply?.outcome ?? null;
  }

  /** As {@link ask}, with a pause when there was no answer. */
  *call(message: object, patienceUs: number): Task<EtcdReply | null> {
    const reply = yield* this.ask(message, patienceUs);
    if (reply === null) yield* this.#env.sleep(RETRY_US);
    return reply;
  }

  /** Null: no answer; the next request goes to the next server. */
  *ask(message: object, patienceUs: number): Task<EtcdReply | null> {
    const to = this.#servers[this.#server]!;
    const result = yield* this.#env.call<EtcdReply>(to, message as Message, patienceUs);
    if (result.ok && result.message.status !== 'refused') return result.message;
    this.#server = (this.#server + 1) % this.#servers.length;
    return null;
  }
}
