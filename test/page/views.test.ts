import { describe, expect, it } from 'vitest';

import { alignRuns, commonRows } from '../../src/page/model/align-runs.ts';
import { episodesOf } from '../../src/page/model/episodes.ts';
import { filterRows } from '../../src/page/model/filter-rows.ts';
import { metricsOf, stalenessUs, unavailableOf } from '../../src/page/model/metrics.ts';
import { nextEvent, nextViolation, violationRows } from '../../src/page/app/moves.ts';
import { violationWindow } from '../../src/page/app/violation-window.ts';
import * as Kind from '../../src/sim/engine/event-kind.ts';
import type { OperationData } from '../../src/report/html/report-data.ts';
import { collected } from './collected-run.ts';

const showcase = collected('raft/showcase');
const { model } = showcase.open;

describe('the first view', () => {
  it('is the window around the violation, with the fault that led to it', () => {
    const { head } = model.data;
    const [from, to] = violationWindow(model, head.violationRow, model.endUs);
    const at = model.timeUs(head.violationRow);
    expect(from).toBeLessThan(head.faults[0]!.startUs!);
    expect(at).toBeGreaterThan(from);
    expect(at).toBeLessThan(to);
    expect(to - from).toBeLessThan(model.endUs * 0.8);
  });

  it('goes back to where the holders of a lock that two believe in asked for it', () => {
    const { model: run } = collected('redlock/kleppmann-gc-pause').open;
    const { head } = run.data;
    const told = head.properties[head.told]!;
    expect(told.name).toBe('mutual-exclusion-belief');
    const asked = told.operations.map((index) => head.operations[index]!.invokeUs!);
    expect(asked).toHaveLength(2);
    const [from, to] = violationWindow(run, head.violationRow, run.endUs);
    expect(from).toBeLessThanOrEqual(Math.min(...asked));
    expect(to).toBeGreaterThan(run.timeUs(head.violationRow));
  });

  it("has the culprit's answer at its cursor", () => {
    const { head } = model.data;
    expect(head.culprit).toBe(3);
    expect(model.describe(head.violationRow)).toBe('c2 learns: read x ok -> 1');
    expect(violationRows(showcase.open)).toEqual([head.violationRow]);
    expect(nextViolation(showcase.open, -1, 1)).toBe(head.violationRow);
  });

  it('tells the operations of the witness with the rows in which they were asked and answered', () => {
    const [write] = model.data.head.operations.filter(({ index }) => index === 2);
    expect(model.describe(write!.invokeRow)).toBe('c1 asks: write x 2');
    expect(model.describe(write!.completeRow)).toBe('c1 learns: write x 2 ok');
  });
});

describe('stepping', () => {
  it('goes over every event once', () => {
    let row = -1;
    let count = 0;
    for (row = nextEvent(showcase.open, row, 1); row >= 0; row = nextEvent(showcase.open, row, 1))
      count += 1;
    expect(count).toBe(model.data.head.events);
  });
});

describe('the filter', () => {
  it('finds rows by node, kind and words together', () => {
    const rows = [...filterRows(model, 'n1 kind:drop AppendEntries')];
    expect(rows.length).toBeGreaterThan(10);
    const { kind, node, peer } = model.data.rows;
    for (const row of rows) {
      expect(kind[row]).toBe(Kind.DROP);
      expect([node[row], peer[row]]).toContain(0);
      expect(model.describe(row)).toContain('AppendEntries');
    }
  });
});

describe('episodes', () => {
  it('of a killed leader last from the crash to the restart', () => {
    const run = collected('raft/leader-killed');
    const [episode] = episodesOf(run.open.model).filter(({ kind }) => kind === 'down');
    expect(episode).toMatchObject({ reason: 'process-kill' });
    const { kind } = run.data.rows;
    expect([kind[episode!.fromRow], kind[episode!.toRow]]).toEqual([Kind.CRASH, Kind.START]);
  });

  it('of a paused client are seen in a lock run, and so is who believes to hold the lock', () => {
    const run = collected('redlock/kleppmann-gc-pause');
    expect(episodesOf(run.open.model).map(({ kind }) => kind)).toContain('paused');
    const holders = run.open.model.names.filter((_, node) =>
      run.open.states.segments(node).some(({ look }) => look.role === 'holder'),
    );
    expect(holders).toEqual(['c1', 'c2']);
  });
});

describe('metrics', () => {
  it('count every operation once', () => {
    const run = collected('raft/default-faults');
    const metrics = metricsOf(run.open.model);
    const seconds = metrics.binUs / 1_000_000;
    const counted = [metrics.ok, metrics.fail, metrics.unknown].flat().reduce((a, b) => a + b, 0);
    expect(counted * seconds).toBeCloseTo(run.data.head.operations.length, 3);
    expect(Math.max(...metrics.leaders)).toBeGreaterThanOrEqual(1);
    expect(Math.min(...metrics.inFlight)).toBeGreaterThanOrEqual(0);
  });

  it('measure how old the value of a stale read was', () => {
    const ages = stalenessUs(model.data.head.operations);
    const { operations } = model.data.head;
    expect(ages.get(3)).toBe(operations[3]!.invokeUs! - operations[2]!.completeUs!);
    expect(ages.get(1)).toBe(0);
  });

  it('say when nobody was served', () => {
    const operation = (index: number, invokeUs: number, completeUs: number): OperationData => ({
      index,
      process: 0,
      node: 0,
      f: 'read',
      status: 'ok',
      error: null,
      invoke: index,
      complete: index,
      invokeUs,
      completeUs,
      invokeRow: -1,
      completeRow: -1,
    });
    const steady = Array.from({ length: 50 }, (_, at) =>
      operation(at, at * 10_000, at * 10_000 + 5_000),
    );
    expect(unavailableOf(steady, 500_000)).toEqual([]);
    const waiting = [...steady, operation(50, 500_000, 900_000)];
    expect(unavailableOf(waiting, 1_000_000)).toEqual([[500_000, 900_000]]);
  });
});

describe('two runs side by side', () => {
  it('are on one line again where they do the same again', () => {
    const pairs = commonRows([1, 2, 3, 4], [1, 9, 3, 4, 5], (a, b) => a === b);
    expect(pairs.filter(({ same }) => same).map(({ left }) => left)).toEqual([1, 3, 4]);
    expect(pairs.filter(({ left }) => left >= 0).map(({ left }) => left)).toEqual([1, 2, 3, 4]);
    expect(pairs.filter(({ right }) => right >= 0).map(({ right }) => right)).toEqual([
      1, 9, 3, 4, 5,
    ]);
  });

  it('are equal row by row when they are the same run', () => {
    const pairs = alignRuns(model, model, [-1, -1], 5, 10);
    expect(pairs.every(({ left, right, same }) => same && left === right)).toBe(true);
  });
});
