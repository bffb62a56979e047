import { expect, test } from 'vitest';
import { checkAll } from '../../../src/checker/lattice/check-all.ts';
import type { History } from '../../../src/history/history.ts';
import { story } from '../lattice/story.ts';

const GUARANTEES = [
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
] as const;

/** Which of the four the history violates, judged each by itself. */
function broken(history: History): string[] {
  const { verdicts } = checkAll(history, { only: GUARANTEES, independently: true });
  return verdicts
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ consistency }) => consistency);
}

test('each guarantee can be broken alone', () => {
  expect(broken(story('c0 write x 1', 'c0 read x null'))).toEqual(['read-your-writes']);
  expect(broken(story('c0 write x 1', 'c1 read x 1', 'c1 read x null'))).toEqual([
    'monotonic-reads',
  ]);
  expect(broken(story('c0 write x 1', 'c0 write y 2', 'c1 read y 2', 'c1 read x null'))).toEqual([
    'monotonic-writes',
  ]);
  expect(
    broken(story('c0 write x 1', 'c1 read x 1', 'c1 write y 2', 'c2 read y 2', 'c2 read x null')),
  ).toEqual(['writes-follow-reads']);
});

test('writes follow reads through any number of clients', () => {
  const chain = [
    'c0 write x 1',
    'c1 read x 1',
    'c1 write y 2',
    'c2 read y 2',
    'c2 write z 3',
    'c3 read z 3',
    'c3 read x null',
  ];
  expect(broken(story(...chain))).toEqual(['writes-follow-reads']);
});

test('a guarantee is about one session: others may see another order', () => {
  const history = story(
    'c0 begins write x 1',
    'c1 begins write x 2',
    'c0 ends',
    'c1 ends',
    'c2 read x 1',
    'c2 read x 2',
    'c3 read x 2',
    'c3 read x 1',
  );
  expect(broken(history)).toEqual([]);
});

test('an unknown write that nobody read is not missed', () => {
  expect(broken(story('c0 write x 1', 'c0 write x 2 info', 'c1 read x 1', 'c1 read x 1'))).toEqual(
    [],
  );
});

test('PRAM and causal memory follow consequences of consequences', () => {
  const rounds = story(
    ...[
      'c0 write v 1',
      'c0 write z 1',
      'c0 write x 1',
      'c0 write y 1',
      'c2 write z 5',
      'c2 write q 1',
    ],
    ...[
      'c1 read q 1',
      'c1 read v null',
      'c1 write x 2',
      'c1 read z 5',
      'c1 read y 1',
      'c1 read x 2',
    ],
  );
  const { verdicts } = checkAll(rounds, { only: ['causal-memory', 'pram'], independently: true });
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['violated', 'violated']);
});
