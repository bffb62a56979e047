import type { Entry, Service } from '../raft/index.ts';
import { nameOf, parentOf, sequenceSuffix } from './paths.ts';
import type { Change, Operation, OperationResult, Stat, Status, Txn, TxnOutcome } from './txn.ts';
import { Znode } from './znode.ts';

/** When and under which number a transaction is applied. */
export interface Stamp {
  readonly zxid: number;
  /** The leader's wall clock, ms. */
  readonly timeMs: number;
}

/** As in ZooKeeper: the epoch in the upper bits, a counter in the lower 32. */
export function zxidOf(entry: Pick<Entry, 'term' | 'index'>): number {
  return entry.term * 0x1_0000_0000 + entry.index;
}

type Undo = () => void;

/** ZooKeeper's data: a tree of nodes and the sessions; a deterministic function of the transactions applied. */
export class ZnodeTree implements Service<Txn, TxnOutcome> {
  /** Session timeouts by session, µs. */
  readonly sessions = new Map<number, number>();
  /** Sum of a hash per node and session. Unsigned 32 bit. */
  hash = 0;
  /** Where the counters that name sequential children begin. */
  readonly #firstSequence: number;
  readonly #nodes = new Map<string, Znode>();
  readonly #ephemerals = new Map<number, Set<string>>();

  constructor(firstSequence = 0) {
    this.#firstSequence = firstSequence;
    this.#add('/', new Znode({ zxid: 0, timeMs: 0 }, null, 0, firstSequence));
  }

  apply(txn: Txn, entry: Entry): TxnOutcome {
    return this.applyAt(txn, { zxid: zxidOf(entry), timeMs: Math.floor(entry.timeUs / 1_000) });
  }

  applyAt(txn: Txn, stamp: Stamp): TxnOutcome {
    switch (txn.op) {
      case 'createSession':
        this.sessions.set(stamp.zxid, txn.timeoutUs);
        this.#mix(sessionHash(stamp.zxid));
        return { ...NOTHING, value: stamp.zxid };
      case 'closeSession':
        return this.#closeSession(txn.session, stamp);
      case 'sync':
        return NOTHING;
      case 'multi':
        return this.#multi(txn.session, txn.ops, stamp);
      case 'create':
      case 'delete':
      case 'setData':
      case 'check':
        return this.#single(txn.session, txn, stamp);
    }
  }

  stat(path: string): Stat | null {
    return this.#nodes.get(path)?.stat() ?? null;
  }

  /** The transaction that created a node; null: no such node. */
  czxid(path: string): number | null {
    return this.#nodes.get(path)?.czxid ?? null;
  }

  data(path: string): string | null {
    return this.#nodes.get(path)?.data ?? null;
  }

  /** Names, without the path, in no order that anybody may rely on; null: no such node. */
  children(path: string): readonly string[] | null {
    const node = this.#nodes.get(path);
    return node === undefined ? null : [...node.children];
  }

