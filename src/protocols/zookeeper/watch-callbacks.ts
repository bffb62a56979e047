import type { Read, WatchEvent, ZkReply } from './messages.ts';
import type { WatchLists } from './watches.ts';

export type OnEvent = (event: WatchEvent) => void;

/** Which list an event takes a path off; a deleted node is off all of them. */
const LISTS: Readonly<Record<WatchEvent['event'], readonly (keyof WatchLists)[]>> = {
  NodeCreated: ['data', 'exist'],
  NodeDataChanged: ['data', 'exist'],
  NodeChildrenChanged: ['children'],
  NodeDeleted: ['data', 'exist', 'children'],
};

/** A client's memory of its watches: what to do when one fires, and what to register again on another server. */
export class WatchCallbacks {
  readonly #lists: Readonly<Record<keyof WatchLists, Map<string, OnEvent[]>>> = {
    data: new Map(),
    exist: new Map(),
    children: new Map(),
  };

  /** A read was answered: only `Exists` leaves a watch on a node that is not there. */
  add(type: Read['type'], path: string, answer: ZkReply, onEvent: OnEvent): void {
    const there = answer.status === 'ok';
    if (!there && type !== 'Exists') return;
    const list = type === 'GetChildren' ? 'children' : there ? 'data' : 'exist';
    const callbacks = this.#lists[list].get(path) ?? [];
    callbacks.push(onEvent);
    this.#lists[list].set(path, callbacks);
  }

  take(event: WatchEvent): void {
    for (const list of LISTS[event.event]) {
      const callbacks = this.#lists[list].get(event.path) ?? [];
      this.#lists[list].delete(event.path);
      for (const onEvent of callbacks) onEvent(event);
    }
  }

  lists(): WatchLists {
    const { data, exist, children } = this.#lists;
    return { data: [...data.keys()], exist: [...exist.keys()], children: [...children.keys()] };
  }

  clear(): void {
    for (const list of Object.values(this.#lists)) list.clear();
  }
}
