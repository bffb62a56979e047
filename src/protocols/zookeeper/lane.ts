import { ResourceNode, resourceLane, workerLane } from '../locks/index.ts';
import type { LaneReader, LaneValue } from '../lane.ts';
import { remembered, replicaLane, type Entry } from '../raft/index.ts';
import { ZookeeperClient } from './client.ts';
import { ZookeeperServer } from './server.ts';
import type { ZnodeTree } from './znode-tree.ts';

/** Servers with their epoch, log and lock queues, the resource, and clients that wait for or hold a lock. */
export const lane = (): LaneReader => {
  const entryText = remembered(textOf);
  return (program, nameOf) => {
    if (program instanceof ResourceNode) return resourceLane(program);
    if (program instanceof ZookeeperClient) {
      const { session, worker } = program;
      const state = workerLane(worker);
      return { ...state, fields: { session: session.id, ...state.fields } };
    }
    if (!(program instanceof ZookeeperServer)) return null;
    const { replica } = program;
    const state = replicaLane(replica, replica.role, entryText, nameOf);
    return {
      ...state,
      label: `e${replica.currentTerm}`,
      fields: {
        ...state.fields,
        sessions: [...replica.tree.sessions.keys()],
        queues: queuesOf(replica.tree),
      },
    };
  };
};

/** What waits for every lock, the holder first. */
function queuesOf(tree: ZnodeTree): LaneValue {
  const locks = tree.children('/lock') ?? [];
  return Object.fromEntries(
    [...locks]
      .sort(inTextOrder)
      .map((key) => [
        key,
        [...(tree.children(`/lock/${key}`) ?? [])].map(sequenceOf).sort(inTextOrder),
      ]),
  );
}

const inTextOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `0000000003` of a contender's name, and whose it is. */
function sequenceOf(name: string): string {
  const owner = /^[0-9a-f]+-(.+?)-\d+-\d+-lock-/.exec(name)?.[1] ?? '';
  return `${name.slice(-10)} ${owner}`.trim();
}

function textOf({ command, membership }: Entry): string {
  if (membership !== null) return 'membership';
  if (command === null) return 'no-op';
  const { value } = command as {
    readonly value: { readonly txn?: { readonly op?: string; readonly path?: string } } | null;
  };
  const { op, path } = value?.txn ?? {};
  return [op ?? command.f, path].filter((word) => word !== undefined).join(' ');
}
