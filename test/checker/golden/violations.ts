import { op } from './op.ts';
import type { RecordedOp } from './op.ts';

/** A violation made by hand, and the operations a person would name. */
export interface Violation {
  readonly name: string;
  readonly model: string;
  readonly ops: readonly RecordedOp[];
  /** Numbers in order of invocation. */
  readonly core: readonly number[];
  readonly says: RegExp;
  /** Initial value, when it is not null. */
  readonly initial?: unknown;
}

const x = { key: 'x' };
const w = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'write', from, to, { ...x, input: value });
const r = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'read', from, to, { ...x, output: value });
const cas = (
  process: number,
  a: unknown,
  b: unknown,
  from: number,
  to: number,
  fail = false,
): RecordedOp => op(process, 'cas', from, to, { ...x, input: [a, b], fail });
const enq = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'enqueue', from, to, { input: value });
const deq = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'dequeue', from, to, { output: value });
const push = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'push', from, to, { input: value });
const pop = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'pop', from, to, { output: value });
const add = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'add', from, to, { input: value });
const all = (process: number, value: unknown, from: number, to: number): RecordedOp =>
  op(process, 'read', from, to, { output: value });
const acquire = (process: number, from: number, to: number, token?: number): RecordedOp =>
  op(process, 'acquire', from, to, { output: token });
const release = (process: number, from: number, to: number): RecordedOp =>
  op(process, 'release', from, to);
const inc = (process: number, from: number, to: number): RecordedOp =>
  op(process, 'increment', from, to);

