import { expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { IncrementalChecker } from '../../src/checker/stream/incremental-checker.ts';
import { op, recorded } from './golden/op.ts';

it('of two equal appends the later one may be the one that shows, when the earlier one was overwritten', () => {
  const append = (process: number, from: number, to: number) =>
    op(process, 'append', from, to, { input: 'a' });
  const get = (from: number, to: number) => op(9, 'get', from, to, { output: 'ba' });
  const history = recorded([
    append(1, 0, 9),
    op(2, 'put', 1, 2, { input: 'b' }),
    append(3, 3, 10),
    get(4, 5),
    get(11, 12),
  ]);
  expect(check(history, { model: 'kv', initial: '' }).verdict).toBe('holds');
});

it('a write that changes nothing may be needed all the same, to hide another one', () => {
  const write = (process: number, value: number, from: number, to: number) =>
    op(process, 'write', from, to, { input: value });
  const history = recorded([
    write(1, 2, 0, 1),
    write(2, 1, 2, 5),
    write(3, 2, 3, 4),
    op(4, 'read', 6, 7, { output: 2 }),
  ]);
  expect(check(history, { model: 'register' }).verdict).toBe('holds');
});

it('a crashed write shows only once, also when the checker has forgotten almost everything since', () => {
  const checker = new IncrementalChecker('register');
  const does = (f: string, value: unknown): boolean => {
    checker.invoke(1, f, 'x', f === 'write' ? value : null);
    return checker.complete(1, 'ok', value) === undefined;
  };
  checker.invoke(0, 'write', 'x', 'ghost');
  checker.complete(0, 'info');
  for (let i = 0; i < 5_000; i++) expect(does('write', i) && does('read', i)).toBe(true);
  expect(checker.retained).toBeLessThan(10);
  expect(does('read', 'ghost')).toBe(true);
  expect(does('write', 'again')).toBe(true);
  expect(does('read', 'ghost')).toBe(false);
  expect(checker.violation).toMatchObject({ process: 1, key: 'x' });
});
