import { describe, expect, it } from 'vitest';

import { ResourceManager } from '../../../src/protocols/commit/resource-manager.ts';
import { XA } from '../../../src/protocols/commit/xa.ts';

const manager = (): ResourceManager => new ResourceManager(100, 10, () => undefined);

/** A manager with branch `g` that has taken `amount` from x, ended. */
function worked(amount: number): ResourceManager {
  const rm = manager();
  rm.start('g', 'r1');
  rm.execute('g', [{ account: 'x', delta: -amount }]);
  rm.end('g');
  return rm;
}

describe('the XA verbs of a resource manager', () => {
  it('start, work, end, prepare, commit: then the money has moved and the branch is gone', () => {
    const rm = worked(30);
    expect(rm.amount('x')).toBe(100);
    expect(rm.prepare('g', true)).toBe(XA.OK);
    expect(rm.recover()).toEqual(['g']);
    expect(rm.commit('g', false)).toBe(XA.OK);
    expect(rm.amount('x')).toBe(70);
    expect(rm.recover()).toEqual([]);
    expect(rm.commit('g', false)).toBe(XA.NOTA);
    expect(rm.amount('x')).toBe(70);
  });

  it('refuses verbs in the wrong order with XAER_PROTO and changes nothing', () => {
    const rm = manager();
    rm.start('g', 'r1');
    expect(rm.prepare('g', true)).toBe(XA.PROTO);
    expect(rm.commit('g', false)).toBe(XA.PROTO);
    expect(rm.commit('g', true)).toBe(XA.PROTO);
    expect(rm.forget('g')).toBe(XA.PROTO);
    rm.execute('g', [{ account: 'x', delta: 1 }]);
    rm.end('g');
    expect(rm.end('g')).toBe(XA.PROTO);
    expect(rm.execute('g', [{ account: 'x', delta: 5 }])).toBe(XA.PROTO);
    expect(rm.commit('g', false)).toBe(XA.PROTO);
    rm.prepare('g', true);
    expect(rm.commit('g', true)).toBe(XA.PROTO);
    expect(rm.commit('g', false)).toBe(XA.OK);
    expect(rm.amount('x')).toBe(101);
  });

  it('knows no branch it has not seen: XAER_NOTA for every verb', () => {
    const rm = manager();
    const codes = [
      rm.execute('g', []),
      rm.end('g'),
      rm.prepare('g', true),
      rm.commit('g', false),
      rm.commit('g', true),
      rm.rollback('g'),
      rm.forget('g'),
      rm.decideAlone('g', 'commit'),
    ];
    expect(codes).toEqual(codes.map(() => XA.NOTA));
  });

  it('refuses a name twice, over or not, and names that are no xid', () => {
    const rm = worked(1);
    expect(rm.start('g', 'r1')).toBe(XA.DUPID);
    rm.commit('g', true);
    expect(rm.start('g', 'r2')).toBe(XA.DUPID);
    expect(rm.start('', 'r3')).toBe(XA.INVAL);
    expect(rm.start('g'.repeat(65), 'r3')).toBe(XA.INVAL);
  });

  it('an overdraft makes the branch rollback-only; prepare then rolls it back and says so', () => {
    const rm = manager();
    rm.start('g', 'r1');
    expect(rm.execute('g', [{ account: 'x', delta: -101 }])).toBe(XA.RBINTEGRITY);
    expect(rm.end('g')).toBe(XA.RBROLLBACK);
    expect(rm.prepare('g', true)).toBe(XA.RBROLLBACK);
    expect(rm.branches.size).toBe(0);
    expect(rm.amount('x')).toBe(100);
  });

  it('a branch that changed nothing votes read-only and is over, locks and all', () => {
    const rm = manager();
    rm.start('g', 'r1');
    rm.locks.acquire('x', 'g', () => undefined);
    rm.execute('g', []);
    rm.end('g');
    expect(rm.prepare('g', true)).toBe(XA.RDONLY);
    expect(rm.locks.holder('x')).toBeNull();
    expect(rm.commit('g', false)).toBe(XA.NOTA);
  });

  it('remembers a heuristic outcome until it is forgotten, and reports it whatever is asked', () => {
    for (const [outcome, code, amount] of [
      ['commit', XA.HEURCOM, 70],
      ['abort', XA.HEURRB, 100],
    ] as const) {
      const rm = worked(30);
      rm.prepare('g', true);
      expect(rm.decideAlone('g', outcome)).toBe(XA.OK);
      expect(rm.amount('x')).toBe(amount);
      expect([rm.commit('g', false), rm.rollback('g')]).toEqual([code, code]);
      expect(rm.recover()).toEqual(['g']);
      expect(rm.forget('g')).toBe(XA.OK);
      expect(rm.recover()).toEqual([]);
      expect(rm.amount('x')).toBe(amount);
    }
  });
});

describe('row locks', () => {
  it('are granted in the order they were asked for, and places in the queue can be given up', () => {
    const { locks } = manager();
    const got: string[] = [];
    for (const owner of ['a', 'b', 'c', 'd']) locks.acquire('x', owner, () => got.push(owner));
    locks.release('c');
    locks.release('a');
    expect(got).toEqual(['a', 'b']);
    locks.release('b');
    expect(got).toEqual(['a', 'b', 'd']);
  });
});
