import type { Message, NodeId } from '../../sim/engine/env.ts';
import { LockWorker } from '../locks/index.ts';
import type { LockService } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest } from '../protocol.ts';
import type { ZookeeperClasses } from './classes.ts';
import type { ZookeeperConfig } from './config.ts';
import type { Closed, WatchEvent } from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import type { Contender } from './recipe.ts';
import type { ZkSession } from './session.ts';

/** A worker whose locks are nodes in ZooKeeper. */
export class ZookeeperClient implements ClientProgram {
  readonly #context: ClientContext<ZookeeperConfig, ZookeeperMonitor>;
  readonly session: ZkSession;
  readonly worker: LockWorker<Contender>;

  constructor(
    context: ClientContext<ZookeeperConfig, ZookeeperMonitor>,
    classes: ZookeeperClasses,
  ) {
    const { env, config, servers, monitor = null } = context;
    this.#context = context;
    this.session = new classes.session(env, servers.slice(0, -1), config.sessionTimeoutUs, monitor);
    const states = new classes.states(env, this.session, config.onSuspended);
    const ofRecipe = { env, config, session: this.session, states, monitor };
    const recipe = new classes.recipe(ofRecipe);
    const service: LockService<Contender> =
      config.lock === 'semaphore' ? new classes.semaphore(ofRecipe, recipe) : recipe;
    const locks = config.reenter ? new classes.reentrant(service) : service;
    this.worker = new LockWorker(env, config, servers.at(-1)!, locks);
  }

  onStart(): void {
    this.session.start();
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.type === 'WatchEvent') this.session.onEvent(from, message as WatchEvent);
    if (message.type === 'Closed') this.session.onClosed(from, message as Closed);
  }

  onTimer(name: string): void {
    this.session.onTimer(name);
  }

  perform(operation: OperationRequest, token: number): void {
    this.worker.perform(operation, (outcome) => {
      this.#context.complete(token, outcome);
    });
  }
}
