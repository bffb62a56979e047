import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Causes } from '../../../src/report/trace/causes.ts';
import type { RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { recordRun } from '../../../src/report/trace/recorded-run.ts';
import * as Kind from '../../../src/sim/engine/event-kind.ts';
import { toyScenario } from '../../scenario/run-toy.ts';
import { recorded } from '../trace/recorded.ts';
import { BUSY, exported, HOSTILE_STALE, toyRun } from './export-text.ts';

type Clock = Readonly<Record<string, number>>;

interface LogEvent {
  readonly event: string;
  readonly host: string;
  readonly clock: Clock;
}

/**
 * ShiViz' own rule (js/model/parser.js): the first line is the expression for an event with the groups event, host and
 * clock, the second the one between executions with the group trace; both match over many lines.
 */
function parseShiviz(text: string): Map<string, LogEvent[]> {
  const [parser, delimiter, ...rest] = text.split('\n');
  const body = rest.join('\n').trim();
  const between = new RegExp(delimiter!, 'gm');
  const labels = ['', ...[...body.matchAll(between)].map((match) => match.groups!['trace']!)];
  const parts = body.split(new RegExp(delimiter!.replace('(?<trace>', '(?:'), 'gm'));
  const executions = new Map<string, LogEvent[]>();
  for (const [index, part] of parts.entries()) {
    if (part.trim() === '') continue;
    const events = [...part.matchAll(new RegExp(parser!, 'gm'))].map(({ groups }) => ({
      event: groups!['event']!,
      host: groups!['host']!,
      clock: JSON.parse(groups!['clock']!) as Clock,
    }));
    executions.set(labels[index]!, events);
  }
  return executions;
}

const onlyExecution = (text: string): LogEvent[] => [...parseShiviz(text).values()][0]!;

/** The axioms of vector clocks, as ShiViz checks them: each host counts its own events, and nobody knows the future. */
function expectClocks(events: readonly LogEvent[]): void {
  const latest = new Map<string, Clock>();
  for (const { host, clock } of events) {
    const before = latest.get(host) ?? {};
    expect(clock[host]).toBe((before[host] ?? 0) + 1);
    for (const [other, time] of Object.entries(before))
      expect(clock[other]).toBeGreaterThanOrEqual(time);
    for (const [other, time] of Object.entries(clock))
      if (other !== host) expect(time).toBeLessThanOrEqual(latest.get(other)?.[other] ?? 0);
    latest.set(host, clock);
  }
}

const happensBefore = (a: Clock, b: Clock): boolean =>
  Object.entries(a).every(([host, time]) => time <= (b[host] ?? 0));

function expectMessagesOrdered(run: RecordedRun, events: readonly LogEvent[]): void {
  const { trace } = run.result;
  const causes = new Causes(run);
  for (let index = 0; index < trace.keptRows(); index += 1) {
    if (trace.row(index).kind !== Kind.DELIVER) continue;
    const send = events[causes.sendOf(index)]!;
    expect(happensBefore(send.clock, events[index]!.clock)).toBe(true);
  }
}

describe('the ShiViz log', () => {
  it('has two lines an event under its own expressions, none of them skipped', () => {
    const run = recorded('raft/showcase');
    const { text, notes } = exported(run, 'shiviz');
    const events = onlyExecution(text);
    expect(notes).toEqual([]);
    expect(events).toHaveLength(run.result.trace.keptRows());
    expect(text.trimEnd().split('\n')).toHaveLength(3 + 2 * events.length);
    expect(new Set(events.map(({ host }) => host))).toEqual(new Set([...run.names, 'world']));
  });

  test.prop([fc.string({ maxLength: 8 })], { numRuns: 25 })(
    'obeys the axioms of vector clocks under any seed, and no message arrives before it was sent',
    (seed) => {
      const run = recordRun(toyScenario(...BUSY), { seed });
      const events = onlyExecution(exported(run, 'shiviz').text);
      expect(events).toHaveLength(run.result.trace.keptRows());
      expectClocks(events);
      expectMessagesOrdered(run, events);
    },
  );

  it('a crash knows of its fault', () => {
    const events = onlyExecution(exported(toyRun(...BUSY), 'shiviz').text);
    const fault = events.find(({ event }) => event.includes('fault begins: f2'))!;
    const crash = events.find(({ event }) => event.includes('c1 goes down'))!;
    expect(happensBefore(fault.clock, crash.clock)).toBe(true);
  });

  it('a window around the violation keeps the axioms, and says what it leaves out', () => {
    const run = recorded('raft/showcase');
    const { text, notes } = exported(run, 'shiviz', { max: 100 });
    const [label, events] = [...parseShiviz(text)][0]!;
    expectClocks(events);
    expect(events.length).toBeLessThanOrEqual(100);
    expect(events.some(({ event }) => event.includes('c2 learns: read x ok -> 1'))).toBe(true);
    expect(label).toMatch(/^run showcase seed 1, rows [\d,]+ to [\d,]+ of [\d,]+$/);
    expect(notes[0]).toMatch(/^shiviz: rows /);
  });

  it('takes the passing twin as a second execution', () => {
    const run = recorded('raft/showcase');
    const { scenario, seed, schedule } = run.result;
    const other = recordRun(scenario, { seed, schedule: schedule.slice(1) });
    const labels = [...parseShiviz(exported(run, 'shiviz', { other }).text).keys()];
    expect(labels.map((label) => label.split(' ')[0])).toEqual(['run', 'compared']);
  });

  it('hostile text stays one line', () => {
    const run = toyRun(...HOSTILE_STALE);
    const events = onlyExecution(exported(run, 'shiviz').text);
    expect(events).toHaveLength(run.result.trace.keptRows());
    expectClocks(events);
  });
});
