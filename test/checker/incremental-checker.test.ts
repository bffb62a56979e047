import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { generateHistory } from '../../src/checker/bench/generate-history.ts';
import { IncrementalChecker } from '../../src/checker/stream/incremental-checker.ts';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import type { History, Operation } from '../../src/history/history.ts';
import { ORACLE_TYPES } from './oracle/data-types.ts';
import { drawFrom, randomHistory } from './oracle/random-histories.ts';

interface Event {
  readonly op: Operation;
  readonly ends: boolean;
}

/** The events of a history in order; operations without answer end `info` when nothing else is left. */
function eventsOf(history: History): Event[] {
  const events = history
    .operations()
    .flatMap((op) => [
      { at: op.invoke, op, ends: false },
      ...(op.complete === Infinity ? [] : [{ at: op.complete, op, ends: true }]),
    ]);
  return events.sort((a, b) => a.at - b.at);
}

/** The first event after which the history so far is violated, found by judging every prefix. */
function firstViolation(events: readonly Event[], history: History, model: string): number {
  for (let length = 1; length <= events.length; length++) {
    if (!events[length - 1]!.ends) continue;
    const builder = new HistoryBuilder();
    for (const { op, ends } of events.slice(0, length))
      if (ends) builder.complete(op.process, op.status, op.output, NaN, op.error);
      else builder.invoke(op.process, op.f, op.key, op.input);
    const prefix = builder.build({ dialect: history.dialect });
    if (check(prefix, { model }).verdict === 'violated') return length - 1;
  }
  return -1;
}

describe('a checker that follows a run', () => {
  it.each(ORACLE_TYPES.map((type) => [type.name, type] as const))(
    'stops at the first violating event: %s',
    (_, type) => {
      let violated = 0;
      for (let seed = 1; seed <= 150; seed++) {
        const draw = drawFrom(seed + 400_000);
        const history = randomHistory(draw, 8, 4, type.requests(), type.dialect, 8);
        const events = eventsOf(history);
        const checker = new IncrementalChecker(type.model, history.dialect);
        let stopped = -1;
        events.forEach(({ op, ends }, at) => {
          if (stopped >= 0) return;
          if (!ends) checker.invoke(op.process, op.f, op.key, op.input);
          else if (checker.complete(op.process, op.status, op.output, op.error) !== undefined)
            stopped = at;
        });
        expect([seed, stopped]).toEqual([seed, firstViolation(events, history, type.model)]);
        if (stopped >= 0) violated++;
      }
      expect(violated).toBeGreaterThan(10);
    },
  );

  it('forgets the past: what it holds does not grow with the history', () => {
    const history = generateHistory({
      kind: 'register',
      operations: 20_000,
      clients: 5,
      keys: 2,
      crashedPerMille: 0,
      staleRead: false,
      seed: 3,
    });
    const checker = new IncrementalChecker('register');
    let most = 0;
    for (const { op, ends } of eventsOf(history)) {
      if (!ends) checker.invoke(op.process, op.f, op.key, op.input);
      else expect(checker.complete(op.process, op.status, op.output)).toBeUndefined();
      most = Math.max(most, checker.retained);
    }
    expect(most).toBeLessThan(200);
  });

  it('refuses an unknown operation, a second open one and an answer to nothing', () => {
    const checker = new IncrementalChecker('register');
    expect(() => {
      checker.invoke(1, 'pop', undefined, null);
    }).toThrow(/does not know "pop"/);
    checker.invoke(1, 'read', undefined, null);
    expect(() => {
      checker.invoke(1, 'read', undefined, null);
    }).toThrow(/has an operation open/);
    expect(() => checker.complete(2, 'ok')).toThrow(/no operation open/);
    expect(() => new IncrementalChecker('teapot')).toThrow(/no model "teapot"/);
  });
});

/** So many increments at once, of which `answered` are answered, the last value first. */
function increments(clients: number, answered: number): IncrementalChecker {
  const checker = new IncrementalChecker('counter');
  for (let process = 0; process < clients; process++)
    checker.invoke(process, 'increment', undefined, null);
  for (let value = answered; value >= 1; value--)
    expect(checker.complete(value, 'ok', value)).toBeUndefined();
  for (let process = answered + 1; process < clients; process++)
    checker.complete(process, 'info', null);
  return checker;
}

describe('a checker that follows more than it can', () => {
  it.each([
    ['possibilities', 80, 60],
    ['operations open at once', 200, 150],
  ])('says so, and nothing else (%s)', (_, clients, answered) => {
    const checker = increments(clients, answered);
    expect(checker.undecided).toBe(true);
    expect(checker.violation).toBeUndefined();
  });

  it('and is not undecided when it can', () => {
    expect(increments(8, 4).undecided).toBe(false);
  });
});