  ephemeralsOf(session: number): readonly string[] {
    return [...(this.#ephemerals.get(session) ?? [])];
  }

  save(): unknown[] {
    const nodes = [...this.#nodes].map(([path, node]) => ['node', path, node.fields]);
    return [...[...this.sessions].map((session) => ['session', ...session]), ...nodes];
  }

  restore(records: readonly unknown[]): void {
    this.sessions.clear();
    this.#nodes.clear();
    this.#ephemerals.clear();
    this.hash = 0;
    for (const [kind, key, value] of records as readonly [string, unknown, unknown][]) {
      if (kind === 'session') {
        this.sessions.set(key as number, value as number);
        this.#mix(sessionHash(key as number));
        continue;
      }
      const node = Znode.restore(value);
      this.#add(key as string, node);
      this.#own(key as string, this.ownerOf(node));
    }
    for (const [path] of this.#nodes)
      if (path !== '/') this.#nodes.get(parentOf(path))!.children.add(nameOf(path));
  }

  /** A node out of a snapshot belongs to its session as before. */
  protected ownerOf(node: Znode): number {
    return node.ephemeralOwner;
  }

  #closeSession(session: number, stamp: Stamp): TxnOutcome {
    if (!this.sessions.delete(session)) return refused('SessionExpired');
    this.#mix(-sessionHash(session));
    const owned = this.ephemeralsOf(session);
    for (const path of owned) this.#remove(path, stamp);
    return { ...NOTHING, changes: owned.map((path) => ({ kind: 'deleted', path })) };
  }

  #single(session: number, operation: Operation, stamp: Stamp): TxnOutcome {
    const changes: Change[] = [];
    const { status, path, stat } = this.#perform(session, operation, stamp, changes, []);
    return { status, value: path, stat, changes };
  }

  /** The first operation that fails takes back what those before it did. */
  #multi(session: number, ops: readonly Operation[], stamp: Stamp): TxnOutcome {
    const changes: Change[] = [];
    const undo: Undo[] = [];
    const results: OperationResult[] = [];
    for (const [at, operation] of ops.entries()) {
      const result = this.#perform(session, operation, stamp, changes, undo);
      results.push(result);
      if (result.status === 'ok') continue;
      for (const back of undo.reverse()) back();
      const value = ops.map((_, place) => {
        if (place === at) return result;
        return failed(place < at ? 'ok' : 'RuntimeInconsistency');
      });
      return { status: result.status, value, stat: null, changes: [] };
    }
    return { status: 'ok', value: results, stat: null, changes };
  }

  #perform(
    session: number,
    operation: Operation,
    stamp: Stamp,
    changes: Change[],
    undo: Undo[],
  ): OperationResult {
    if (!this.sessions.has(session)) return failed('SessionExpired');
    if (operation.op === 'create') return this.#create(session, operation, stamp, changes, undo);
    const { path, version } = operation;
    const node = this.#nodes.get(path);
    if (path === '/' && operation.op === 'delete') return failed('BadArguments');
    if (node === undefined) return failed('NoNode');
    if (version !== -1 && version !== node.version) return failed('BadVersion');
    switch (operation.op) {
      case 'check':
        return { status: 'ok', path: null, stat: null };
      case 'setData':
        this.#change(path, node, undo, () => {
          node.setData(operation.data, stamp);
        });
        changes.push({ kind: 'changed', path });
        return { status: 'ok', path: null, stat: node.stat() };
      case 'delete':
        if (node.children.size > 0) return failed('NotEmpty');
        undo.push(this.#remove(path, stamp));
        changes.push({ kind: 'deleted', path });
        return { status: 'ok', path: null, stat: null };
    }
  }

  #create(
    session: number,
    operation: Operation & { op: 'create' },
    stamp: Stamp,
    changes: Change[],
    undo: Undo[],
  ): OperationResult {
    const { data, ephemeral, sequential } = operation;
    if (operation.path === '/') return failed('NodeExists');
    const parentPath = parentOf(operation.path);
    const parent = this.#nodes.get(parentPath);
    if (parent === undefined) return failed('NoNode');
    const path = sequential ? operation.path + sequenceSuffix(parent.creates) : operation.path;
    if (this.#nodes.has(path)) return failed('NodeExists');
    if (parent.ephemeralOwner !== 0) return failed('NoChildrenForEphemerals');
    const node = new Znode(stamp, data, ephemeral ? session : 0, this.#firstSequence);
    this.#change(parentPath, parent, undo, () => {
      parent.childCreated(nameOf(path), stamp.zxid);
    });
    this.#add(path, node);
    this.#own(path, node.ephemeralOwner);
    undo.push(() => {
      this.#drop(path, node);
      parent.children.delete(nameOf(path));
    });
    changes.push({ kind: 'created', path });
    return { status: 'ok', path, stat: node.stat() };
  }

  /** Takes the node out; the answer puts it back. */
  #remove(path: string, stamp: Stamp): Undo {
    const node = this.#nodes.get(path)!;
    const parentPath = parentOf(path);
    const parent = this.#nodes.get(parentPath)!;
    const undo: Undo[] = [];
    this.#drop(path, node);
    this.#change(parentPath, parent, undo, () => {
      parent.childDeleted(nameOf(path), stamp.zxid);
    });
    return () => {
      for (const back of undo) back();
      parent.children.add(nameOf(path));
      this.#add(path, node);
      this.#own(path, node.ephemeralOwner);
    };
  }

  /** Changes a node's fields, with a way back, and keeps the hash. */
  #change(path: string, node: Znode, undo: Undo[], change: () => void): void {
    const before = node.fields;
    const swap = (act: () => void): void => {
      this.#mix(-node.hashAt(path));
      act();
      this.#mix(node.hashAt(path));
    };
    swap(change);
    undo.push(() => {
      swap(() => {
        node.fields = before;
      });
    });
  }

  #add(path: string, node: Znode): void {
    this.#nodes.set(path, node);
    this.#mix(node.hashAt(path));
  }

  #drop(path: string, node: Znode): void {
    this.#nodes.delete(path);
    this.#ephemerals.get(node.ephemeralOwner)?.delete(path);
    this.#mix(-node.hashAt(path));
  }

  #own(path: string, session: number): void {
    if (session === 0) return;
    const owned = this.#ephemerals.get(session) ?? new Set();
    this.#ephemerals.set(session, owned.add(path));
  }

  #mix(change: number): void {
    this.hash = (this.hash + change) >>> 0;
  }
}

const NOTHING: TxnOutcome = { status: 'ok', value: null, stat: null, changes: [] };

function refused(status: Status): TxnOutcome {
  return { status, value: null, stat: null, changes: [] };
}

function failed(status: Status): OperationResult {
  return { status, path: null, stat: null };
}

function sessionHash(session: number): number {
  return Math.imul(session % 0x1_0000_0000, 0x9e3779b1) >>> 0;
}
