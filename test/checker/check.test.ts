import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { generateHistory } from '../../src/checker/bench/generate-history.ts';
import type { GeneratedHistory } from '../../src/checker/bench/generate-history.ts';
import { checkerBenchCases, runCheckerBench } from '../../src/checker/bench/run-checker-bench.ts';
import type { Model } from '../../src/checker/models/model.ts';
import { verifiedRegister, verifyVerdict } from '../../src/checker/verify/verify-verdict.ts';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { parseHistory } from '../../src/history/read-history.ts';
import { op, recorded } from './golden/op.ts';

const generated = (more: Partial<GeneratedHistory>) =>
  generateHistory({
    kind: 'register',
    operations: 3_000,
    clients: 10,
    keys: 1,
    crashedPerMille: 0,
    staleRead: false,
    seed: 1,
    ...more,
  });

describe('the router takes the cheapest exact procedure and says which', () => {
  it('zones for different values, a search where a value repeats or is compared', () => {
    expect(check(generated({}), { model: 'register' }).procedure).toBe(
      'zones (linear time; every written value is different) for 1 object',
    );
    expect(check(generated({ kind: 'cas' }), { model: 'cas-register' }).procedure).toMatch(
      /search for 1 object \(because 1 object compared and set\)$/,
    );
    const write = (from: number) => op(1, 'write', from, from + 1, { input: 5 });
    expect(check(recorded([write(0), write(2)]), { model: 'register' }).procedure).toMatch(
      /search for 1 object \(because values were written more than once to 1 object\)$/,
    );
  });

  it('judges the same value written to different keys by zones', () => {
    const put = (key: string, from: number) => op(1, 'put', from, from + 1, { key, input: 1 });
    const get = (key: string, from: number, output: unknown) =>
      op(1, 'get', from, from + 1, { key, output });
    const good = recorded([put('x', 0), put('y', 2), get('x', 4, 1), get('y', 6, 1)]);
    expect(check(good, { model: 'kv' })).toMatchObject({ verdict: 'holds' });
    const bad = recorded([put('x', 0), put('y', 2), get('x', 4, 1), get('y', 6, null)]);
    expect(check(bad, { model: 'kv' })).toMatchObject({ verdict: 'violated', object: 'y' });
    expect(check(bad, { model: 'kv' }).procedure).toMatch(/^zones .* for 2 objects$/);
  });
});

describe('a certificate can be checked without the searches', () => {
  it.each([
    ['zones', generated({ operations: 400, crashedPerMille: 20 }), 'register'],
    ['zones, many keys', generated({ operations: 400, keys: 7 }), 'register'],
    ['search', generated({ operations: 400, kind: 'cas' }), 'cas-register'],
    ['zones, violated', generated({ operations: 400, staleRead: true }), 'register'],
    [
      'search, violated',
      generated({ operations: 400, kind: 'cas', staleRead: true }),
      'cas-register',
    ],
  ] as const)('%s', (_, history, model) => {
    const verdict = check(history, { model, witness: true });
    const verified = verifyVerdict(history, verdict, verifiedRegister(history.dialect));
    expect(verified).toMatchObject({ accepted: true });
  });

  it('and a wrong one is turned down', () => {
    const history = recorded([
      op(1, 'write', 0, 1, { input: 1 }),
      op(2, 'read', 2, 3, { output: 1 }),
    ]);
    const verdict = check(history, { model: 'register', witness: true });
    const judge = (certificate: typeof verdict.certificate) =>
      verifyVerdict(history, { ...verdict, certificate }, verifiedRegister(history.dialect)).reason;
    expect(judge({ kind: 'order', orders: [[1, 0]] })).toMatch(
      /#1 cannot end like this after null/,
    );
    expect(judge({ kind: 'order', orders: [[0]] })).toBe('#1 is missing from the order');
    expect(judge({ kind: 'order', orders: [[0, 1, 1]] })).toBe('#1 is in the order twice');
    expect(judge({ kind: 'core', core: [0, 1], anyStart: false })).toMatch(/do have an order/);
    expect(judge(undefined)).toMatch(/no certificate/);
  });
});

