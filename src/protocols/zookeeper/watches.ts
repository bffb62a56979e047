import { parentOf } from './paths.ts';
import type { Change } from './txn.ts';
import type { ZnodeTree } from './znode-tree.ts';

/** What a client is told of: ZooKeeper's event types. */
export type EventType = 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged' | 'NodeChildrenChanged';

export interface Notice {
  readonly session: number;
  readonly event: EventType;
  readonly path: string;
}

/** The paths that a client watches, by what it asked for: `exist` of nodes that were not there. */
export interface WatchLists {
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly children: readonly string[];
}

const DATA_EVENTS = {
  created: 'NodeCreated',
  deleted: 'NodeDeleted',
  changed: 'NodeDataChanged',
} as const;

/** One-shot watches of the clients connected here: on a node's data and existence, and on lists of children. */
export class Watches {
  readonly #data = new Map<string, Set<number>>();
  readonly #children = new Map<string, Set<number>>();

  add(kind: 'data' | 'children', path: string, session: number): void {
    const watches = kind === 'data' ? this.#data : this.#children;
    const sessions = watches.get(path) ?? new Set();
    watches.set(path, sessions.add(session));
  }

  /** The watches that a change sets off, each gone with it. A deleted node is told of once to who watched it in both ways. */
  fire({ kind, path }: Change): readonly Notice[] {
    const told: Notice[] = take(this.#data, path).map((session) => ({
      session,
      event: DATA_EVENTS[kind],
      path,
    }));
    if (kind === 'changed') return told;
    if (kind === 'deleted') {
      const already = new Set(told.map(({ session }) => session));
      for (const session of take(this.#children, path))
        if (!already.has(session)) told.push({ session, event: 'NodeDeleted', path });
    }
    const parent = parentOf(path);
    for (const session of take(this.#children, parent))
      told.push({ session, event: 'NodeChildrenChanged', path: parent });
    return told;
  }

  forget(session: number): void {
    for (const watches of [this.#data, this.#children])
      for (const [path, sessions] of watches) {
        sessions.delete(session);
        if (sessions.size === 0) watches.delete(path);
      }
  }

  clear(): void {
    this.#data.clear();
    this.#children.clear();
  }

  /** How many watches are set. */
  get size(): number {
    let size = 0;
    for (const watches of [this.#data, this.#children])
      for (const sessions of watches.values()) size += sessions.size;
    return size;
  }
}

/**
 * What has happened to watched paths since `zxid`, by what the tree shows now; null: nothing. A node that was created
 * and deleted meanwhile leaves no trace: ZooKeeper's documented hole.
 */
export function missedSince(
  tree: ZnodeTree,
  kind: keyof WatchLists,
  path: string,
  zxid: number,
): EventType | null {
  const stat = tree.stat(path);
  if (kind === 'exist') return stat === null ? null : 'NodeCreated';
  if (stat === null) return 'NodeDeleted';
  if (kind === 'data') return stat.mzxid > zxid ? 'NodeDataChanged' : null;
  return stat.pzxid > zxid ? 'NodeChildrenChanged' : null;
}

function take(watches: Map<string, Set<number>>, path: string): number[] {
  const sessions = watches.get(path);
  watches.delete(path);
  return sessions === undefined ? [] : [...sessions];
}
