import type { NodeEnv, Task } from '../../sim/engine/env.ts';
import type { ZookeeperConfig } from './config.ts';
import type { SessionState, ZkSession } from './session.ts';

/** Apache Curator's words for what recipes go by. */
export type ConnectionState = 'connected' | 'suspended' | 'reconnected' | 'lost';

/**
 * What the state of a session means to a holder. `suspended`: the connection is lost, the session may live or not.
 * `lost`: it is over, because a server said so or, with `onSuspended: deadline`, because it must be by this client's own
 * clock; then it is given up for a new one.
 */
export class ConnectionStates {
  readonly listeners: ((state: ConnectionState) => void)[] = [];
  protected readonly env: NodeEnv;
  protected readonly session: ZkSession;
  readonly #policy: ZookeeperConfig['onSuspended'];
  #state: ConnectionState | null = null;

  constructor(env: NodeEnv, session: ZkSession, policy: ZookeeperConfig['onSuspended']) {
    this.env = env;
    this.session = session;
    this.#policy = policy;
    session.listeners.push((state) => {
      this.#sessionBecame(state);
    });
  }

  /**
   * When a server may have ended the session, on the monotonic clock: a timeout after the last message that it surely
   * heard was sent. Read when the connection is lost.
   */
  protected deadlineUs(): number {
    return this.session.aliveSinceUs + this.session.timeoutUs;
  }

  /** Whether this change ends what a holder may believe. */
  endsBelief(state: ConnectionState): boolean {
    return state === 'lost' || (state === 'suspended' && this.#policy === 'assume-lost');
  }

  #sessionBecame(state: SessionState): void {
    if (state === 'connected') this.#become(this.#state === 'suspended' ? 'reconnected' : state);
    else if (state === 'disconnected') {
      this.#become('suspended');
      if (this.#policy === 'deadline') this.env.spawn(this.#countDown(this.deadlineUs()));
    } else if (state === 'expired') this.#become('lost');
  }

  *#countDown(deadlineUs: number): Task {
    const { id } = this.session;
    yield* this.env.sleep(Math.max(0, deadlineUs - this.env.monotonicUs()));
    if (this.#state === 'suspended' && this.session.id === id) this.session.abandon();
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    if (state !== 'connected') this.env.mark(state === 'lost' ? 'sessionLost' : state);
    for (const listener of this.listeners) listener(state);
  }
}
