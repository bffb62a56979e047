import type { Service } from '../raft/index.ts';

/** A key's value with etcd's numbers: all revisions are those of the whole store. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  /** Puts since the key was created, from 1. */
  readonly version: number;
  /** The lease whose end deletes the key; 0: none. */
  readonly lease: number;
  /** Its lease is over, and it stands in nobody's name: for the lock-delay, until the lease is revoked. */
  readonly lapsed?: true;
}

/** True when the key's create revision is this; 0: there is no such key. */
export interface Compare {
  readonly key: string;
  readonly createRevision: number;
}

export type Operation =
  | { readonly op: 'put'; readonly key: string; readonly value: string; readonly lease: number }
  | { readonly op: 'delete'; readonly key: string }
  /** All keys that begin with `prefix`, by create revision. */
  | { readonly op: 'range'; readonly prefix: string };

/** What etcd's API knows: what a client may ask for. */
export type Change =
  | { readonly op: 'grant'; readonly ttlUs: number }
  /** Ends a lease, and deletes what it or its lapse has left. */
  | { readonly op: 'revoke'; readonly lease: number }
  | {
      readonly op: 'txn';
      readonly compare: readonly Compare[];
      readonly success: readonly Operation[];
      readonly failure: readonly Operation[];
    };

/** What may stand in the log; no client asks for the latter. */
export type LoggedChange = Change | Expire;

/** Ends a lease like `revoke`, but its keys that stand first in their folder stay, lapsed. */
export interface Expire {
  readonly op: 'expire';
  readonly lease: number;
}

export interface Outcome {
  readonly status: 'ok' | 'LeaseNotFound';
  /** Of a txn: whether the comparisons held. */
  readonly succeeded: boolean;
  /** The store's revision afterwards. */
  readonly revision: number;
  /** The lease granted. */
  readonly lease: number;
  /** What each operation found: a range's keys, what a delete took away. */
  readonly results: readonly (readonly KeyValue[])[];
  readonly deleted: readonly string[];
}

/** etcd's store: keys with revisions, and leases; a deterministic function of the changes applied. */
export class EtcdStore implements Service<LoggedChange, Outcome> {
  /** As in etcd, an empty store is at revision 1; each change that writes takes the next. */
  revision = 1;
  hash = 0;
  /** Time to live by lease, µs. */
  readonly leases = new Map<number, number>();
  readonly #keys = new Map<string, KeyValue>();

  apply(change: LoggedChange, entry: { readonly index: number }): Outcome {
    switch (change.op) {
      case 'grant':
        this.leases.set(entry.index, change.ttlUs);
        this.#mix(leaseHash(entry.index));
        return this.#outcome({ lease: entry.index });
      case 'revoke':
        return this.#end(change.lease, []);
      case 'expire': {
        if (!this.leases.has(change.lease)) return this.#outcome({ status: 'LeaseNotFound' });
        const holders = this.ownedBy(change.lease).filter((one) => this.isFirst(one));
        return this.#end(change.lease, holders);
      }
      case 'txn':
        return this.#txn(change);
    }
  }

  get(key: string): KeyValue | null {
    return this.#keys.get(key) ?? null;
  }

