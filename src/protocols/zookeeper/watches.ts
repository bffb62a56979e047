import type { Change } from './znode-tree.ts';
import { parentOf } from './znode-tree.ts';

/** One-shot watches of the clients connected here: on a node's data and existence, and on lists of children. */
export class Watches {
  readonly #data = new Map<string, Set<number>>();
  readonly #children = new Map<string, Set<number>>();

  add(kind: 'data' | 'children', path: string, session: number): void {
    const watches = kind === 'data' ? this.#data : this.#children;
    const sessions = watches.get(path) ?? new Set();
    watches.set(path, sessions.add(session));
  }

  /** The watches that a change sets off, each gone with it: whom to tell of which path. */
  fire({ kind, path }: Change): readonly { readonly session: number; readonly path: string }[] {
    const told = take(this.#data, path).map((session) => ({ session, path }));
    if (kind === 'changed') return told;
    const parent = parentOf(path);
    if (kind === 'deleted')
      told.push(...take(this.#children, path).map((session) => ({ session, path })));
    const already = new Set(told.filter((one) => one.path === parent).map((one) => one.session));
    for (const session of take(this.#children, parent))
      if (!already.has(session)) told.push({ session, path: parent });
    return told;
  }

  forget(session: number): void {
    for (const watches of [this.#data, this.#children])
      for (const sessions of watches.values()) sessions.delete(session);
  }
}

function take(watches: Map<string, Set<number>>, path: string): number[] {
  const sessions = watches.get(path);
  watches.delete(path);
  return sessions === undefined ? [] : [...sessions];
}
