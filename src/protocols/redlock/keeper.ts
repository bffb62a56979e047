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
    if (this.#config.extend !== 'none') this.#env.spawn(this.#extendInTime(lock));
  }

  *#watchDeadline(lock: Lock): Task {
    const { clockUs, isHeld, lose } = this.#ports;
    while (isHeld(lock)) yield* this.#env.sleep(Math.max(1, lock.untilUs - clockUs()));
    lose(lock, 'deadline');
  }

  *#extendInTime(lock: Lock): Task {
    yield* this.#env.sleep(Math.max(1, this.#pauseUs(lock)));
    if (!this.#ports.keepsAlive(lock)) return;
    lock.extensions += 1;
    this.#ports.extend(lock, (extended) => {
      if (!extended && this.#config.extend === 'auto') this.#ports.lose(lock, 'extension failed');
      if (extended || this.#ports.renewsAfterFailure()) this.#env.spawn(this.#extendInTime(lock));
    });
  }

  /** Until the next extension: every third of the time to live, or when little is left. */
  #pauseUs(lock: Lock): number {
    const { extend, extendThresholdUs } = this.#config;
    const { ttlUs, clockUs } = this.#ports;
    if (extend === 'watchdog') return Math.floor(ttlUs() / 3);
    return lock.untilUs - extendThresholdUs - clockUs();
  }
}
