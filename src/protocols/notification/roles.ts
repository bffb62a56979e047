import type { NodeId } from '../../sim/engine/env.ts';
import { kindOf, ownerOf } from '../bank.ts';
import type { NotificationConfig } from './config.ts';
import type { Fact } from './messages.ts';

/** Who is who among the servers. */
export interface Roles {
  readonly source: NodeId;
  /** Null: the notifier has its own table. */
  readonly database: NodeId | null;
  readonly notifiers: readonly NodeId[];
  readonly receivers: readonly NodeId[];
}

type Counts = Pick<NotificationConfig, 'storage' | 'notifiers' | 'receivers'>;

export function serverCountOf({ storage, notifiers, receivers }: Counts): number {
  return 1 + (storage === 'shared' ? 1 : 0) + notifiers + receivers;
}

/** The servers in topology order: A, the database if there is one, the notifiers, the receivers. */
export function rolesOf({ storage, notifiers }: Counts, servers: readonly NodeId[]): Roles {
  const shared = storage === 'shared';
  const first = shared ? 2 : 1;
  return {
    source: servers[0]!,
    database: shared ? servers[1]! : null,
    notifiers: servers.slice(first, first + notifiers),
    receivers: servers.slice(first + notifiers),
  };
}

/** Which receiver keeps a key or an account; the store is with the first. */
export function homeOf(name: string, receivers: readonly NodeId[]): NodeId {
  return kindOf(name) === 'goods' ? receivers[0]! : ownerOf(name, receivers);
}

/** Who is told a fact: the one that keeps the account it changes, or its key. */
export function receiverOf(
  { key, effect }: Pick<Fact, 'key' | 'effect'>,
  receivers: readonly NodeId[],
): NodeId {
  return homeOf(effect[0]?.account ?? key, receivers);
}
