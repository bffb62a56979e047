import type { NodeEnv, Task } from '../../sim/engine/env.ts';
import type { RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { LossReason } from './loss-signal.ts';

/** What keeping a lock needs of the lock service. */
export interface KeeperPorts {
  readonly clockUs: () => number;
  readonly ttlUs: () => number;
  readonly isHeld: (lock: Lock) => boolean;
  readonly keepsAlive: (lock: Lock) => boolean;
  readonly renewsAfterFailure: () => boolean;
  readonly extend: (lock: Lock, then: (extended: boolean) => void) => void;
  readonly lose: (lock: Lock, reason: LossReason) => void;
}

/** Watches over held locks: ends them at their deadline, and extends them before it when asked to. */
export class Keeper {
  readonly #env: NodeEnv;
  readonly #config: RedlockConfig;
  readonly #ports: KeeperPorts;

  constructor(env: NodeEnv, config: RedlockConfig, ports: KeeperPorts) {
    this.#env = env;
    this.#config = config;
    this.#ports = ports;
  }

  keep(lock: Lock): void {
    this.#env.spawn(this.#watchDeadline(lock));
    if (this.#config.extend !== 'none') this.#env.spawn(this.#keepExtending(lock));
  }

  *#watchDeadline(lock: Lock): Task {
    const { clockUs, isHeld, lose } = this.#ports;
    while (isHeld(lock)) yield* this.#env.sleep(Math.max(1, lock.untilUs - clockUs()));
    lose(lock, 'deadline');
  }

  *#keepExtending(lock: Lock): Task {
    for (;;) {
      yield* this.#env.sleep(Math.max(1, this.#pauseUs(lock)));
      if (!this.#ports.keepsAlive(lock)) return;
      lock.extensions += 1;
      const answer = { came: false, extended: false };
      this.#ports.extend(lock, (extended) => {
        answer.came = true;
        answer.extended = extended;
        if (!extended && this.#config.extend === 'auto') this.#ports.lose(lock, 'extension failed');
      });
      while (!answer.came) yield* this.#env.sleep(this.#config.nodeTimeoutUs);
      if (!answer.extended && !this.#ports.renewsAfterFailure()) return;
    }
  }

  /** Until the next extension: every third of the time to live, or when little is left. */
  #pauseUs(lock: Lock): number {
    const { extend, extendThresholdUs } = this.#config;
    const { ttlUs, clockUs } = this.#ports;
    if (extend === 'watchdog') return Math.floor(ttlUs() / 3);
    return lock.untilUs - extendThresholdUs - clockUs();
  }
}
