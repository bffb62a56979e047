import { describe, expect, it } from 'vitest';

import { SessionTracker } from '../../../src/protocols/zookeeper/session-tracker.ts';
import type { Operation, Txn } from '../../../src/protocols/zookeeper/txn.ts';
import { Watches, missedSince } from '../../../src/protocols/zookeeper/watches.ts';
import { ZnodeTree } from '../../../src/protocols/zookeeper/znode-tree.ts';

/** A tree with one session, number 1, the folders /q and /p, and a zxid that counts. */
function tree(firstSequence = 0) {
  const znodes = new ZnodeTree(firstSequence);
  let zxid = 0;
  const apply = (txn: Txn) => {
    zxid += 1;
    return znodes.applyAt(txn, { zxid, timeMs: zxid * 10 });
  };
  apply({ op: 'createSession', timeoutUs: 4_000_000 });
  apply(create('/q'));
  apply(create('/p'));
  return { apply, tree: znodes };
}

const node = (path: string, kind: 'plain' | 'lock' = 'plain'): Operation => ({
  op: 'create',
  path,
  ephemeral: kind === 'lock',
  sequential: kind === 'lock',
  data: null,
});
const create = (path: string, kind: 'plain' | 'lock' = 'plain', session = 1): Txn => ({
  ...node(path, kind),
  session,
});
const set = (path: string, version: number, data = '7'): Txn => ({
  op: 'setData',
  session: 1,
  path,
  data,
  version,
});
const remove = (path: string): Txn => ({ op: 'delete', session: 1, path, version: -1 });

describe('a tree of nodes', () => {
  it('numbers sequential children by all creates below their parent', () => {
    const { apply } = tree();
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a-0000000000');
    apply(create('/q/plain'));
    expect(apply(create('/q/b-', 'lock')).value).toBe('/q/b-0000000002');
  });

  it('counts with 32 bits and a sign, as ZooKeeper does', () => {
    const { apply } = tree(2_147_483_647);
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a-2147483647');
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a--2147483648');
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a--2147483647');
  });

  it('begins to count anew when the parent is deleted and made again', () => {
    const { apply } = tree();
    apply(create('/q/a-', 'lock'));
    apply(remove('/q/a-0000000000'));
    apply(remove('/q'));
    apply(create('/q'));
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a-0000000000');
  });

  it('deletes all ephemeral nodes of a session in the transaction that closes it', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a-', 'lock'));
    apply(create('/p/b-', 'lock'));
    apply(create('/q/stays'));
    const { changes } = apply({ op: 'closeSession', session: 1 });
    expect(changes.map(({ path }) => path)).toEqual(['/q/a-0000000000', '/p/b-0000000000']);
    expect(znodes.children('/q')).toEqual(['stays']);
  });

  it('refuses what a closed session still asks for', () => {
    const { apply } = tree();
    apply({ op: 'closeSession', session: 1 });
    expect(apply(create('/q/a-', 'lock')).status).toBe('SessionExpired');
  });

  it('checks parents, versions, children and existence before it changes anything', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a'));
    expect(apply(create('/q/a')).status).toBe('NodeExists');
    expect(apply(create('/none/a')).status).toBe('NoNode');
    expect(apply(set('/q/a', 1)).status).toBe('BadVersion');
    expect(apply(set('/q/a', 0)).status).toBe('ok');
    expect(znodes.stat('/q/a')).toMatchObject({ version: 1, dataLength: 1, ephemeralOwner: 0 });
    expect(apply(remove('/q')).status).toBe('NotEmpty');
    expect(apply(remove('/q/b')).status).toBe('NoNode');
    expect(apply(remove('/q/a')).status).toBe('ok');
    expect(znodes.stat('/q/a')).toBeNull();
    apply(create('/q/e-', 'lock'));
    expect(apply(create('/q/e-0000000001/child')).status).toBe('NoChildrenForEphemerals');
  });

  it('keeps in the parent who changed its list of children last, and how often', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a'));
    apply(remove('/q/a'));
    expect(znodes.stat('/q')).toMatchObject({ czxid: 2, mzxid: 2, pzxid: 5, cversion: 2 });
  });

  it('is the same after a snapshot, owners and counters too', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a-', 'lock'));
    const copy = new ZnodeTree();
    copy.restore(znodes.save());
    expect(copy.hash).toBe(znodes.hash);
    expect(copy.stat('/q')).toEqual(znodes.stat('/q'));
    const end: Txn = { op: 'closeSession', session: 1 };
    expect(copy.applyAt(end, { zxid: 9, timeMs: 9 })).toEqual(
      znodes.applyAt(end, { zxid: 9, timeMs: 9 }),
    );
  });
});

