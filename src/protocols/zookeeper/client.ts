import type { Message, NodeId } from '../../sim/engine/env.ts';
import { LockWorker } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest } from '../protocol.ts';
import type { ZookeeperConfig } from './config.ts';
import type { Contender, LockRecipe } from './lock-recipe.ts';
import type { WatchEvent } from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';

export type LockRecipeClass = new (...args: ConstructorParameters<typeof LockRecipe>) => LockRecipe;

/** A worker whose locks are nodes in ZooKeeper. */
export class ZookeeperClient implements ClientProgram {
  readonly #context: ClientContext<ZookeeperConfig, ZookeeperMonitor>;
  readonly #recipe: LockRecipe;
  readonly worker: LockWorker<Contender>;

  constructor(context: ClientContext<ZookeeperConfig, ZookeeperMonitor>, recipe: LockRecipeClass) {
    const { env, config, servers, monitor = null } = context;
    this.#context = context;
    this.#recipe = new recipe(env, config, servers, monitor);
    this.worker = new LockWorker(env, config, servers.at(-1)!, this.#recipe);
  }

  get session(): LockRecipe['session'] {
    return this.#recipe.session;
  }

  onStart(): void {
    this.#recipe.session.start();
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.type === 'WatchEvent') this.#recipe.onEvent(from, message as WatchEvent);
  }

  perform(operation: OperationRequest, token: number): void {
    this.worker.perform(operation, (outcome) => {
      this.#context.complete(token, outcome);
    });
  }
}
