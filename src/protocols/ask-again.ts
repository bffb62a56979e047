import type { CallResult, Message, NodeEnv, NodeId, Task } from '../sim/engine/env.ts';

/** How long a client waits, µs: for one attempt, and altogether. */
export interface Patience {
  readonly attemptTimeoutUs: number;
  readonly operationTimeoutUs: number;
}

/**
 * Asks, and asks again whenever an attempt's time is over, until there is an answer or the operation's time is over. For what
 * may be asked twice: reads, and requests that carry an id.
 */
export function* askAgain<M extends Message>(
  env: NodeEnv,
  to: NodeId,
  request: Message,
  { attemptTimeoutUs, operationTimeoutUs }: Patience,
): Task<CallResult<M>> {
  const giveUpUs = env.monotonicUs() + operationTimeoutUs;
  for (;;) {
    const result = yield* env.call<M>(to, request, attemptTimeoutUs);
    if (result.ok || env.monotonicUs() >= giveUpUs) return result;
  }
}

/** Asks, and asks again for as long as `goesOn`; null when it does not any more. For what may be asked twice, as above. */
export function* askWhile<M extends Message>(
  env: NodeEnv,
  to: NodeId,
  request: Message,
  attemptTimeoutUs: number,
  goesOn: () => boolean,
): Task<M | null> {
  while (goesOn()) {
    const result = yield* env.call<M>(to, request, attemptTimeoutUs);
    if (result.ok) return result.message;
  }
  return null;
}
