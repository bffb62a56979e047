import type { NodeEnv, NodeProgram } from 'splitbrain';
import { campaign, simTest } from 'splitbrain/vitest';

type Word = { readonly type: 'acquire' | 'granted' | 'release' };

/** Lends one lock, and takes it back by itself after ten seconds. */
class Lock implements NodeProgram {
  expired = false;
  #holder: number | null = null;
  readonly #env: NodeEnv;
  constructor(env: NodeEnv) {
    this.#env = env;
  }
  onMessage(from: number, message: { readonly type: string }): void {
    if (message.type === 'release' && from === this.#holder) this.#free();
    if (message.type !== 'acquire' || this.#holder !== null) return;
    this.#holder = from;
    this.#env.setTimer('lease', 10_000_000);
    this.#env.send(from, { type: 'granted' } satisfies Word);
  }
  onTimer(): void {
    this.expired = true;
    this.#free();
  }
  #free(): void {
    this.#holder = null;
    this.#env.cancelTimer('lease');
  }
}

/** Asks for the lock, holds it for six of its ten seconds by its own clock, and gives it back. */
class Client implements NodeProgram {
  inCritical = false;
  readonly #env: NodeEnv;
  constructor(env: NodeEnv) {
    this.#env = env;
  }
  onStart(): void {
    this.#env.setTimer('ask', 100_000);
  }
  onMessage(): void {
    this.inCritical = true;
    this.#env.setTimer('done', 6_000_000);
  }
  onTimer(name: string): void {
    if (name === 'done') {
      this.inCritical = false;
      this.#env.send(0, { type: 'release' } satisfies Word);
    } else if (!this.inCritical) this.#env.send(0, { type: 'acquire' } satisfies Word);
    this.#env.setTimer('ask', 100_000);
  }
}

const nodes = { lock: Lock, c: [Client, 2] } as const;

simTest('two clients never hold the lock at once', { nodes, seeds: 10 }, async (sim) => {
  sim.always(
    'mutual exclusion',
    () => sim.nodes<Client>('c').filter(({ inCritical }) => inCritical).length <= 1,
  );
  // Shorter than the rest of the lease: `sim.at('2s').pause('c1', '15s')` breaks the rule.
  sim.at('2s').pause('c1', '3s');
  sim.sometimes('both clients had their turn', () => sim.nodes('c').length === 2);
  await sim.run('60s');
});

const scenario = new URL('../../scenarios/raft/leader-isolated.yaml', import.meta.url);
campaign('a cut-off leader harms nobody', scenario, { seeds: '1..10' });
