import { describe, expect, test } from 'vitest';
import { checkAll } from '../../../src/checker/lattice/check-all.ts';
import {
  CONSISTENCIES,
  consistencyNamed,
  IMPLICATIONS,
} from '../../../src/checker/lattice/consistency.ts';
import {
  applyImplications,
  LatticeContradiction,
} from '../../../src/checker/lattice/implications.ts';
import { VerdictWords } from '../../../src/checker/lattice/verdict-words.ts';
import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History } from '../../../src/history/history.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { randomTransactions } from '../transactions/random-transactions.ts';
import { story, transactionStory } from './story.ts';

const HISTORIES = Number(process.env['SPLITBRAIN_ORACLE_HISTORIES'] ?? 1_500);

/** Overlapping reads, writes and compare-and-sets; answers are plausible, not right. Some writes fail or stay unknown. */
function randomHistory(random: RandomStream, unique: boolean): History {
  const builder = new HistoryBuilder();
  const open = new Map<number, () => void>();
  const dead = new Set<number>();
  const written: unknown[][] = [[null], [null]];
  let fresh = 0;
  for (let event = 0, count = 4 + random.below(12); event < count; event += 1) {
    const process = random.below(3 + dead.size);
    if (dead.has(process)) continue;
    const end = open.get(process);
    if (end !== undefined) {
      open.delete(process);
      end();
      continue;
    }
    const key = random.below(2);
    const kind = random.below(10);
    const value = unique ? ++fresh : random.below(2);
    const status = random.below(12);
    if (kind < 5) {
      builder.invoke(process, 'read', key, null);
      open.set(process, () =>
        builder.complete(process, 'ok', random.pick(written[key]!.slice(-3))),
      );
      continue;
    }
    const cas = kind === 9;
    const argument = cas ? [random.pick(written[key]!), value] : value;
    builder.invoke(process, cas ? 'cas' : 'write', key, argument);
    written[key]!.push(value);
    open.set(process, () => {
      if (status === 0) dead.add(process);
      const error = cas && random.below(2) === 0 ? 'compare' : null;
      builder.complete(
        process,
        status === 0 ? 'info' : status === 1 ? 'fail' : 'ok',
        argument,
        NaN,
        error,
      );
    });
  }
  return builder.build();
}

