import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import * as Kind from '../../../src/sim/engine/event-kind.ts';
import { recorded } from '../trace/recorded.ts';
import { BUSY, exported, HOSTILE, HOSTILE_STALE, toyRun } from './export-text.ts';

const place = { pid: z.int().min(0), tid: z.int().min(0), ts: z.int().min(0) };
const args = z.record(z.string(), z.unknown()).optional();
const named = { name: z.string().min(1), cat: z.string().min(1) };
const id = z.union([z.int(), z.string()]);

/** The phases of Chrome's trace event format that we write, each with the fields it must have. */
const EVENT = z.discriminatedUnion('ph', [
  z.strictObject({
    ph: z.literal('M'),
    name: z.string(),
    pid: place.pid,
    tid: place.tid,
    args: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ ph: z.literal('B'), ...named, ...place, args }),
  z.strictObject({ ph: z.literal('E'), ...place }),
  z.strictObject({ ph: z.literal('X'), dur: z.int().min(0), ...named, ...place, args }),
  z.strictObject({ ph: z.literal('i'), s: z.literal('t'), ...named, ...place }),
  z.strictObject({
    ph: z.literal('C'),
    name: z.string(),
    ...place,
    args: z.record(z.string(), z.number()),
  }),
  z.strictObject({ ph: z.literal(['b', 'e']), ...named, ...place, id, args }),
  z.strictObject({ ph: z.literal('s'), ...named, ...place, id }),
  z.strictObject({ ph: z.literal('f'), bp: z.literal('e'), ...named, ...place, id }),
]);
const TRACE = z.strictObject({
  displayTimeUnit: z.literal('ms'),
  otherData: z.strictObject({ scenario: z.string(), seed: z.string(), trace: z.string() }),
  traceEvents: z.array(EVENT),
});
type Event = z.infer<typeof EVENT>;

function eventsOf(run: RecordedRun): Event[] {
  return TRACE.parse(JSON.parse(exported(run, 'perfetto').text)).traceEvents;
}

const of = <P extends Event['ph']>(events: readonly Event[], ...phases: readonly P[]) =>
  events.filter((event) => (phases as readonly string[]).includes(event.ph)) as Extract<
    Event,
    { ph: P }
  >[];

/** On one thread slices may only nest: the last begun ends first, and none ends before it begins. */
function expectNested(events: readonly Event[]): void {
  const open = new Map<string, number[]>();
  for (const event of of(events, 'B', 'E')) {
    const thread = `${event.pid} ${event.tid}`;
    const stack = open.get(thread) ?? [];
    open.set(thread, stack);
    if (event.ph === 'B') stack.push(event.ts);
    else expect(event.ts).toBeGreaterThanOrEqual(stack.pop() ?? Infinity);
  }
  for (const stack of open.values()) expect(stack).toEqual([]);
  const ends = new Map<string, number[]>();
  for (const { pid, tid, ts, dur } of of(events, 'X')) {
    const stack = ends.get(`${pid} ${tid}`) ?? [];
    ends.set(`${pid} ${tid}`, stack);
    while (stack.length > 0 && stack.at(-1)! <= ts) stack.pop();
    if (stack.length > 0) expect(ts + dur).toBeLessThanOrEqual(stack.at(-1)!);
    stack.push(ts + dur);
  }
}

describe.each([
  ['a Raft run', () => recorded('raft/showcase')],
  ['a toy run with losses, copies and a crash', () => toyRun(...BUSY)],
] as const)('the Perfetto trace of %s', (_, run) => {
  it('has the fields of its phases, and slices that nest', () => {
    expectNested(eventsOf(run()));
  });

  it('every flow has one start and one end, both inside a slice of their thread', () => {
    const made = run();
    const events = eventsOf(made);
    const slices = new Set(of(events, 'X').map(({ pid, tid, ts }) => `${pid} ${tid} ${ts}`));
    const [starts, ends] = [of(events, 's'), of(events, 'f')];
    expect(starts.map((flow) => flow.id)).toEqual(ends.map((flow) => flow.id));
    expect(new Set(starts.map((flow) => flow.id)).size).toBe(starts.length);
    const { trace } = made.result;
    const delivered = Array.from({ length: trace.keptRows() }, (__, index) =>
      trace.row(index),
    ).filter(({ kind }) => kind === Kind.DELIVER);
    expect(starts).toHaveLength(delivered.length);
    for (const [index, end] of ends.entries()) {
      expect(end.ts).toBeGreaterThanOrEqual(starts[index]!.ts);
      expect(slices).toContain(`${end.pid} ${end.tid} ${end.ts}`);
    }
  });

  it('asynchronous slices come in pairs: one for each operation, one for each fault', () => {
    const made = run();
    const pairs = new Map<string, string>();
    for (const { cat, id: key, ph } of of(eventsOf(made), 'b', 'e'))
      pairs.set(`${cat} ${key}`, (pairs.get(`${cat} ${key}`) ?? '') + ph);
    expect([...new Set(pairs.values())]).toEqual(['be']);
    const operations = [...pairs.keys()].filter((key) => key.startsWith('operation'));
    expect(operations).toHaveLength(made.result.history.length);
  });

  it('loses nothing: what did not arrive is an instant with its reason', () => {
    const made = run();
    const lost = of(eventsOf(made), 'i').filter(({ cat }) => cat === 'drop');
    expect(lost).toHaveLength(made.result.messages.lost);
    for (const { name } of lost) expect(name).toMatch(/^lost \((partition|loss|node down)/);
  });
});

it('hostile text stays text', () => {
  const events = eventsOf(toyRun(...HOSTILE_STALE));
  const names = of(events, 'b').map(({ name }) => name);
  expect(names).toContain(`write x ${JSON.stringify(HOSTILE)}`);
});
