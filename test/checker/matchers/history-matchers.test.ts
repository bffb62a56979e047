import { describe, expect, test } from 'vitest';
import { historyMatchers, type HistoryEvent } from '../../../src/vitest.ts';
import { OWN_HISTORIES } from '../shared-histories.ts';

expect.extend(historyMatchers);

const event = (
  process: number,
  type: HistoryEvent['type'],
  f: string,
  key: string,
  value: unknown = null,
): HistoryEvent => ({ process, type, f, key, value });

const call = (process: number, f: string, key: string, value: unknown): HistoryEvent[] => [
  event(process, 'invoke', f, key, f === 'read' ? null : value),
  event(process, 'ok', f, key, value),
];

const txn = (process: number, ...value: unknown[]): HistoryEvent[] => [
  { process, type: 'invoke', f: 'txn', value },
  { process, type: 'ok', f: 'txn', value },
];

const fresh = [...call(0, 'write', 'x', 1), ...call(1, 'read', 'x', 1)];
const stale = [...call(0, 'write', 'x', 1), ...call(1, 'read', 'x', null)];
const skewed = [
  {
    process: 0,
    type: 'invoke',
    f: 'txn',
    value: [
      ['r', 'x', null],
      ['append', 'y', 1],
    ],
  },
  {
    process: 1,
    type: 'invoke',
    f: 'txn',
    value: [
      ['r', 'y', null],
      ['append', 'x', 1],
    ],
  },
  {
    process: 0,
    type: 'ok',
    f: 'txn',
    value: [
      ['r', 'x', []],
      ['append', 'y', 1],
    ],
  },
  {
    process: 1,
    type: 'ok',
    f: 'txn',
    value: [
      ['r', 'y', []],
      ['append', 'x', 1],
    ],
  },
] satisfies HistoryEvent[];

/** The message with which an assertion fails. */
function failure(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the assertion passed');
}

describe('toBeLinearizable', () => {
  test('passes on events that have a linearization, and on a recorded file', () => {
    expect(fresh).toBeLinearizable();
    expect(fresh).toBeLinearizable({ model: 'register' });
    expect(`${OWN_HISTORIES}/reg-info5pct-n200-c5-ok.jsonl.gz`).toBeLinearizable();
    expect(`${OWN_HISTORIES}/reg-info1pct-n200-c5-bad.jsonl.gz`).not.toBeLinearizable();
  });

  test('fails with the explanation', () => {
    const message = failure(() => {
      expect(stale).toBeLinearizable();
    });
    expect(message).toContain('expected a history that is linearizable, but it is not');
    expect(message).toContain("Stale read: c1 read x = null after c0's write x := 1");
  });

  test('takes a model that the operations alone do not tell', () => {
    const locks = [...call(0, 'acquire', 'l', null), ...call(1, 'acquire', 'l', null)];
    expect(
      failure(() => {
        expect(locks).toBeLinearizable();
      }),
    ).toContain('name the model');
    expect(locks).not.toBeLinearizable({ model: 'mutex' });
  });
});

describe('toSatisfy', () => {
  test('knows models by name and alias', () => {
    for (const name of ['sequential', 'causal', 'CCv', 'PRAM', 'read-your-writes'])
      expect(stale).toSatisfy(name);
    expect(skewed).toSatisfy('snapshot isolation');
    expect(skewed).not.toSatisfy('serializable');
  });

  test('fails with the explanation, naming the operations', () => {
    const message = failure(() => {
      expect(skewed).toSatisfy('serializable');
    });
    expect(message).toContain('Write skew (G2-item): #0 and #1 each read what the other overwrote');
  });

  test('refuses a model that is unknown or does not apply, negated or not', () => {
    expect(
      failure(() => {
        expect(fresh).toSatisfy('perfect');
      }),
    ).toContain('there is no consistency model "perfect"');
    expect(
      failure(() => {
        expect(fresh).toSatisfy('serializable');
      }),
    ).toContain('serializable is not judged');
    expect(
      failure(() => {
        expect(fresh).not.toSatisfy('serializable');
      }),
    ).toContain('serializable is not judged');
  });
});

test("vitest's own toSatisfy keeps working", () => {
  expect(3).toSatisfy((value: number) => value > 2);
  expect(1).not.toSatisfy((value: number) => value > 2);
});

describe('toHaveAnomaly', () => {
  test('finds anomalies by formal and by usual name', () => {
    expect(skewed).toHaveAnomaly('G2-item');
    expect(skewed).toHaveAnomaly('write-skew');
    expect(skewed).not.toHaveAnomaly('G1c');
  });

  test('says what it found instead', () => {
    expect(
      failure(() => {
        expect(skewed).toHaveAnomaly('G1c');
      }),
    ).toContain('expected the anomaly G1c, but found only G2-item');
    expect(
      failure(() => {
        expect(txn(0, ['append', 'x', 1])).toHaveAnomaly('G0');
      }),
    ).toContain('found no anomaly at all');
    expect(
      failure(() => {
        expect(skewed).not.toHaveAnomaly('write-skew');
      }),
    ).toContain('expected no write-skew, but found it');
  });

  test('refuses unknown names and histories without transactions', () => {
    expect(
      failure(() => {
        expect(skewed).toHaveAnomaly('G9');
      }),
    ).toContain('there is no anomaly "G9"');
    expect(
      failure(() => {
        expect(fresh).toHaveAnomaly('G0');
      }),
    ).toContain('serializable is not judged');
  });
});

test('what is no history is refused with the reason', () => {
  expect(
    failure(() => {
      expect(7).toBeLinearizable();
    }),
  ).toContain('expect() got number');
  expect(
    failure(() => {
      expect('no/such/file.jsonl').toBeLinearizable();
    }),
  ).toContain('no/such/file.jsonl: cannot be read (ENOENT)');
  expect(
    failure(() => {
      expect([]).toBeLinearizable();
    }),
  ).toContain('a history without operations');
  expect(
    failure(() => {
      expect([event(0, 'ok', 'read', 'x')]).toBeLinearizable();
    }),
  ).toContain('completes an operation that it never invoked');
});
