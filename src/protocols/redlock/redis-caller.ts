import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { isNoScript } from '../redis/index.ts';
import type { RedisReply, RedisRequest, Reply } from '../redis/index.ts';
import type { RedlockConfig } from './config.ts';

/** Talks to Redis servers: sends a script again that a restart has forgotten, and finds the primary of a pair. */
export class RedisCaller {
  readonly #env: NodeEnv;
  readonly #config: RedlockConfig;
  readonly #retriesNoScript: () => boolean;
  readonly #onNoScript: (node: NodeId, request: RedisRequest) => void;
  #primary: NodeId = 0;

  constructor(
    env: NodeEnv,
    config: RedlockConfig,
    retriesNoScript: () => boolean,
    onNoScript: (node: NodeId, request: RedisRequest) => void,
  ) {
    this.#env = env;
    this.#config = config;
    this.#retriesNoScript = retriesNoScript;
    this.#onNoScript = onNoScript;
  }

  /** One node's answer, however late, up to the time to live; undefined after that (null is Redis' nil). */
  *ask(node: NodeId, request: () => RedisRequest): Task<Reply | undefined> {
    const first = request();
    const reply = yield* this.#call(node, first);
    if (reply === undefined || !isNoScript(reply)) return reply;
    this.#onNoScript(node, first);
    if (!this.#retriesNoScript()) return reply;
    const command = ['EVAL', ...first.command.slice(1)];
    return yield* this.#call(node, { ...request(), command });
  }

  /** Asks node 0 for a number; `then` gets null when there is none in time. */
  *integer(request: RedisRequest, then: (answer: number | null) => void): Task {
    const { nodeTimeoutUs } = this.#config;
    const result = yield* this.#env.call<RedisReply>(this.#primary, request, nodeTimeoutUs);
    const reply = result.ok ? result.message.reply : null;
    then(typeof reply === 'number' ? reply : null);
  }

  *#call(node: NodeId, request: RedisRequest): Task<Reply | undefined> {
    const { failover, nodeTimeoutUs, ttlUs } = this.#config;
    const address = failover ? this.#primary : node;
    const timeoutUs = failover ? nodeTimeoutUs : ttlUs;
    const result = yield* this.#env.call<RedisReply>(address, request, timeoutUs);
    const refused = result.ok && isReadOnly(result.message.reply);
    // The other one of the pair may have taken over.
    if (failover && (!result.ok || refused) && address === this.#primary)
      this.#primary = 1 - address;
    return result.ok ? result.message.reply : undefined;
  }
}

function isReadOnly(reply: Reply): boolean {
  return (
    typeof reply === 'object' &&
    reply !== null &&
    'error' in reply &&
    reply.error.startsWith('READONLY')
  );
}
