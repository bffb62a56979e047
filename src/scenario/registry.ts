import type { ProtocolDefinition } from '../protocols/protocol.ts';
import { commit } from '../protocols/commit/index.ts';
import { etcd } from '../protocols/etcd/index.ts';
import { messaging } from '../protocols/messaging/index.ts';
import { notification } from '../protocols/notification/index.ts';
import { paxosCommit } from '../protocols/paxos-commit/index.ts';
import { percolator } from '../protocols/percolator/index.ts';
import { raft } from '../protocols/raft/index.ts';
import { saga } from '../protocols/saga/index.ts';
import { tcc } from '../protocols/tcc/index.ts';
import { threePhase } from '../protocols/three-phase/index.ts';
import { redlock } from '../protocols/redlock/index.ts';
import { zookeeper } from '../protocols/zookeeper/index.ts';

/** Every protocol a scenario can name. */
export const PROTOCOLS: Readonly<Record<string, ProtocolDefinition>> = {
  [raft.name]: raft,
  [commit.name]: commit,
  [threePhase.name]: threePhase,
  [paxosCommit.name]: paxosCommit,
  [percolator.name]: percolator,
  [tcc.name]: tcc,
  [saga.name]: saga,
  [messaging.name]: messaging,
  [notification.name]: notification,
  [redlock.name]: redlock,
  [zookeeper.name]: zookeeper,
  [etcd.name]: etcd,
};
