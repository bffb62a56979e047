import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerContext } from '../protocol.ts';
import type { PercolatorConfig } from './config.ts';
import type { PercolatorMonitor } from './monitor.ts';
import type { Oracle } from './oracle.ts';
import type { Store } from './store.ts';
import type { Transaction } from './transaction.ts';

export interface Parts {
  readonly oracle: typeof Oracle;
  readonly store: typeof Store;
  /** Runs in the clients. */
  readonly transaction: typeof Transaction;
}

/** The first server is the timestamp oracle, the others are stores. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<PercolatorConfig, PercolatorMonitor>,
  parts: Parts,
): NodeProgram {
  if (env.id === servers[0]) return new parts.oracle(env, config, monitor);
  return new parts.store(env, config, servers.slice(1), monitor);
}
