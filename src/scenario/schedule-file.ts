import { z } from 'zod';

import type { Fault, TargetSelector } from '../sim/faults/fault.ts';
import { suggest } from '../protocols/nearest.ts';
import { Problems } from './problems.ts';
import type { Scenario } from './scenario.ts';
import { YamlSource, type Path } from './source-map.ts';

const US = 'expected virtual microseconds: a whole number of 0 or more';
const us = z.int(US).nonnegative(US);
const PPM = 'expected millionths: a whole number from 0 to 1000000';
const ppm = z.int(PPM).min(0, PPM).max(1_000_000, PPM);
const names = z.array(z.string()).min(1);
const nth = z.int().positive();

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('nodes'), names }),
  z.strictObject({ kind: z.literal('role'), role: z.string() }),
  z.strictObject({ kind: z.enum(['random', 'random-clients']), count: z.int().positive() }),
  z.strictObject({
    kind: z.enum(['followers', 'minority', 'majority', 'servers', 'clients']),
  }),
]);

const trigger = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('mark'),
    mark: z.string(),
    node: z.string().nullable(),
    where: z.record(z.string(), z.unknown()),
    nth,
  }),
  z.strictObject({
    kind: z.literal('message'),
    type: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    on: z.enum(['sent', 'delivered']),
    nth,
  }),
  z.strictObject({ kind: z.literal('event'), event: z.int().positive() }),
  z.strictObject({ kind: z.literal('fault'), id: z.string(), edge: z.enum(['start', 'end']) }),
  z.strictObject({
    kind: z.literal('operation'),
    id: z.string(),
    edge: z.enum(['invoke', 'complete']),
  }),
]);

const moment = z.union(
  [z.strictObject({ atUs: us }), z.strictObject({ when: trigger, delayUs: us })],
  'expected a moment: {"atUs": ...} or {"when": {...}, "delayUs": ...}',
);

const plainLatency = [
  z.strictObject({ kind: z.literal('constant'), us }),
  z.strictObject({ kind: z.literal('uniform'), minUs: us, maxUs: us }),
] as const;
const latency = z.discriminatedUnion('kind', [
  ...plainLatency,
  z.strictObject({ kind: z.literal('exponential'), minUs: us, meanUs: us }),
  z.strictObject({ kind: z.literal('lognormal'), medianUs: us, sigmaPpm: us }),
  z.strictObject({
    kind: z.literal('bimodal'),
    fast: z.discriminatedUnion('kind', plainLatency),
    slow: z.discriminatedUnion('kind', plainLatency),
    slowPpm: ppm,
  }),
]);

const action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('partition'), groups: z.array(names) }),
  z.strictObject({ kind: z.enum(['halves', 'bridge', 'ring']) }),
  z.strictObject({ kind: z.enum(['one-way', 'clog']), from: target, to: target }),
  z.strictObject({
    kind: z.literal('links'),
    kept: z.array(z.tuple([z.string(), z.string()])),
  }),
  z.strictObject({ kind: z.literal('flapping'), target, cutUs: us, healedUs: us }),
  z.strictObject({
    kind: z.literal('messages'),
    from: target,
    to: target,
    types: names.nullable(),
    dropPpm: ppm,
    duplicatePpm: ppm,
    reorderPpm: ppm,
    corruptPpm: ppm,
    delay: latency.nullable(),
  }),
  z.strictObject({
    kind: z.enum([
      'isolate',
      'kill',
      'power-loss',
      'disk-loss',
      'pause',
      'stalled-disk',
      'clock-freeze',
    ]),
    target,
  }),
  z.strictObject({ kind: z.literal('slow-disk'), target, factor: z.int().min(2) }),
  z.strictObject({ kind: z.literal('failed-sync'), target, failPpm: ppm }),
  z.strictObject({ kind: z.literal('clock-step'), target, byUs: z.int() }),
  z.strictObject({ kind: z.literal('clock-drift'), target, ppm: z.int() }),
  z.strictObject({ kind: z.literal('fire-timer'), target, timer: z.string() }),
  z.strictObject({ kind: z.literal('wake'), target }),
  z.strictObject({
    kind: z.literal('message'),
    type: z.string(),
    from: z.string(),
    to: z.string(),
    nth,
    arrivesUs: z.array(us),
  }),
]);

const schedule = z.array(
  z.strictObject({
    id: z.string().min(1),
    start: moment,
    end: z
      .union(
        [z.strictObject({ forUs: us }), z.strictObject({ until: moment })],
        'expected an end: {"forUs": ...}, {"until": {...}} or null',
      )
      .nullable(),
    action,
  }),
  'expected a list of faults',
);

/**
 * The faults of a `schedule.json` (DESIGN §7), which people edit: by hand, or to try a run without one of them.
 * @throws ScenarioError listing everything that is wrong with it, each with line and column.
 */
export function parseSchedule(text: string, file: string, scenario: Scenario): readonly Fault[] {
  const source = new YamlSource(text, file);
  const problems = new Problems(file, source);
  const parsed = schedule.safeParse(source.value);
  if (!parsed.success) problems.addSchemaIssues(parsed.error.issues, () => []);
  problems.throwIfAny();
  const faults = parsed.data as readonly Fault[];
  const known = [...scenario.servers, ...scenario.clients];
  const seen = new Set<string>();
  for (const [index, fault] of faults.entries()) {
    if (seen.has(fault.id))
      problems.add([index, 'id'], `the id "${fault.id}" is used twice`, 'rename one');
    seen.add(fault.id);
    for (const { name, path } of namedNodes(fault))
      if (!known.includes(name))
        problems.add(
          [index, 'action', ...path],
          `no node is called "${name}"`,
          suggest(name, known),
        );
  }
  problems.throwIfAny();
  return faults;
}

interface NamedNode {
  readonly name: string;
  readonly path: Path;
}

/** The nodes that a fault's action names, with the place of each name in it. */
function namedNodes({ action: { kind, ...rest } }: Fault): NamedNode[] {
  if (kind === 'partition' || kind === 'links') {
    const lists = Object.entries(rest) as [string, readonly (readonly string[])[]][];
    return lists.flatMap(([key, groups]) =>
      groups.flatMap((group, at) =>
        group.map((name, position) => ({ name, path: [key, at, position] })),
      ),
    );
  }
  return Object.entries(rest).flatMap(([key, value]: [string, unknown]) =>
    ['target', 'from', 'to'].includes(key)
      ? selected(value as TargetSelector).map((name, at) => ({ name, path: [key, 'names', at] }))
      : [],
  );
}

function selected(selector: TargetSelector): readonly string[] {
  return selector.kind === 'nodes' ? selector.names : [];
}
