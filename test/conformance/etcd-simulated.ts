import type { EtcdReply } from '../../src/protocols/etcd/messages.ts';
import { leastTtlUs, parseConfig } from '../../src/protocols/etcd/parse-config.ts';
import { EtcdServer } from '../../src/protocols/etcd/server.ts';
import type { Change } from '../../src/protocols/etcd/store.ts';
import type { Message, NodeEnv } from '../../src/sim/engine/env.ts';
import { buildWorld, handingOut, type BuiltWorld } from '../sim/support/build-world.ts';
import { CHECK_MS, ELECTION_MS, TTL_MS, type TimedEtcd } from './etcd-timing.ts';

const SERVER = 0;
const RESOURCE = 9;
const PATIENCE_US = 1_000_000;

/** One simulated etcd server with the real one's times, and a client of it, driven step by step. */
export class SimulatedEtcd implements TimedEtcd {
  readonly #world: BuiltWorld;
  readonly #config = parseConfig(
    {
      weakEnsemble: true,
      electionTimeout: `${ELECTION_MS}ms`,
      expiryCheck: `${CHECK_MS}ms`,
      ttl: `${TTL_MS}ms`,
    },
    2,
  );
  #client!: NodeEnv;
  /** The server's own numbers of leases by the caller's. */
  readonly #leases = new Map<number, number>();

  constructor() {
    this.#world = buildWorld({
      nodes: {
        etcd: (env) => new EtcdServer(env, this.#config, [SERVER, RESOURCE], null),
        client: handingOut((env) => {
          this.#client = env;
        }),
      },
      disk: { syncLatency: { kind: 'constant', us: 2_000 }, unsynced: 'none' },
    });
    this.#run(1);
  }

  async grant(lease: number, ttlMs: number): Promise<number> {
    const leastMs = Math.ceil(leastTtlUs(this.#config.raft) / 1_000_000) * 1_000;
    const grantedMs = Math.max(ttlMs, leastMs);
    const { outcome } = await this.#propose({ op: 'grant', ttlUs: grantedMs * 1_000 });
    this.#leases.set(lease, outcome!.lease);
    return grantedMs;
  }

  async put(key: string, lease: number): Promise<void> {
    await this.#change([{ op: 'put', key, value: '', lease: this.#leases.get(lease)! }]);
  }

  async exists(key: string): Promise<boolean> {
    const { outcome } = await this.#change([{ op: 'range', prefix: key }]);
    return outcome!.results[0]!.length > 0;
  }

  async keepAlive(lease: number): Promise<'ok' | 'LeaseNotFound'> {
    const reply = await this.#answered({ type: 'KeepAlive', lease: this.#leases.get(lease) ?? -1 });
    return reply.status as 'ok' | 'LeaseNotFound';
  }

  async revoke(lease: number): Promise<void> {
    await this.#propose({ op: 'revoke', lease: this.#leases.get(lease)! });
  }

  async revision(): Promise<number> {
    const { outcome } = await this.#change([{ op: 'range', prefix: 'a' }]);
    return outcome!.revision;
  }

  async restart(): Promise<void> {
    this.#world.hosts[SERVER]!.crash('process-kill');
    this.#world.simulation.start(SERVER);
    await this.exists('a');
  }

  nowMs(): number {
    return this.#world.simulation.nowUs / 1_000;
  }

  wait(ms: number): Promise<void> {
    this.#run(ms);
    return Promise.resolve();
  }

  #run(ms: number): void {
    const { simulation } = this.#world;
    const untilUs = simulation.nowUs + Math.round(ms * 1_000);
    simulation.control(untilUs, 'waited', () => undefined);
    simulation.run({ untilUs });
  }

  #change(success: (Change & { op: 'txn' })['success']): Promise<EtcdReply> {
    return this.#propose({ op: 'txn', compare: [], success, failure: [] });
  }

  #propose(change: Change): Promise<EtcdReply> {
    return this.#answered({ type: 'Propose', change });
  }

  /** Asks until the server, which may have no leader yet, answers. */
  #answered(message: object): Promise<EtcdReply> {
    const answers: (EtcdReply | null)[] = [];
    while ((answers.at(-1) ?? null) === null) {
      const asked = answers.length;
      this.#world.simulation.control(this.#world.simulation.nowUs, 'ask', () => {
        const env = this.#client;
        env.spawn(
          (function* () {
            const result = yield* env.call<EtcdReply>(SERVER, message as Message, PATIENCE_US);
            const answered = result.ok && result.message.status !== 'refused';
            answers.push(answered ? result.message : null);
          })(),
        );
      });
      while (answers.length === asked) this.#run(1);
    }
    return Promise.resolve(answers.at(-1)!);
  }
}
