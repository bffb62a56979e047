import { beforeEach, describe, expect, it } from 'vitest';

import { EtcdStore } from '../../../src/protocols/etcd/store.ts';
import type { LoggedChange, Outcome } from '../../../src/protocols/etcd/store.ts';

let store: EtcdStore;
let index: number;

beforeEach(() => {
  store = new EtcdStore();
  index = 0;
});

function apply(change: LoggedChange): Outcome {
  index += 1;
  return store.apply(change, { index });
}

const lease = (): number => apply({ op: 'grant', ttlUs: 1_000_000 }).lease;

function put(key: string, owner: number): Outcome {
  const success = [{ op: 'put', key, value: '', lease: owner } as const];
  return apply({ op: 'txn', compare: [], success, failure: [] });
}

function remove(key: string): Outcome {
  return apply({ op: 'txn', compare: [], success: [{ op: 'delete', key }], failure: [] });
}

describe('a lease that expires', () => {
  it("leaves the holder's key where it stands, lapsed, and takes a waiter's with it", () => {
    const [ours, other] = [lease(), lease()];
    put('lock/x/a', ours);
    put('lock/y/b', other);
    put('lock/y/a', ours);
    expect(apply({ op: 'expire', lease: ours }).deleted).toEqual(['lock/y/a']);
    expect(store.get('lock/x/a')).toMatchObject({ lapsed: true, lease: ours });
    expect([...store.lapsedLeases()]).toEqual([ours]);
  });

  it('is over: nothing is put under it, and it does not expire again', () => {
    const ours = lease();
    put('lock/x/a', ours);
    apply({ op: 'expire', lease: ours });
    expect(store.leases.has(ours)).toBe(false);
    expect(put('lock/y/a', ours).status).toBe('LeaseNotFound');
    expect(apply({ op: 'expire', lease: ours }).status).toBe('LeaseNotFound');
  });

  it('leaves nothing when its holder has released, or has held nothing', () => {
    const ours = lease();
    put('lock/x/a', ours);
    remove('lock/x/a');
    expect(apply({ op: 'expire', lease: ours })).toMatchObject({ status: 'ok', deleted: [] });
    expect(store.lapsedLeases().size).toBe(0);
  });

  it('has its lapsed keys deleted when it is revoked, and then there is nothing to revoke', () => {
    const ours = lease();
    put('lock/x/a', ours);
    apply({ op: 'expire', lease: ours });
    expect(apply({ op: 'revoke', lease: ours }).deleted).toEqual(['lock/x/a']);
    expect(apply({ op: 'revoke', lease: ours }).status).toBe('LeaseNotFound');
  });

  it('frees its lock at once when the holder releases it all the same', () => {
    const ours = lease();
    put('lock/x/a', ours);
    apply({ op: 'expire', lease: ours });
    expect(remove('lock/x/a').deleted).toEqual(['lock/x/a']);
    expect(store.lapsedLeases().size).toBe(0);
  });
});

describe('a snapshot', () => {
  it('keeps what has lapsed, and its hash', () => {
    const ours = lease();
    put('lock/x/a', ours);
    const before = store.hash;
    apply({ op: 'expire', lease: ours });
    const copy = new EtcdStore();
    copy.restore(store.save());
    expect(copy.lapsedLeases()).toEqual(store.lapsedLeases());
    expect(copy.hash).toBe(store.hash);
    expect(store.hash).not.toBe(before);
  });

  it('has another hash than one in which the key has not lapsed', () => {
    const ours = lease();
    put('lock/x/a', ours);
    apply({ op: 'expire', lease: ours });
    const records = store.save() as [string, object][];
    const copy = new EtcdStore();
    copy.restore(
      records.map(([kind, one]) => [kind, kind === 'key' ? { ...one, lapsed: undefined } : one]),
    );
    expect(copy.hash).not.toBe(store.hash);
  });
});
