import type { DiskError, Message, NodeEnv, NodeId, NodeProgram } from '../../sim/engine/env.ts';
import type { RaftClient } from './client.ts';
import type { RaftConfig } from './config.ts';
import { Raft } from './core/raft.ts';
import type { RaftPort } from './core/port.ts';
import type { Membership } from './membership.ts';
import type { RaftMessage } from './messages.ts';
import type { RaftObserver } from './observer.ts';
import { Operator } from './operator.ts';
import { plantLog } from './planted-logs.ts';

/** The correct core, or one of the zoo's. */
export type RaftClass = new (
  port: RaftPort,
  config: RaftConfig,
  initial: Membership,
  observer: RaftObserver | null,
) => Raft;

/** The classes that a run is made of. */
export interface RaftClasses {
  readonly core: RaftClass;
  readonly client: typeof RaftClient;
}

/** The voters and learners a cluster starts with: the first servers of the topology. */
export function initialMembership(servers: readonly NodeId[], config: RaftConfig): Membership {
  return {
    voters: servers.slice(0, config.voters),
    outgoing: null,
    learners: servers.slice(config.voters, config.voters + config.learners),
  };
}

/** A Raft server as a node of the simulator. The rules are in `core/`, from `state.ts` upward. */
export class RaftNode implements NodeProgram {
  readonly raft: Raft;
  readonly #operator: Operator;
  readonly #env: NodeEnv;

  constructor(
    env: NodeEnv,
    config: RaftConfig,
    servers: readonly NodeId[],
    observer: RaftObserver | null,
    core: RaftClass = Raft,
  ) {
    this.#env = env;
    this.raft = new core(env, config, initialMembership(servers, config), observer);
    this.#operator = new Operator(env, this.raft, servers);
  }

  onStart(): void {
    const { logs } = this.raft.config;
    if (logs.length > 0 && this.#env.incarnation === 1)
      plantLog(this.#env.disk, logs, this.raft.id);
    this.raft.start();
    this.#operator.start();
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    this.raft.step(from, message as RaftMessage, replyTo);
  }

  onTimer(name: string): void {
    if (!this.#operator.onTimer(name)) this.raft.timeout(name);
  }

  onSynced(_token: number, error: DiskError | null): void {
    this.raft.synced(error);
  }
}
