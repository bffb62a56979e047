import type { NodeEnv } from '../../../src/sim/engine/env.ts';
import { RedisNode } from '../../../src/protocols/redis/node.ts';
import type { RedisOptions } from '../../../src/protocols/redis/node.ts';
import type { Published, RedisReply } from '../../../src/protocols/redis/messages.ts';
import { buildWorld, handingOut, type BuiltWorld } from '../../sim/support/build-world.ts';

const SILENT_US = 20_000_000;

/** One simulated Redis server and a client of it, driven step by step from a test; a message takes 1 ms. */
export class OneRedis {
  readonly world: BuiltWorld;
  /** What the client was told on the channels it listens to. */
  readonly heard: Published[] = [];
  #client!: NodeEnv;

  constructor(
    options: Partial<RedisOptions> = {},
    unsynced: 'none' | 'prefix' = 'none',
    syncMs = 2,
  ) {
    this.world = buildWorld({
      nodes: {
        redis: (env) =>
          new RedisNode(
            env,
            {
              aof: 'always',
              restartDelayUs: 0,
              replication: null,
              activeExpiryUs: 100_000,
              expiryClock: 'wall',
              ...options,
            },
            null,
          ),
        client: handingOut(
          (env) => {
            this.#client = env;
          },
          { onMessage: (_from, message) => this.heard.push(message as Published) },
        ),
      },
      disk: { syncLatency: { kind: 'constant', us: syncMs * 1_000 }, unsynced },
    });
    this.wait(1);
  }

  get node(): RedisNode {
    return this.world.hosts[0]!.program as RedisNode;
  }

  wait(ms: number): void {
    const { simulation } = this.world;
    const untilUs = simulation.nowUs + Math.round(ms * 1_000);
    simulation.control(untilUs, 'waited', () => undefined);
    simulation.run({ untilUs });
  }

  /** The reply, or undefined when the server stays silent. */
  send(line: string | readonly string[]): unknown {
    const answers = this.start(line);
    while (answers.length === 0) this.wait(1);
    return answers[0];
  }

  /** Sends without waiting; the array gets the reply. */
  start(line: string | readonly string[]): readonly unknown[] {
    const command = typeof line === 'string' ? line.split(' ') : line;
    const { simulation } = this.world;
    const answers: unknown[] = [];
    simulation.control(simulation.nowUs, 'send', () => {
      const env = this.#client;
      env.spawn(
        (function* () {
          const result = yield* env.call<RedisReply>(
            0,
            { type: 'Set', command } as never,
            SILENT_US,
          );
          answers.push(result.ok ? result.message.reply : undefined);
        })(),
      );
    });
    return answers;
  }

  kill(): void {
    this.world.hosts[0]!.crash('process-kill');
  }

  powerLoss(): void {
    this.world.disks.powerLoss(0);
  }

  restart(): void {
    this.world.simulation.start(0);
    this.wait(1);
  }

  /** Until the returned function is called every sync fails. */
  failSyncs(): () => void {
    const { disks } = this.world;
    const effect = { count: 0 };
    const trouble = { slowdown: 1, failSyncPpm: 1_000_000, stalled: false, effect };
    disks.addTrouble(0, trouble);
    return () => {
      disks.removeTrouble(0, trouble);
    };
  }

  stepClock(byMs: number): void {
    this.world.hosts[0]!.clock.step(byMs * 1_000);
  }
}