describe('the lattice', () => {
  test.each([true, false])(
    'never contradicts itself when every model is judged by itself (unique values: %s)',
    (unique) => {
      const random = new RandomStream('lattice', String(unique));
      const seen = new Set<string>();
      for (let round = 0; round < HISTORIES; round += 1) {
        const history = randomHistory(random, unique);
        if (history.length === 0) continue;
        const alone = checkAll(history, { independently: true }).verdicts;
        const together = checkAll(history).verdicts;
        for (const [index, verdict] of alone.entries()) {
          seen.add(`${verdict.consistency} ${verdict.verdict}`);
          expect(together[index]!.verdict, verdict.consistency).toBe(verdict.verdict);
          expect(verdict.verdict).not.toBe('inconclusive');
          if (verdict.verdict === 'violated')
            expect(verdict.summary, verdict.explanation).not.toBe('');
        }
      }
      for (const consistency of CONSISTENCIES.slice(
        0,
        CONSISTENCIES.indexOf('strict-serializable'),
      ))
        for (const verdict of ['holds', 'violated'])
          expect(seen).toContain(`${consistency} ${verdict}`);
    },
  );

  test.each(['list-append', 'rw-register'] as const)(
    'never contradicts itself on %s transactions',
    (kind) => {
      const random = new RandomStream('lattice', kind);
      for (let round = 0; round < HISTORIES; round += 1) {
        const history = randomTransactions(random, kind, {
          transactions: 2 + random.below(8),
          keys: 2,
          processes: 4,
        });
        const { verdicts, anomalies } = checkAll(history);
        for (const { consistency, verdict, core } of verdicts.slice(
          CONSISTENCIES.indexOf('strict-serializable'),
        )) {
          if (verdict !== 'violated') continue;
          expect(core.length, consistency).toBeGreaterThan(0);
        }
        if (
          verdicts.find(({ consistency }) => consistency === 'read-committed')!.verdict ===
          'violated'
        )
          expect(anomalies.length).toBeGreaterThan(0);
      }
    },
  );

  test('a contradiction is an internal error that names both', () => {
    const words = new VerdictWords(story('c0 write x 1'), 'kv');
    const strong = words.holds('linearizable', 'a mistake');
    const weak = words.violated(
      'sequential',
      'search',
      { operations: [0], minimal: true },
      { summary: 'No order.', because: [] },
    );
    const verdicts = new Map(
      [strong, weak].map((verdict) => [verdict.consistency, verdict] as const),
    );
    expect(() => applyImplications(verdicts, words)).toThrow(LatticeContradiction);
    expect(() => applyImplications(verdicts, words)).toThrow(
      /linearizable holds \(by a mistake\) but sequential, which it implies, is violated/,
    );
  });

  test('an undecided model takes the verdict that follows from another', () => {
    const words = new VerdictWords(story('c0 write x 1'), 'kv');
    const holds = applyImplications(
      new Map(
        [
          words.holds('linearizable', 'zones'),
          words.inconclusive('sequential', 'search', 'budget'),
        ].map((v) => [v.consistency, v] as const),
      ),
      words,
    );
    expect(holds.get('sequential')).toMatchObject({
      verdict: 'holds',
      procedure: 'implied by linearizable (zones)',
    });
    const violated = applyImplications(
      new Map(
        [
          words.inconclusive('sequential', 'search', 'budget'),
          words.violated(
            'causal-memory',
            'saturation',
            { operations: [0], minimal: true },
            { summary: 'No view.', because: [] },
          ),
        ].map((v) => [v.consistency, v] as const),
      ),
      words,
    );
    expect(violated.get('sequential')).toMatchObject({
      verdict: 'violated',
      core: [0],
      summary: 'No view.',
      reason: undefined,
    });
  });

  test('implications are between known models and have no circle', () => {
    const place = (name: (typeof CONSISTENCIES)[number]): number => CONSISTENCIES.indexOf(name);
    for (const [stronger, weaker] of IMPLICATIONS)
      expect(place(stronger)).toBeLessThan(place(weaker));
  });
});

