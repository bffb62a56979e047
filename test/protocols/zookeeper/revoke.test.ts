import { expect, it } from 'vitest';

import { handOverUs } from '../../../src/protocols/zookeeper/bounds.ts';
import { violatedOf } from '../run-text.ts';
import { marksOf, textOf } from './marks.ts';
import type { SeenMark } from './marks.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6'];
const DELAY_US = 2_000;
const SYNC_US = 3_000;
/** When the second contender of `zk-revoke` begins. */
const WISH_US = 2_030_000;

const timeOf = (marks: readonly SeenMark[], name: string, node: string): number =>
  marks.find((mark) => mark.name === name && mark.node === node && mark.atUs > 1_900_000)!.atUs;

it.each([100, 500, 1_500])(
  'a holder that is stuck but listens hands over within its bound: asked after %d ms',
  (afterMs) => {
    const text = textOf('zk-revoke').replace('revokeAfter: 500ms', `revokeAfter: ${afterMs}ms`);
    for (const seed of SEEDS) {
      const { result, marks } = marksOf(text, seed);
      expect(violatedOf(result)).toEqual([]);
      const took = timeOf(marks, 'acquired', 'c2') - WISH_US;
      expect(took).toBeGreaterThan(afterMs * 1_000);
      expect(took).toBeLessThanOrEqual(handOverUs(afterMs * 1_000, DELAY_US, SYNC_US));
    }
  },
);

it('a holder that is asked before it has written never writes', () => {
  for (const seed of SEEDS) {
    const { marks } = marksOf(textOf('zk-revoke'), seed);
    expect(marks.filter(({ name, node }) => name === 'writing' && node === 'c1')).toEqual([]);
  }
});

it('a reader that is asked ends its hold, and answers what it has read', () => {
  const text = textOf('zk-revoke')
    .replace('config: {', 'config: { lock: read-write,')
    .replace(
      'id: s1, at: 2000ms, client: c1, do: increment',
      'id: s1, at: 2000ms, client: c1, do: read',
    )
    .replace('s1: fail, s2', 's1: { ok: 0 }, s2')
    .replace('holds: { c1: 60s }', 'holds: { c1: 5s }');
  for (const seed of SEEDS) {
    const { result } = marksOf(text, seed);
    expect(result.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  }
});

it('a writer asks all the readers that hold before it', () => {
  const text = textOf('zk-revoke')
    .replace('config: {', 'config: { lock: read-write,')
    .replace('holds: { c1: 60s }', 'holds: { c1: 5s, c2: 5s }')
    .replace(/^script:[\s\S]*/m, '')
    .concat(
      'script:\n',
      '  - { id: warm, at: 1s, client: c3, do: read, key: x }\n',
      '  - { id: r1, at: 2000ms, client: c1, do: read, key: x }\n',
      '  - { id: r2, at: 2010ms, client: c2, do: read, key: x }\n',
      '  - { id: w3, at: 2030ms, client: c3, do: increment, key: x }\n',
      'require: { outcomes: { r1: { ok: 0 }, r2: { ok: 0 }, w3: { ok: 1 } } }\n',
    );
  const { result, marks } = marksOf(text, '1');
  expect(result.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  const asked = marks.filter(({ name }) => name === 'askedBack').map(({ node }) => node);
  expect(new Set(asked)).toEqual(new Set(['c1', 'c2']));
});

it('a holder that is cut off while it is asked finds the request when it comes back', () => {
  const text = textOf('zk-revoke')
    .replace('acquireTimeout: 2s', 'acquireTimeout: 60s, onSuspended: keep')
    .replace('s3, at: 4000ms', 's3, at: 15s')
    .replace('duration: 6s', 'duration: 18s')
    .replace('times: 1', 'atLeast: 1')
    .concat(
      'faults:\n  - { id: cut, at: 2400ms, kind: partition, groups: [[c1], [z1, z2, z3]], for: 8s }\n',
    );
  for (const seed of SEEDS) {
    const { result, marks } = marksOf(text, seed);
    expect(result.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(timeOf(marks, 'askedBack', 'c1')).toBeGreaterThan(10_400_000);
  }
});

it('with the option absent nobody asks', () => {
  const text = textOf('zk-revoke')
    .replace('revokeAfter: 500ms, ', '')
    .replace(/^require:[\s\S]*/m, '');
  const { marks } = marksOf(text, '1');
  expect(marks.filter(({ name }) => name === 'asks' || name === 'askedBack')).toEqual([]);
});

it.each(['21', '105', '152'])(
  'a connection on which the watches never arrived, because a message was lost, shows nothing newer: seed %s',
  (seed) => {
    const text = textOf('zk-faults-revoke').replace(
      /^network:.*$/m,
      'network: { latency: [1ms, 5ms], fifo: true, loss: 5% }',
    );
    expect(violatedOf(marksOf(text, seed).result)).toEqual([]);
  },
);
