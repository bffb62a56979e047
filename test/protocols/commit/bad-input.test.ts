import { describe, expect, it } from 'vitest';

import { ResourceManager } from '../../../src/protocols/commit/resource-manager.ts';
import { XA } from '../../../src/protocols/commit/xa.ts';
import { oneOrder, watch } from './harness.ts';

/** A manager with branch `g` that has taken 30 from x, prepared. */
function prepared(): ResourceManager {
  const rm = new ResourceManager(100, 10, () => undefined);
  rm.start('g', 'r1');
  rm.execute('g', [{ account: 'x', delta: -30 }]);
  rm.end('g');
  rm.prepare('g', true);
  return rm;
}

describe('what a resource manager answers to verbs that come wrong', () => {
  it('a commit after the rollback: XAER_NOTA, and nothing is applied', () => {
    const rm = prepared();
    expect(rm.rollback('g')).toBe(XA.OK);
    expect([rm.commit('g', false), rm.commit('g', true)]).toEqual([XA.NOTA, XA.NOTA]);
    expect(rm.amount('x')).toBe(100);
  });

  it('a rollback after the commit: XAER_NOTA, and nothing is taken back', () => {
    const rm = prepared();
    expect(rm.commit('g', false)).toBe(XA.OK);
    expect(rm.rollback('g')).toBe(XA.NOTA);
    expect(rm.amount('x')).toBe(70);
  });

  it('a rollback of work that is not ended: XAER_PROTO; then end and rollback', () => {
    const rm = new ResourceManager(100, 10, () => undefined);
    rm.start('g', 'r1');
    expect(rm.rollback('g')).toBe(XA.PROTO);
    expect([rm.end('g'), rm.rollback('g')]).toEqual([XA.OK, XA.OK]);
  });

  it('work for a branch that can only be rolled back: XA_RBROLLBACK', () => {
    const rm = new ResourceManager(100, 10, () => undefined);
    rm.start('g', 'r1');
    expect(rm.execute('g', [{ account: 'x', delta: -101 }])).toBe(XA.RBINTEGRITY);
    expect(rm.execute('g', [{ account: 'x', delta: 1 }])).toBe(XA.RBROLLBACK);
  });
});

describe('a whole transaction under repeated and unknown messages', () => {
  it('every message twice: applied once, committed once', () => {
    const fault =
      'faults: [{ id: twice, at: 1ms, kind: messages, types: [Begin, Work, WorkReply, Prepare, Vote, Decision, Ack], duplicate: 100% }]';
    const { result } = watch(oneOrder('', fault));
    expect(result.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(result.figures.find(({ name }) => name === 'committed')!.value).toBe(1);
  });
});
