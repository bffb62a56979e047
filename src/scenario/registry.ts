import type { ProtocolDefinition } from '../protocols/protocol.ts';
import { raft } from '../protocols/raft/index.ts';
import { redlock } from '../protocols/redlock/index.ts';
import { zookeeper } from '../protocols/zookeeper/index.ts';

/** Every protocol a scenario can name. */
export const PROTOCOLS: Readonly<Record<string, ProtocolDefinition>> = {
  [raft.name]: raft,
  [redlock.name]: redlock,
  [zookeeper.name]: zookeeper,
};