describe('a budget is work and bytes, so that running out of it is reproducible', () => {
  const history = generated({ kind: 'cas', operations: 2_000, clients: 20 });
  it('says what was proven, what exploded and what to try, the same every time', () => {
    const once = check(history, { model: 'cas-register', budget: { configurations: 900 } });
    expect(once.verdict).toBe('inconclusive');
    expect(once.inconclusive).toMatchObject({ resource: 'configurations', operations: 2_000 });
    expect(once.inconclusive!.provenOperations).toBeGreaterThan(0);
    expect(once.explanation).toMatch(
      /^ {2}Not decided: \d+ of 2000 operations were proven.*\n {2}Try /,
    );
    expect(check(history, { model: 'cas-register', budget: { configurations: 900 } })).toEqual(
      once,
    );
    const bytes = check(history, { model: 'cas-register', budget: { bytes: 10_000 } });
    expect(bytes.inconclusive).toMatchObject({ resource: 'bytes' });
  });

  it('also when one completion alone has more possibilities than it allows', () => {
    // Each known value may have come from the increment that says so, or from one of those without an answer before it.
    const lines = Array.from({ length: 80 }, (_, process) =>
      JSON.stringify({ process, type: 'invoke', f: 'increment', value: null }),
    );
    for (let value = 60; value >= 1; value -= 1)
      lines.push(JSON.stringify({ process: value, type: 'ok', f: 'increment', value }));
    const many = parseHistory(lines.join('\n')).history;
    const { verdict, inconclusive } = check(many, {
      model: 'counter',
      budget: { configurations: 100_000 },
    });
    expect(verdict).toBe('inconclusive');
    expect(inconclusive).toMatchObject({ resource: 'configurations' });
  });
});

describe('dialects', () => {
  const failedCas = parseHistory(
    '[{:process 0 :type :invoke :f :cas :value [0 1]} {:process 0 :type :fail :f :cas :value [0 1]}' +
      '{:process 0 :type :invoke :f :read} {:process 0 :type :ok :f :read :value nil}]',
  ).history;
  it('a failed cas did not happen, or compared and found another value', () => {
    expect(check(failedCas, { model: 'cas-register', initial: 0 }).verdict).toBe('holds');
    const options = { model: 'cas-register', initial: 0, casFail: 'compare-failed' } as const;
    expect(check(failedCas, options).verdict).toBe('violated');
  });

  it('a nil read is unknown, or read nil', () => {
    expect(check(failedCas, { model: 'cas-register', initial: 0 }).verdict).toBe('holds');
    const options = { model: 'cas-register', initial: 0, nilRead: 'value' } as const;
    expect(check(failedCas, options).verdict).toBe('violated');
  });
});

/** A bank account that refuses to go below zero, in a few lines. */
const account: Model<number> = {
  name: 'account',
  functions: ['deposit', 'withdraw'],
  init: () => 0,
  step(balance, call) {
    if (call.f === 'deposit') return balance + (call.input as number);
    const enough = balance >= (call.input as number);
    if (call.output !== undefined && call.output !== enough) return undefined;
    return enough ? balance - (call.input as number) : balance;
  },
};

describe('a specification of one’s own', () => {
  it('is judged like any other', () => {
    const withdraw = (process: number, output: boolean) =>
      op(process, 'withdraw', 2, 3 + process, { input: 60, output });
    const deposit = op(1, 'deposit', 0, 1, { input: 100 });
    expect(
      check(recorded([deposit, withdraw(1, true), withdraw(2, false)]), { model: account }),
    ).toMatchObject({ verdict: 'holds', model: 'account' });
    const bad = check(recorded([deposit, withdraw(1, true), withdraw(2, true)]), {
      model: account,
    });
    expect([bad.verdict, bad.core]).toEqual(['violated', [1, 2]]);
  });
});

describe('what a model cannot judge is refused, never passed', () => {
  it.each([
    [
      'an unknown model',
      [op(1, 'read', 0, 1)],
      'teapot',
      /there is no model "teapot"; expected one of register/,
    ],
    [
      'an unknown operation',
      [op(1, 'pop', 0, 1)],
      'register',
      /"register" does not know the operation "pop"/,
    ],
    [
      'a cas without pair',
      [op(1, 'cas', 0, 1, { input: 3 })],
      'cas-register',
      /wrong shape: input 3.*a cas carries/,
    ],
    [
      'an append of a number',
      [op(1, 'append', 0, 1, { input: 3 })],
      'kv',
      /append carries a string/,
    ],
    ['a dequeue without answer', [op(1, 'dequeue', 0, 1)], 'queue', /answers the value taken/],
    ['a set read of a number', [op(1, 'read', 0, 1, { output: 3 })], 'set', /answers the list/],
    [
      'a counter read of a text',
      [op(1, 'read', 0, 1, { output: 'x' })],
      'counter',
      /answers a number/,
    ],
    ['an empty history', [], 'register', /without operations/],
  ] as const)('%s', (_, ops, model, message) => {
    const history = ops.length === 0 ? new HistoryBuilder().build() : recorded(ops);
    expect(() => check(history, { model })).toThrow(message);
  });
});

describe('the bench', () => {
  it('finds what its generator planted, and nothing else', () => {
    const small = checkerBenchCases().map(({ name, generated: options }) => ({
      name,
      generated: { ...options, operations: 2_000 },
    }));
    let clock = 0;
    for (const result of runCheckerBench(small, () => clock++)) {
      expect([result.name, result.verdict]).toEqual([
        result.name,
        result.name.endsWith('-ok') ? 'holds' : 'violated',
      ]);
      expect(result.operations).toBe(2_000);
      expect(result.seconds).toBe(1);
    }
  });
});
