import { expect, it } from 'vitest';

import { violatedOf } from '../run-text.ts';
import { marksOf, textOf } from './marks.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6'];

it('nobody writes between the write of a writer and the end of the read that it goes on with', () => {
  for (const seed of SEEDS) {
    const { result, marks } = marksOf(textOf('zk-downgrade'), seed);
    expect(violatedOf(result)).toEqual([]);
    const writes = marks.filter(({ name }) => name === 'writing');
    const rereads = marks.filter(({ name }) => name === 'reread');
    expect(rereads.map(({ detail }) => detail['value'])).toEqual([1, 2]);
    for (const [at, reread] of rereads.entries()) {
      expect(writes[at]!.node).toBe(reread.node);
      expect(writes[at + 1]?.atUs ?? Infinity).toBeGreaterThan(reread.atUs);
    }
  }
});

it('with the readers behind the next writer, that writer holds while the first one still reads', () => {
  const { result } = marksOf(textOf('zk-downgrade-at-the-end'), '1');
  expect(violatedOf(result)).toEqual(
    expect.arrayContaining(['read-write-exclusion', 'downgrade-keeps-the-write']),
  );
});

it('a writer that is cut off when it asks to read goes on with nothing, and leaves nothing behind', () => {
  const text = textOf('zk-downgrade')
    .replace(/^require:[\s\S]*/m, '')
    .concat(
      'faults:\n  - { id: cut, when: { mark: writing, node: c1 }, after: 4ms, kind: partition, ' +
        'groups: [[c1], [z1, z2, z3]], for: 30s }\n',
    )
    .replace('duration: 6s', 'duration: 40s');
  for (const seed of SEEDS) {
    const { result, marks } = marksOf(text, seed);
    expect(violatedOf(result)).toEqual([]);
    expect(marks.filter(({ name, node }) => name === 'downgraded' && node === 'c1')).toEqual([]);
    expect(marks.some(({ name, node }) => name === 'writing' && node === 'c2')).toBe(true);
  }
});

it('with the option absent a writer reads nothing after its write', () => {
  const { marks } = marksOf(textOf('zk-rw-mixed'), '1');
  expect(marks.filter(({ name }) => name === 'downgraded' || name === 'reread')).toEqual([]);
});