export const VIOLATIONS: readonly Violation[] = [
  {
    name: 'stale read',
    model: 'register',
    ops: [w(1, 1, 0, 1), w(1, 2, 2, 3), r(2, 1, 4, 5)],
    core: [1, 2],
    says: /^Stale read: c2 read x = 1 after c1's write x := 2 had already been acknowledged\.$/,
  },
  {
    name: 'stale read of the initial value',
    model: 'register',
    ops: [w(1, 1, 0, 1), r(3, 1, 2, 3), r(2, null, 4, 5)],
    core: [1, 2],
    says: /^Non-monotonic read: c2 read x = null after c3 had read the newer value 1\.$/,
  },
  {
    name: 'lost write',
    model: 'register',
    ops: [w(1, 1, 0, 1), r(2, null, 2, 3)],
    core: [0, 1],
    says: /^Stale read: c2 read x = null after c1's write x := 1/,
  },
  {
    name: 'dirty read of a failed write',
    model: 'register',
    ops: [op(1, 'write', 0, 1, { ...x, input: 7, fail: true }), r(2, 7, 2, 3)],
    core: [1],
    says: /^Read of a value that was never written: c2 read x = 7/,
  },
  {
    name: 'read from the future',
    model: 'register',
    ops: [r(2, 1, 0, 1), w(1, 1, 2, 3)],
    core: [0],
    says: /^Read of a value that was never written: c2 read x = 1, but nobody had written 1 by then/,
  },
  {
    name: 'non-monotonic read during one write',
    model: 'register',
    ops: [w(1, 1, 0, 9), r(2, 1, 1, 2), r(3, null, 3, 4)],
    core: [1, 2],
    says: /^Non-monotonic read: c3 read x = null after c2 had read the newer value 1\.$/,
  },
  {
    name: 'flip-flop between two concurrent writes',
    model: 'register',
    ops: [w(1, 1, 0, 20), w(2, 2, 1, 21), r(3, 1, 2, 3), r(3, 2, 4, 5), r(3, 1, 6, 7)],
    core: [2, 3, 4],
    says: /^Flip-flop: reads saw 1, then 2, then 1 again, which was written only once\.$/,
  },
  {
    name: 'two readers disagree about the order of two writes',
    model: 'register',
    ops: [w(1, 1, 0, 1), w(2, 2, 0.5, 2), r(3, 1, 3, 4), r(4, 2, 5, 6)],
    core: [2, 3],
    says: /^Disagreeing reads: c4 read x = 2 after c3 had read 1, but 2 was put there before c3 began to read, and not again since\.$/,
  },
  {
    name: 'an older value is read after a newer one',
    model: 'register',
    ops: [w(1, 2, 0, 1), w(2, 1, 2, 9), r(3, 1, 3, 4), r(4, 2, 5, 6)],
    core: [2, 3],
    says: /^Non-monotonic read: c4 read x = 2 after c3 had read the newer value 1\.$/,
  },
  {
    name: 'value of a crashed write comes and goes',
    model: 'register',
    ops: [w(1, 1, 0, 1), w(2, 2, 2, Infinity), r(3, 2, 3, 4), r(4, 1, 5, 6)],
    core: [2, 3],
    says: /^Non-monotonic read: c4 read x = 1 after c3 had read the newer value 2\.$/,
  },
  {
    name: 'lost update',
    model: 'cas-register',
    ops: [w(1, 1, 0, 1), cas(2, 1, 2, 2, 5), cas(3, 1, 3, 3, 6)],
    core: [1, 2],
    says: /^Lost update: c2 changed x from 1 to 2 and c3 changed x from 1 to 3, but both cannot have found 1\.$/,
  },
  {
    name: 'cas succeeds on an overwritten value',
    model: 'cas-register',
    ops: [w(1, 1, 0, 1), w(1, 2, 2, 3), cas(2, 1, 3, 4, 5)],
    core: [1, 2],
    says: /^Stale compare: c2 changed x from 1 to 3 after c1's write x := 2 had already been acknowledged\.$/,
  },
  {
    name: 'cas refused although the value was right',
    model: 'cas-register',
    ops: [w(1, 1, 0, 1), cas(2, 1, 3, 2, 3, true)],
    core: [0, 1],
    says: /^Wrong refusal: c2 was told that x is not 1 after c1's write x := 1 had already been acknowledged\.$/,
  },
  {
    name: 'deleted value is read',
    model: 'kv',
    ops: [
      op(1, 'put', 0, 1, { ...x, input: 'a' }),
      op(2, 'delete', 2, 3, x),
      op(3, 'get', 4, 5, { ...x, output: 'a' }),
    ],
    core: [1, 2],
    says: /^Stale read: c3 read x = "a" after c2's delete x had already been acknowledged\.$/,
  },
  {
    name: 'lost append',
    model: 'kv',
    initial: '',
    ops: [
      op(1, 'append', 0, 1, { ...x, input: 'a' }),
      op(2, 'append', 2, 3, { ...x, input: 'b' }),
      op(3, 'get', 4, 5, { ...x, output: 'b' }),
    ],
    core: [0, 2],
    says: /^Stale read: c3 read x = "b" after c1's append x := "a" had already been acknowledged\.$/,
  },
  {
    name: 'only one of two keys is wrong',
    model: 'kv',
    ops: [
      op(1, 'put', 0, 1, { key: 'y', input: 1 }),
      op(2, 'put', 2, 3, { ...x, input: 2 }),
      op(3, 'get', 4, 5, { key: 'y', output: 1 }),
      op(3, 'get', 6, 7, { ...x, output: null }),
    ],
    core: [1, 3],
    says: /^Stale read: c3 read x = null after c2's put x := 2/,
  },
  {
    name: 'queue delivers twice',
    model: 'queue',
    ops: [enq(1, 'a', 0, 1), deq(2, 'a', 2, 3), deq(3, 'a', 4, 5)],
    core: [1, 2],
    says: /^Duplicate delivery: c2 and c3 both took out "a", which was put in only once\.$/,
  },
  {
    name: 'queue delivers what nobody sent',
    model: 'queue',
    ops: [enq(1, 'a', 0, 1), deq(2, 'b', 2, 3)],
    core: [1],
    says: /^Element out of nowhere: c2 took out "b"/,
  },
  {
    name: 'queue out of order',
    model: 'queue',
    ops: [enq(1, 'a', 0, 1), enq(1, 'b', 2, 3), deq(2, 'b', 4, 5), deq(2, 'a', 6, 7)],
    core: [2, 3],
    says: /^Order broken: c2 took out "b" before "a", which had been put in first\.$/,
  },
  {
    name: 'queue loses an element',
    model: 'queue',
    ops: [enq(1, 'a', 0, 1), deq(2, null, 2, 3)],
    core: [0, 1],
    says: /^Lost element: c2 was told that there is nothing, while "a" was in\.$/,
  },
  {
    name: 'stack out of order',
    model: 'stack',
    ops: [push(1, 'a', 0, 1), push(1, 'b', 2, 3), pop(2, 'a', 4, 5)],
    core: [1, 2],
    says: /^Order broken: c2 took out "a" while "b", which was put in later, lay on top of it\.$/,
  },
  {
    name: 'set loses an element',
    model: 'set',
    ops: [add(1, 1, 0, 1), add(2, 2, 2, 3), all(3, [1], 4, 5)],
    core: [1, 2],
    says: /^Lost element: c3 read without 2 after c2's add of it had been acknowledged\.$/,
  },
  {
    name: 'set shows a removed element',
    model: 'set',
    ops: [add(1, 1, 0, 1), op(2, 'remove', 2, 3, { input: 1 }), all(3, [1], 4, 5)],
    core: [1, 2],
    says: /^Resurrected element: c3 read 1 after c2's remove of it had been acknowledged\.$/,
  },
  {
    name: 'lock held twice',
    model: 'lock',
    ops: [acquire(1, 0, 1), acquire(2, 2, 3), release(1, 4, 5)],
    core: [0, 1],
    says: /^Lock held twice: c1 and c2 both acquired it/,
  },
  {
    name: 'released by another client',
    model: 'lock',
    ops: [acquire(1, 0, 1), release(2, 2, 3)],
    core: [1],
    says: /^Release of a lock that was not held: c2 released it/,
  },
  {
    name: 'fencing token goes back',
    model: 'lock',
    ops: [acquire(1, 0, 1, 34), release(1, 2, 3), acquire(2, 4, 5, 33)],
    core: [0, 2],
    says: /^Fencing token went back: c2 got token 33 after c1 had got 34\.$/,
  },
  {
    name: 'counter misses an increment',
    model: 'counter',
    ops: [inc(1, 0, 1), inc(2, 0.5, 2), all(3, 1, 4, 5)],
    core: [0, 1, 2],
    says: /^Lost increment: c3 read 1, but 2 changes that add up to 2 had already been acknowledged\.$/,
  },
  {
    name: 'log entry disappears',
    model: 'log',
    ops: [
      op(1, 'append', 0, 1, { input: 'a' }),
      op(1, 'append', 2, 3, { input: 'b' }),
      all(2, ['a'], 4, 5),
    ],
    core: [1, 2],
    says: /^Lost element: c2 read without "b" after c1's append of it had been acknowledged\.$/,
  },
];
