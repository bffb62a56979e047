import type { LaneReader } from '../lane.ts';
import { ResourceNode, resourceLane, workerLane } from '../locks/index.ts';
import { remembered, replicaLane, type Entry, type Logged } from '../raft/index.ts';
import { EtcdClient } from './client.ts';
import { EtcdServer } from './server.ts';
import type { LoggedChange } from './store.ts';

/** Servers with their log, revision and leases, the resource, and clients that wait for or hold a lock. */
export const lane = (): LaneReader => {
  const entryText = remembered(textOf);
  return (program, nameOf) => {
    if (program instanceof ResourceNode) return resourceLane(program);
    if (program instanceof EtcdClient) return workerLane(program.worker);
    if (!(program instanceof EtcdServer)) return null;
    const { replica } = program;
    const { revision, leases } = replica.state;
    const state = replicaLane(replica, replica.role, entryText, nameOf);
    return { ...state, fields: { ...state.fields, revision, leases: [...leases.keys()] } };
  };
};

function textOf({ command, membership }: Entry): string {
  if (membership !== null) return 'membership';
  return command === null ? 'no-op' : (command.value as Logged<LoggedChange>).change.op;
}