describe('a multi', () => {
  it('does all of it at one zxid', () => {
    const { apply, tree: znodes } = tree();
    const ops = [node('/q/a'), node('/q/a/b'), node('/q/s-', 'lock')];
    const { status, value } = apply({ op: 'multi', session: 1, ops });
    expect(status).toBe('ok');
    expect(value).toMatchObject([
      { path: '/q/a', stat: { czxid: 4, numChildren: 0 } },
      { path: '/q/a/b' },
      { path: '/q/s-0000000001' },
    ]);
    expect(znodes.stat('/q/a/b')?.czxid).toBe(4);
  });

  it('does nothing when one operation fails, and says which', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a'));
    const before = { hash: znodes.hash, stat: znodes.stat('/q') };
    const ops: Operation[] = [
      { op: 'setData', path: '/q/a', data: 'x', version: 0 },
      { op: 'delete', path: '/q/a', version: 1 },
      node('/q/s-', 'lock'),
      { op: 'check', path: '/q', version: 3 },
      node('/q/t'),
    ];
    const { status, value, changes } = apply({ op: 'multi', session: 1, ops });
    expect(status).toBe('BadVersion');
    expect((value as readonly { status: string }[]).map((result) => result.status)).toEqual([
      'ok',
      'ok',
      'ok',
      'BadVersion',
      'RuntimeInconsistency',
    ]);
    expect(changes).toEqual([]);
    expect({ hash: znodes.hash, stat: znodes.stat('/q') }).toEqual(before);
    expect(znodes.data('/q/a')).toBeNull();
    expect(znodes.ephemeralsOf(1)).toEqual([]);
  });
});

describe('a watch', () => {
  it('is told of one change, once', () => {
    const watches = new Watches();
    watches.add('data', '/q/a', 1);
    watches.add('children', '/q', 2);
    const deleted = { kind: 'deleted', path: '/q/a' } as const;
    expect(watches.fire(deleted)).toEqual([
      { session: 1, event: 'NodeDeleted', path: '/q/a' },
      { session: 2, event: 'NodeChildrenChanged', path: '/q' },
    ]);
    expect(watches.fire(deleted)).toEqual([]);
  });

  it('on a node and on its list of children tells once that the node is gone', () => {
    const watches = new Watches();
    watches.add('data', '/q', 1);
    watches.add('children', '/q', 1);
    expect(watches.fire({ kind: 'deleted', path: '/q' })).toHaveLength(1);
    expect(watches.size).toBe(0);
  });

  it('on a list of children does not tell of changed data', () => {
    const watches = new Watches();
    watches.add('children', '/q', 2);
    expect(watches.fire({ kind: 'changed', path: '/q/a' })).toEqual([]);
  });

  it('that is registered again tells what happened meanwhile, but not of what came and went', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a'));
    apply(set('/q/a', -1));
    expect(missedSince(znodes, 'data', '/q/a', 4)).toBe('NodeDataChanged');
    expect(missedSince(znodes, 'data', '/q/a', 5)).toBeNull();
    expect(missedSince(znodes, 'data', '/q/b', 5)).toBe('NodeDeleted');
    expect(missedSince(znodes, 'exist', '/q/a', 5)).toBe('NodeCreated');
    expect(missedSince(znodes, 'children', '/q', 3)).toBe('NodeChildrenChanged');
    apply(create('/q/b'));
    apply(remove('/q/b'));
    expect(missedSince(znodes, 'exist', '/q/b', 5)).toBeNull();
  });
});

describe('the end of a session', () => {
  it('comes after its timeout and at most one tick later', () => {
    for (let heardUs = 0; heardUs < 1_000; heardUs += 37) {
      const tracker = new SessionTracker(500);
      tracker.touch(1, 1_000, heardUs);
      let nowUs = heardUs;
      while (tracker.takeExpired(nowUs).length === 0) nowUs += 1;
      expect(nowUs - heardUs).toBeGreaterThan(1_000);
      expect(nowUs - heardUs).toBeLessThanOrEqual(1_500);
    }
  });

  it('is final: a session being closed cannot be touched back to life', () => {
    const tracker = new SessionTracker(500);
    tracker.touch(1, 1_000, 0);
    expect(tracker.takeExpired(9_999)).toEqual([1]);
    expect(tracker.touch(1, 1_000, 9_999)).toBe(false);
    expect(tracker.takeExpired(99_999)).toEqual([]);
  });
});
