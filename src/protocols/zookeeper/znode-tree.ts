/** A change that is ordered by the log. `session` is whose request it is; it must be alive when the change is applied. */
export type Txn =
  | { readonly op: 'createSession'; readonly timeoutUs: number }
  | { readonly op: 'closeSession'; readonly session: number }
  /** Changes nothing; its answer comes after everything ordered before it (logged here, unlike in ZooKeeper). */
  | { readonly op: 'sync'; readonly session: number }
  | {
      readonly op: 'create';
      readonly session: number;
      /** Full path; a sequential node gets ten digits appended. Missing parents are made. */
      readonly path: string;
      readonly ephemeral: boolean;
      readonly sequential: boolean;
      readonly data: unknown;
    }
  | {
      readonly op: 'setData';
      readonly session: number;
      readonly path: string;
      readonly data: unknown;
      /** -1: any. */
      readonly version: number;
    }
  | {
      readonly op: 'delete';
      readonly session: number;
      readonly path: string;
      /** -1: any. */
      readonly version: number;
    };

export interface Stat {
  /** The transaction that created the node. */
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
  /** Changes of the list of children. */
  readonly cversion: number;
  /** The session whose end deletes the node; 0: none. */
  readonly ephemeralOwner: number;
  readonly numChildren: number;
}

export type Status = 'ok' | 'NoNode' | 'NodeExists' | 'BadVersion' | 'NotEmpty' | 'SessionExpired';

export interface Change {
  readonly kind: 'created' | 'deleted' | 'changed';
  readonly path: string;
}

export interface TxnOutcome {
  readonly status: Status;
  /** The path created, or the new session. */
  readonly value: string | number | null;
  readonly changes: readonly Change[];
}

interface Znode {
  data: unknown;
  czxid: number;
  mzxid: number;
  version: number;
  cversion: number;
  /** Names sequential children: counts all creates below this node, sequential or not. */
  creates: number;
  ephemeralOwner: number;
  readonly children: Set<string>;
}

/** ZooKeeper's data: a tree of nodes and the sessions; a deterministic function of the transactions applied. */
export class ZnodeTree {
  readonly sessions = new Map<number, number>();
  readonly #nodes = new Map<string, Znode>();
  readonly #ephemerals = new Map<number, Set<string>>();

  apply(txn: Txn, zxid: number): TxnOutcome {
    switch (txn.op) {
      case 'createSession':
        this.sessions.set(zxid, txn.timeoutUs);
        return { status: 'ok', value: zxid, changes: [] };
      case 'closeSession': {
        if (!this.sessions.delete(txn.session)) return refused('SessionExpired');
        const owned = [...(this.#ephemerals.get(txn.session) ?? [])];
        this.#ephemerals.delete(txn.session);
        return {
          status: 'ok',
          value: null,
          changes: owned.flatMap((path) => this.#remove(path)),
        };
      }
      case 'sync':
        return { status: 'ok', value: null, changes: [] };
      case 'create':
        return this.#create(txn, zxid);
      case 'setData': {
        const node = this.#nodes.get(txn.path);
        const status = this.#check(txn, node);
        if (node === undefined || status !== 'ok') return refused(status);
        node.data = txn.data;
        node.version += 1;
        node.mzxid = zxid;
        return { status, value: null, changes: [{ kind: 'changed', path: txn.path }] };
      }
      case 'delete': {
        const node = this.#nodes.get(txn.path);
        const status = this.#check(txn, node);
        if (node === undefined || status !== 'ok') return refused(status);
        if (node.children.size > 0) return refused('NotEmpty');
        this.#ephemerals.get(node.ephemeralOwner)?.delete(txn.path);
        return { status, value: null, changes: this.#remove(txn.path) };
      }
    }
  }

  stat(path: string): Stat | null {
    const node = this.#nodes.get(path);
    if (node === undefined) return null;
    const { czxid, mzxid, version, cversion, ephemeralOwner, children } = node;
    return { czxid, mzxid, version, cversion, ephemeralOwner, numChildren: children.size };
  }

  data(path: string): unknown {
    return this.#nodes.get(path)?.data ?? null;
  }

  /** Names, without the path, in no order that anybody may rely on; null: no such node. */
  children(path: string): readonly string[] | null {
    const node = this.#nodes.get(path);
    return node === undefined ? null : [...node.children];
  }

  #check(
    { session, version }: { session: number; version: number },
    node: Znode | undefined,
  ): Status {
    if (!this.sessions.has(session)) return 'SessionExpired';
    if (node === undefined) return 'NoNode';
    return version === -1 || version === node.version ? 'ok' : 'BadVersion';
  }

  #create(txn: Txn & { op: 'create' }, zxid: number): TxnOutcome {
    if (!this.sessions.has(txn.session)) return refused('SessionExpired');
    const parent = this.#parent(txn.path, zxid);
    const path = txn.sequential ? txn.path + sequenceSuffix(parent?.creates ?? 0) : txn.path;
    if (this.#nodes.has(path)) return refused('NodeExists');
    const owner = txn.ephemeral ? txn.session : 0;
    this.#insert(path, parent, zxid, owner, txn.data);
    if (txn.ephemeral) {
      const owned = this.#ephemerals.get(owner) ?? new Set();
      this.#ephemerals.set(owner, owned.add(path));
    }
    return { status: 'ok', value: path, changes: [{ kind: 'created', path }] };
  }

  #parent(path: string, zxid: number): Znode | null {
    const parentPath = parentOf(path);
    if (parentPath === '') return null;
    const known = this.#nodes.get(parentPath);
    if (known !== undefined) return known;
    return this.#insert(parentPath, this.#parent(parentPath, zxid), zxid, 0, null);
  }

  #insert(
    path: string,
    parent: Znode | null,
    zxid: number,
    ephemeralOwner: number,
    data: unknown,
  ): Znode {
    const node: Znode = {
      data,
      czxid: zxid,
      mzxid: zxid,
      version: 0,
      cversion: 0,
      creates: 0,
      ephemeralOwner,
      children: new Set(),
    };
    this.#nodes.set(path, node);
    if (parent !== null) {
      parent.children.add(nameOf(path));
      parent.creates += 1;
      parent.cversion += 1;
    }
    return node;
  }

  #remove(path: string): readonly Change[] {
    if (!this.#nodes.delete(path)) return [];
    const parent = this.#nodes.get(parentOf(path));
    if (parent !== undefined) {
      parent.children.delete(nameOf(path));
      parent.cversion += 1;
    }
    return [{ kind: 'deleted', path }];
  }
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The number at the end of a sequential node's name: what its order is. */
export function sequenceOf(name: string): number {
  return Number(name.slice(-10));
}

function sequenceSuffix(counter: number): string {
  return String(counter).padStart(10, '0');
}

function refused(status: Status): TxnOutcome {
  return { status, value: null, changes: [] };
}
