/** One change of the tree, alone or in a multi. Versions: -1 is any. Paths are whole; a sequential create gets ten digits appended. */
export type Operation =
  | {
      readonly op: 'create';
      readonly path: string;
      readonly ephemeral: boolean;
      readonly sequential: boolean;
      readonly data: string | null;
    }
  | { readonly op: 'delete'; readonly path: string; readonly version: number }
  | {
      readonly op: 'setData';
      readonly path: string;
      readonly data: string | null;
      readonly version: number;
    }
  /** Only in a multi: nothing happens, but everything fails when the version is another. */
  | { readonly op: 'check'; readonly path: string; readonly version: number };

/** A change that is ordered by the log. `session` is whose request it is; it must be alive when the change is applied. */
export type Txn =
  | { readonly op: 'createSession'; readonly timeoutUs: number }
  | { readonly op: 'closeSession'; readonly session: number }
  /** Changes nothing; its answer comes after everything ordered before it (logged here, unlike in ZooKeeper). */
  | { readonly op: 'sync'; readonly session: number }
  /** All of it or nothing, at one zxid. */
  | { readonly op: 'multi'; readonly session: number; readonly ops: readonly Operation[] }
  | (Operation & { readonly session: number });

/** A node's Stat, with ZooKeeper's names. Zxids as numbers, times in ms of the leader's wall clock. */
export interface Stat {
  /** The transaction that created the node. */
  readonly czxid: number;
  /** The one that changed its data last. */
  readonly mzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  /** Changes of the list of children: creates and deletes. */
  readonly cversion: number;
  /** Changes of the access list; there is none here. */
  readonly aversion: 0;
  /** The session whose end deletes the node; 0: none. */
  readonly ephemeralOwner: number;
  readonly dataLength: number;
  readonly numChildren: number;
  /** The transaction that changed the list of children last. */
  readonly pzxid: number;
}

/** Error codes by ZooKeeper's names. */
export type Status =
  | 'ok'
  | 'NoNode'
  | 'NodeExists'
  | 'BadVersion'
  | 'NotEmpty'
  | 'NoChildrenForEphemerals'
  | 'BadArguments'
  | 'SessionExpired'
  /** In a multi: of an operation after the one that failed. */
  | 'RuntimeInconsistency';

/** What one operation of a multi came to. */
export interface OperationResult {
  readonly status: Status;
  /** The path created. */
  readonly path: string | null;
  /** Of the node created or set. */
  readonly stat: Stat | null;
}

export interface Change {
  readonly kind: 'created' | 'deleted' | 'changed';
  readonly path: string;
}

export interface TxnOutcome {
  /** Of a multi: that of the operation that failed. */
  readonly status: Status;
  /** The path created, the new session, or a multi's results. */
  readonly value: string | number | readonly OperationResult[] | null;
  readonly stat: Stat | null;
  readonly changes: readonly Change[];
}
