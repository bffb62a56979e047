import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/history/history.ts';
import { clientOf, namedByClient } from '../../src/scenario/client-names.ts';
import { runToy, WORKLOAD } from './run-toy.ts';

const CLIENTS = ['c1', 'c2'];

function operationsOf(client: string, ...lines: readonly string[]): Operation[] {
  return runToy(lines)
    .history.operations()
    .filter(({ process }) => clientOf(process, CLIENTS) === client);
}

describe('a client', () => {
  it('goes on under a new process number after an unknown outcome, and never under the old one', () => {
    const operations = operationsOf('c2', 'bug: mute', WORKLOAD);
    expect(operations.length).toBeGreaterThan(3);
    expect(operations.map(({ process }) => process)).toEqual(
      operations.map((_, index) => 1 + 2 * index),
    );
    expect(operations.slice(0, -1).map(({ status, error }) => [status, error])).toEqual(
      operations.slice(0, -1).map(() => ['info', 'timeout']),
    );
  });

  it('keeps its process number while every outcome is known', () => {
    const operations = operationsOf('c2', WORKLOAD);
    expect(new Set(operations.map(({ process }) => process))).toEqual(new Set([1]));
  });

  it('performs one operation at a time', () => {
    const operations = operationsOf('c1', WORKLOAD);
    for (const [index, { invoke }] of operations.entries())
      if (index > 0) expect(operations[index - 1]!.complete).toBeLessThan(invoke);
  });

  it('that crashes leaves its operation unknown, asks nothing while down, and comes back as another process', () => {
    const operations = operationsOf(
      'c1',
      'bug: mute',
      WORKLOAD,
      'faults: [{ id: f1, kind: kill, target: c1, at: 20ms, for: 100ms }]',
    );
    expect(operations[0]).toMatchObject({
      process: 0,
      status: 'info',
      error: 'client crashed',
      completeTimeUs: 20_000,
    });
    expect(operations[1]!.process).toBe(2);
    expect(operations[1]!.invokeTimeUs).toBeGreaterThanOrEqual(120_000);
  });

  it('that is paused asks nothing until it goes on, and then still takes the answer that waited', () => {
    const operations = operationsOf(
      'c1',
      'workload: { mix: { write: 1 }, think: [1ms, 1ms] }',
      'faults: [{ id: f1, kind: pause, target: c1, at: 20ms, for: 100ms }]',
    );
    const within = operations.filter(
      ({ invokeTimeUs }) => invokeTimeUs > 20_000 && invokeTimeUs < 120_000,
    );
    expect(within).toEqual([]);
    expect(operations.some(({ invokeTimeUs }) => invokeTimeUs >= 120_000)).toBe(true);
    const waiting = operations.find(
      ({ invokeTimeUs, completeTimeUs }) => invokeTimeUs <= 20_000 && completeTimeUs >= 120_000,
    );
    expect(waiting?.status).toBe('ok');
  });
});

describe('names of clients', () => {
  it('every process of a client has its name', () => {
    expect([0, 1, 2, 3, 7].map((process) => clientOf(process, ['a', 'b', 'c']))).toEqual([
      'a',
      'b',
      'c',
      'a',
      'b',
    ]);
  });

  it('a process that is no number of a client keeps its own name', () => {
    expect(clientOf('nemesis', CLIENTS)).toBe('nemesis');
    expect(clientOf(3, [])).toBe('3');
  });

  it('a history named by client has the same operations in the same order', () => {
    const { history } = runToy(['bug: mute', WORKLOAD]);
    const named = namedByClient(history, CLIENTS);
    expect(named.operations()).toEqual(
      history.operations().map((operation) => ({
        ...operation,
        process: clientOf(operation.process, CLIENTS),
      })),
    );
  });
});
