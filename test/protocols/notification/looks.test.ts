import { describe, expect, it } from 'vitest';

import { notification } from '../../../src/protocols/notification/index.ts';
import { view } from '../../../src/protocols/notification/view.ts';
import type { LaneState } from '../../../src/protocols/lane.ts';
import type { NodeProgram } from '../../../src/sim/engine/env.ts';
import { figureOf, watchRun } from '../watch.ts';

const NAMES = ['a', 'db', 'n1', 'n2', 'b1', 'b2'];

/** One change that b1 hears of, and one that b2, when it is cut off, does not; seen `afterMs` into the run. */
function looks(afterMs: number, cut: boolean) {
  const programs = new Map<string, NodeProgram>();
  const watched: typeof notification = {
    ...notification,
    createServer: (context) => {
      const program = notification.createServer(context);
      programs.set(context.env.name, program);
      return program;
    },
  };
  const text = `
name: looks
title: looks
protocol: notification
topology: { servers: [${NAMES.join(', ')}], clients: 1 }
config: { storage: shared, notifiers: 2, receivers: 2 }
network: { latency: 5ms }
disk: { sync: 1ms }
duration: ${afterMs}ms
liveness: none
script:
  - { id: one, at: 10ms, client: c1, do: change, key: x }
  - { id: two, at: 30ms, client: c1, do: change, key: y }
${cut ? 'faults: [{ id: cut, at: 1ms, kind: isolate, target: b2 }]' : ''}`;
  const { result } = watchRun(watched, text);
  const reader = notification.lane!();
  const lanes = new Map<string, LaneState | null>();
  for (const [name, program] of programs)
    lanes.set(
      name,
      reader(program, (id) => NAMES[id]!),
    );
  const tellers = ['n1', 'n2'].map((name) => lanes.get(name)!);
  return { result, programs, lanes, tellers };
}

describe('what is seen of two notifiers before one database', () => {
  it('is nothing to do when all is told', () => {
    const { result, programs, lanes, tellers } = looks(500, false);
    expect(view.describe(programs.get('db')!)).toBe(
      'database with x v1 success #1, y v1 success #1',
    );
    expect(NAMES.map((name) => view.role(programs.get(name)!))).toEqual([
      'source',
      'database',
      'notifier',
      'notifier',
      'receiver',
      'receiver',
    ]);
    expect(lanes.get('db')).toMatchObject({ tone: 'rest', role: 'database', label: '' });
    expect(tellers.map(({ label }) => label)).toEqual(['', '']);
    expect(lanes.get('b1')!.label).toBe('x v1');
    expect(lanes.get('b2')!.label).toBe('y v1');
    expect(figureOf(result, 'calls')).toBe(2);
    // Of each fact A's commit, the row, its result and the receiver's commit; both were claimed at once.
    expect(figureOf(result, 'forced-writes')).toBe(9);
  });

  it('is the row that waits, its attempts, and who is calling', () => {
    // Between the first call, some 60 ms into the run, and the end of its time, 200 ms later.
    const { result, programs, lanes, tellers } = looks(150, true);
    expect(view.describe(programs.get('db')!)).toBe(
      'database with x v1 success #1, y v1 pending #1',
    );
    expect(lanes.get('db')).toMatchObject({
      tone: 'lead',
      label: 'y v1',
      fields: { table: { 'x v1': 1, 'y v1': 1 }, state: { 'y v1': 'pending' } },
    });
    expect(new Set(tellers.map(({ label }) => label))).toEqual(new Set(['', 'y v1 #1']));
    expect(new Set(tellers.map(({ role }) => role))).toEqual(new Set(['notifier', 'notifying']));
    expect(figureOf(result, 'calls')).toBe(2);
    expect(figureOf(result, 'never-told')).toBe(1);
  });
});
