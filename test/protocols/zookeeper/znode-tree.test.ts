import { describe, expect, it } from 'vitest';

import { SessionTracker } from '../../../src/protocols/zookeeper/session-tracker.ts';
import { Watches } from '../../../src/protocols/zookeeper/watches.ts';
import { ZnodeTree } from '../../../src/protocols/zookeeper/znode-tree.ts';
import type { Txn } from '../../../src/protocols/zookeeper/znode-tree.ts';

/** A tree with one session, number 1, and a zxid that counts. */
function tree(): { apply: (txn: Txn) => ReturnType<ZnodeTree['apply']>; tree: ZnodeTree } {
  const znodes = new ZnodeTree();
  let zxid = 0;
  const apply = (txn: Txn): ReturnType<ZnodeTree['apply']> => znodes.apply(txn, ++zxid);
  apply({ op: 'createSession', timeoutUs: 4_000_000 });
  return { apply, tree: znodes };
}

const create = (path: string, kind: 'plain' | 'lock' = 'plain', session = 1): Txn => ({
  op: 'create',
  session,
  path,
  ephemeral: kind === 'lock',
  sequential: kind === 'lock',
  data: null,
});

describe('a tree of nodes', () => {
  it('numbers sequential children by all creates below their parent', () => {
    const { apply } = tree();
    expect(apply(create('/q/a-', 'lock')).value).toBe('/q/a-0000000000');
    apply(create('/q/plain'));
    expect(apply(create('/q/b-', 'lock')).value).toBe('/q/b-0000000002');
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

  it('checks versions, children and existence before it changes anything', () => {
    const { apply, tree: znodes } = tree();
    apply(create('/q/a'));
    expect(apply(create('/q/a')).status).toBe('NodeExists');
    const set = (version: number): Txn => ({
      op: 'setData',
      session: 1,
      path: '/q/a',
      data: 7,
      version,
    });
    expect(apply(set(1)).status).toBe('BadVersion');
    expect(apply(set(0)).status).toBe('ok');
    expect(znodes.stat('/q/a')).toMatchObject({ version: 1, ephemeralOwner: 0 });
    const remove = (path: string): Txn => ({ op: 'delete', session: 1, path, version: -1 });
    expect(apply(remove('/q')).status).toBe('NotEmpty');
    expect(apply(remove('/q/b')).status).toBe('NoNode');
    expect(apply(remove('/q/a')).status).toBe('ok');
    expect(znodes.stat('/q/a')).toBeNull();
  });
});

describe('a watch', () => {
  it('is told of one change, once', () => {
    const watches = new Watches();
    watches.add('data', '/q/a', 1);
    watches.add('children', '/q', 2);
    const deleted = { kind: 'deleted', path: '/q/a' } as const;
    expect(watches.fire(deleted)).toEqual([
      { session: 1, path: '/q/a' },
      { session: 2, path: '/q' },
    ]);
    expect(watches.fire(deleted)).toEqual([]);
  });

  it('on a list of children does not tell of changed data', () => {
    const watches = new Watches();
    watches.add('children', '/q', 2);
    expect(watches.fire({ kind: 'changed', path: '/q/a' })).toEqual([]);
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