describe('what cannot be judged is said', () => {
  const verdictsOf = (history: History, options = {}) =>
    Object.fromEntries(
      checkAll(history, options).verdicts.map(({ consistency, verdict, reason }) => [
        consistency,
        `${verdict}: ${reason ?? ''}`,
      ]),
    );

  test('isolation levels on single operations, and the other way round', () => {
    expect(verdictsOf(story('c0 write x 1'))['serializable']).toBe(
      'not judged: it is about transactions, and these are single operations',
    );
    const transactions = transactionStory({ steps: [['append', 'x', 1]] });
    expect(verdictsOf(transactions)['sequential']).toBe(
      'not judged: it is about single operations, and these are transactions',
    );
  });

  test('causal models on a queue, but sequential consistency by search', () => {
    const queue = new HistoryBuilder();
    for (const [process, f, value] of [
      [0, 'enqueue', 1],
      [0, 'enqueue', 2],
      [1, 'dequeue', 2],
      [1, 'dequeue', 1],
    ] as const) {
      queue.invoke(process, f, undefined, f === 'enqueue' ? value : null);
      queue.complete(process, 'ok', value);
    }
    const verdicts = verdictsOf(queue.build(), { model: 'queue' });
    expect(verdicts['sequential']).toBe('violated: ');
    expect(verdicts['pram']).toBe(
      'not judged: it is defined here for registers and key-value stores, not for queue',
    );
  });

  test('operations that no model, or more than one, knows', () => {
    expect(verdictsOf(story('c0 frobnicate x 1'))['linearizable']).toMatch(
      /^not judged: no model knows all of the operations frobnicate/,
    );
    expect(verdictsOf(story('c0 add x 1'))['sequential']).toMatch(
      /^not judged: the operations add fit counter, set, queue; name the model/,
    );
    expect(() => checkAll(story('c0 write x 1'), { model: 'nothing' })).toThrow(
      /there is no model "nothing"/,
    );
  });

  test('refused compare-and-sets, where the definition has no room for them', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'cas', 'x', [5, 6]);
    builder.complete(0, 'fail', [5, 6], NaN, 'compare');
    const verdicts = verdictsOf(builder.build());
    expect(verdicts['sequential']).toBe('holds: ');
    expect(verdicts['weak-causal']).toMatch(
      /^not judged: 1 compare-and-sets found another value \(#0 first\)/,
    );
  });

  test('transactions whose values do not name their writer', () => {
    const twice = [{ steps: [['append', 'x', 1]] }, { steps: [['append', 'x', 1]] }] as const;
    expect(verdictsOf(transactionStory(...twice))['serializable']).toMatch(
      /^not judged: 1 was appended to x twice \(#0, #1\)/,
    );
    const registers = [{ steps: [['w', 'x', 1]] }, { steps: [['w', 'x', 1]] }] as const;
    expect(verdictsOf(transactionStory(...registers))['serializable']).toMatch(
      /^not judged: 1 was written to x twice \(#0, #1\)/,
    );
    const initial = [{ steps: [['w', 'x', null]] }] as const;
    expect(verdictsOf(transactionStory(...initial))['serializable']).toMatch(
      /^not judged: null was written to x \(#0\) although it is the initial value/,
    );
    const mixed = [{ steps: [['w', 'x', 1]] }, { steps: [['append', 'y', 1]] }] as const;
    expect(verdictsOf(transactionStory(...mixed))['serializable']).toMatch(
      /^not judged: #1 appends and #0 writes/,
    );
  });

  test('values that repeat: every pairing is tried, and the procedure says so', () => {
    const { verdicts } = checkAll(
      story('c0 write x 1', 'c1 write x 1', 'c0 read x 1', 'c1 read x null'),
      { only: ['weak-causal', 'sequential'] },
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['violated', 'violated']);
    const repeated = checkAll(
      story('c0 write x 1', 'c1 write x 1', 'c0 read x 1', 'c1 read x 1', 'c1 read x 1'),
      { only: ['weak-causal', 'sequential'] },
    );
    expect(repeated.verdicts[0]!.procedure).toBe('search over values (a value was written twice)');
    const budget = { memoryBudget: { pairingWork: 1 } };
    const undecided = checkAll(
      story('c0 write x 1', 'c1 write x 1', 'c0 read x 1', 'c0 read x null'),
      { ...budget, only: ['weak-causal'] },
    );
    expect(undecided.verdicts[0]).toMatchObject({ verdict: 'inconclusive' });
    expect(undecided.verdicts[0]!.reason).toMatch(
      /values are written more than once \(the writer of #2 is not certain\) and 1 ways/,
    );
  });
});

test('values of the wrong shape are errors that name the place', () => {
  expect(() => checkAll(story('c0 cas x 1'), { only: ['sequential'] })).toThrow(
    /operation #0 \(cas by process 0\) has a value of the wrong shape.*a cas carries \[from, to\]/,
  );
  expect(() => checkAll(transactionStory({ steps: [['frob', 'x', 1]] }))).toThrow(
    /transaction #0 has micro-operation \["frob","x",1\]/,
  );
  expect(() =>
    checkAll(transactionStory({ steps: [['append', 'x', 1]] }, { steps: [['r', 'x', 1]] })),
  ).toThrow(/transaction #1 has read of "x" as 1/);
});

test('models are known by their usual names', () => {
  expect(consistencyNamed('Causal')).toBe('weak-causal');
  expect(consistencyNamed('CCv')).toBe('causal-convergence');
  expect(consistencyNamed('read your writes')).toBe('read-your-writes');
  expect(consistencyNamed('snapshot_isolation')).toBe('snapshot-isolation');
  expect(consistencyNamed('perfect')).toBeUndefined();
});