  /** By create revision. */
  range(prefix: string): readonly KeyValue[] {
    return [...this.#keys.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => a.createRevision - b.createRevision);
  }

  ownedBy(lease: number): readonly KeyValue[] {
    return [...this.#keys.values()].filter((one) => one.lease === lease);
  }

  /** Whether no older key stands in the same folder: the queue of a lock is a folder, and its first key the holder's. */
  isFirst({ key, createRevision }: KeyValue): boolean {
    const folder = folderOf(key);
    for (const one of this.#keys.values())
      if (one.createRevision < createRevision && one.key.startsWith(folder)) return false;
    return true;
  }

  /** Leases that are over and have keys that still stand. */
  lapsedLeases(): ReadonlySet<number> {
    const lapsed = [...this.#keys.values()].filter((one) => one.lapsed === true);
    return new Set(lapsed.map(({ lease }) => lease));
  }

  save(): unknown[] {
    const records: unknown[] = [['revision', this.revision]];
    for (const lease of this.leases) records.push(['lease', ...lease]);
    for (const one of this.#keys.values()) records.push(['key', one]);
    return records;
  }

  restore(records: readonly unknown[]): void {
    this.leases.clear();
    this.#keys.clear();
    this.hash = 0;
    for (const [kind, first, second] of records as readonly [string, unknown, unknown][])
      if (kind === 'revision') this.revision = first as number;
      else if (kind === 'lease') {
        this.leases.set(first as number, second as number);
        this.#mix(leaseHash(first as number));
      } else this.#add(first as KeyValue);
  }

  /** `kept`: those of its keys that lapse instead of going with it. */
  #end(lease: number, kept: readonly KeyValue[]): Outcome {
    const gone = this.ownedBy(lease).filter((one) => !kept.includes(one));
    if (this.leases.delete(lease)) this.#mix(-leaseHash(lease));
    else if (gone.length === 0) return this.#outcome({ status: 'LeaseNotFound' });
    if (gone.length > 0) this.revision += 1;
    for (const { key } of gone) this.#remove(key);
    for (const one of kept) {
      this.#remove(one.key);
      this.#add({ ...one, lapsed: true });
    }
    return this.#outcome({ deleted: gone.map(({ key }) => key) });
  }

  #txn({ compare, success, failure }: Change & { op: 'txn' }): Outcome {
    const succeeded = compare.every(
      ({ key, createRevision }) => (this.get(key)?.createRevision ?? 0) === createRevision,
    );
    const operations = succeeded ? success : failure;
    const lost = operations.some(
      (one) => one.op === 'put' && one.lease !== 0 && !this.leases.has(one.lease),
    );
    if (lost) return this.#outcome({ status: 'LeaseNotFound' });
    const revision = this.revision + 1;
    const deleted: string[] = [];
    const results = operations.map((operation): readonly KeyValue[] => {
      if (operation.op === 'range') return this.range(operation.prefix);
      if (operation.op === 'put') {
        this.revision = revision;
        this.#put(operation, revision);
        return [];
      }
      const before = this.get(operation.key);
      if (before === null) return [];
      this.revision = revision;
      this.#remove(operation.key);
      deleted.push(operation.key);
      return [before];
    });
    return this.#outcome({ succeeded, results, deleted });
  }

  #put({ key, value, lease }: Operation & { op: 'put' }, revision: number): void {
    const before = this.get(key);
    this.#remove(key);
    this.#add({
      key,
      value,
      lease,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
    });
  }

  #add(one: KeyValue): void {
    this.#keys.set(one.key, one);
    this.#mix(keyHash(one));
  }

  #remove(key: string): void {
    const one = this.#keys.get(key);
    if (one === undefined) return;
    this.#keys.delete(key);
    this.#mix(-keyHash(one));
  }

  #outcome(outcome: Partial<Outcome>): Outcome {
    return {
      status: 'ok',
      succeeded: true,
      revision: this.revision,
      lease: 0,
      results: [],
      deleted: [],
      ...outcome,
    };
  }

  #mix(change: number): void {
    this.hash = (this.hash + change) >>> 0;
  }
}

/** `lock/x/` of `lock/x/1a`: the contenders for one lock stand side by side. */
export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

function leaseHash(lease: number): number {
  return Math.imul(lease, 0x9e3779b1) >>> 0;
}

function keyHash({ key, createRevision, modRevision, lease, lapsed }: KeyValue): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  for (const number of [createRevision, modRevision, lease])
    hash = Math.imul(hash ^ number, 0x01000193);
  if (lapsed === true) hash = Math.imul(hash ^ 1, 0x01000193);
  return hash >>> 0;
}
