import { z } from 'zod';

import { CUT_KINDS } from '../sim/faults/fault.ts';
import { NEMESIS_KINDS, NEMESIS_PROFILES } from '../sim/faults/nemesis-profile.ts';
import { LEFT_STATES } from './scenario.ts';
import {
  count,
  duration,
  durationRange,
  id,
  nodeName,
  percent,
  ppm,
  signedDuration,
  weight,
} from './schema-values.ts';

const FACTOR = 'expected how many times slower: a whole number of 2 or more';
const SERVERS = 'expected how many servers (1 to 64), or their names';
const CLIENTS = 'expected how many clients (0 to 512), or their names';

const latency = z
  .union(
    [
      duration,
      durationRange,
      z.strictObject({ exponential: z.strictObject({ min: duration.optional(), mean: duration }) }),
      z.strictObject({
        lognormal: z.strictObject({ median: duration, sigma: z.number().positive().max(5) }),
      }),
      z.strictObject({
        bimodal: z.strictObject({
          fast: z.union([duration, durationRange]),
          slow: z.union([duration, durationRange]),
          slowShare: percent,
        }),
      }),
    ],
    'expected a latency: a duration (5ms), a range ([1ms, 10ms]), or exponential, lognormal or bimodal',
  )
  .describe('constant (5ms), uniform ([1ms, 10ms]), exponential, lognormal or bimodal');

const link = {
  latency: latency.optional(),
  loss: percent.optional(),
  burst: z
    .strictObject({ enter: percent, exit: percent, loss: percent })
    .describe('Gilbert-Elliott bursts: chance to enter and leave the bad state, and loss in it')
    .optional(),
  duplicate: percent.optional(),
  reorder: percent.optional(),
  reorderBy: duration.optional(),
  fifo: z.boolean().optional(),
  bytesPerSecond: count.optional(),
  queueBytes: count.optional(),
};

const target = z
  .union(
    [z.string(), z.array(nodeName).min(1)],
    'expected a node, a list of nodes, or a word such as leader, followers, minority, random 2',
  )
  .describe(
    'a node, a list of nodes, leader, follower, followers, servers, clients, minority, majority, random N, or random N clients',
  );

const TRIGGER_EXPECTED =
  'expected one trigger: {mark, node?, where?, nth?}, {message, from?, to?, on?, nth?}, {event}, ' +
  '{fault, is: started|ended} or {operation, is: invoked|completed}';
const nth = count.describe('the how-many-th time, from 1').optional();
const trigger = z
  .union(
    [
      z.strictObject({
        mark: z.string(),
        node: nodeName.optional(),
        where: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
        nth,
      }),
      z.strictObject({
        message: z.string(),
        from: nodeName.optional(),
        to: nodeName.optional(),
        on: z.enum(['sent', 'delivered']).optional(),
        nth,
      }),
      z.strictObject({ event: count }),
      z.strictObject({ fault: z.string(), is: z.enum(['started', 'ended']) }),
      z.strictObject({ operation: z.string(), is: z.enum(['invoked', 'completed']) }),
    ],
    TRIGGER_EXPECTED,
  )
  .describe('an event to wait for: a mark, a message, an event number, a fault or an operation');

const moment = {
  at: duration.describe('virtual time since the start of the run').optional(),
  when: trigger.optional(),
  after: duration.describe('with `when`: how long after it').optional(),
};
const until = z.union(
  [duration, z.strictObject(moment)],
  'expected a time (2s) or a moment ({when: ..., after: ...})',
);

const FAULT_KINDS = [
  ...CUT_KINDS,
  'messages',
  'clog',
  'message',
  'kill',
  'power-loss',
  'disk-loss',
  'pause',
  'slow-disk',
  'stalled-disk',
  'failed-sync',
  'clock-step',
  'clock-drift',
  'clock-freeze',
  'fire-timer',
  'wake',
] as const;

const fault = z.strictObject({
  id,
  ...moment,
  for: duration
    .describe('how long it lasts; without for and until, to the end of the fault phase')
    .optional(),
  until: until.describe('a time, or a moment').optional(),
  kind: z.enum(FAULT_KINDS),
  target: target.optional(),
  groups: z.array(z.array(nodeName).min(1)).min(2).optional(),
  from: target.optional(),
  to: target.optional(),
  links: z.array(z.tuple([nodeName, nodeName])).optional(),
  types: z.array(z.string()).min(1).optional(),
  type: z.string().describe('message: the type of the one message that is meant').optional(),
  nth: count.describe('message: the how-many-th of its type on its link').optional(),
  arrives: z
    .array(duration)
    .describe('message: when it arrives, once for each copy; none: it is lost')
    .optional(),
  drop: percent.optional(),
  duplicate: percent.optional(),
  reorder: percent.optional(),
  corrupt: percent.optional(),
  delay: latency.optional(),
  cut: duration.optional(),
  healed: duration.optional(),
  factor: z.int(FACTOR).min(2, FACTOR).optional(),
  share: percent.describe('failed-sync: how many of the syncs fail').optional(),
  by: signedDuration.optional(),
  ppm: ppm.optional(),
  timer: z.string().optional(),
  mayMiss: z
    .boolean()
    .describe('true: the run is not vacuous when this fault never bites')
    .optional(),
});

const step = z.strictObject({
  id: id.optional(),
  ...moment,
  client: nodeName,
  do: z.string().describe('the operation: read, write, cas, ...'),
  key: z.string().optional(),
  value: z.unknown().optional(),
});

const workload = z.strictObject({
  operations: count
    .describe('operations per client; without it, as many as fit the duration')
    .optional(),
  mix: z.record(z.string(), weight).describe('operation: weight'),
  keys: count.describe('how many keys').optional(),
  values: z
    .union([z.literal('unique'), count], 'expected unique, or how many different values')
    .describe('unique: each write has its own value; N: values 1..N')
    .optional(),
  think: durationRange.describe('pause between operations of a client').optional(),
  from: duration.optional(),
});

const times = {
  times: z.int().nonnegative().describe('exactly so often').optional(),
  atLeast: z.int().nonnegative().describe('default 1').optional(),
  atMost: z.int().nonnegative().optional(),
};
const requiredEvent = z.union(
  [
    z.strictObject({
      mark: z.string(),
      node: nodeName.optional(),
      where: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      ...times,
    }),
    z.strictObject({
      message: z.string(),
      from: nodeName.optional(),
      to: nodeName.optional(),
      on: z.enum(['sent', 'delivered']).optional(),
      ...times,
    }),
  ],
  'expected {mark, node?, where?} or {message, from?, to?, on?}, with times, atLeast or atMost',
);
const BOUND = 'expected a whole number, or a duration: 7, 150ms';
const bound = z.union([z.int(BOUND).nonnegative(BOUND), duration], BOUND);
const requiredFigure = z
  .strictObject({ atLeast: bound.optional(), atMost: bound.optional() })
  .describe('bounds of a figure, both included; none: it is only printed');
const OUTCOME = 'expected ok, fail, info, unanswered, or {ok: the answer}';
const required = z
  .strictObject({
    okDuringFaults: z.array(z.string()).optional(),
    outcomes: z
      .record(
        nodeName,
        z.union(
          [z.enum(['ok', 'fail', 'info', 'unanswered']), z.strictObject({ ok: z.unknown() })],
          OUTCOME,
        ),
      )
      .describe('how scripted operations must end, by their id')
      .optional(),
    events: z.array(requiredEvent).describe('what must have happened, how often').optional(),
    states: z
      .record(nodeName, z.string())
      .describe('how the state of a server begins when the fault phase ends: `leader t3`')
      .optional(),
    figures: z
      .record(z.string(), requiredFigure)
      .describe('what the run measured, by name: printed with the verdict, within these bounds')
      .optional(),
  })
  .describe('what must have happened, or the run does not show what it claims');

const profileNames = Object.keys(NEMESIS_PROFILES) as [string, ...string[]];
const nemesis = z.union(
  [
    z.enum(profileNames),
    z.strictObject({
      profile: z.enum(profileNames).optional(),
      weights: z.partialRecord(z.enum(NEMESIS_KINDS), weight).optional(),
      gap: durationRange.optional(),
      for: durationRange.optional(),
      from: duration.optional(),
    }),
  ],
  `expected a profile (${profileNames.join(', ')}) or {profile?, weights?, gap?, for?, from?}`,
);

const LEFT = `expected ${LEFT_STATES.join(', ')}`;
const liveness = z.union(
  [
    z.literal('none'),
    duration,
    z.strictObject({
      within: duration.optional(),
      heal: z
        .union(
          [z.literal('all'), z.literal('quorum-core'), z.array(nodeName).min(1)],
          'expected all, quorum-core, or the servers that are healed',
        )
        .describe(
          'all; quorum-core: servers that suffice, drawn from the seed; or these servers. What touches any other stays broken',
        )
        .optional(),
      left: z
        .record(nodeName, z.enum(LEFT_STATES, LEFT))
        .describe('with named servers: what becomes of the others for good, beside their faults')
        .optional(),
      duringFaults: z
        .boolean()
        .describe(
          'also while faults go on, a quorum that none of them touches must commit within a bound that follows from the configuration; default false',
        )
        .optional(),
    }),
  ],
  'expected a duration such as 5s, none, or {within?, heal?, left?, duringFaults?}',
);

/** The shape of a scenario file. What words mean together (names, triggers, topology) is compile.ts' business. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower case letters, digits and -'),
    title: z.string().describe('one line for lists'),
    claim: z.string().describe('what this run shows, in sentences').optional(),
    source: z.string().describe('where the claim comes from').optional(),
    tags: z.array(z.string()).optional(),
    seed: z
      .string('a seed is text: write it in quotes, because YAML numbers lose digits beyond 2^53')
      .optional(),
    protocol: z.string(),
    bug: z
      .union(
        [z.string(), z.array(z.string()).min(1)],
        'expected the id of a planted bug, or a list',
      )
      .describe('run this planted bug, or these, instead of the correct code')
      .optional(),
    topology: z.strictObject({
      servers: z.union(
        [
          z.int(SERVERS).min(1, SERVERS).max(64, SERVERS),
          z.array(nodeName).min(1, SERVERS).max(64, SERVERS),
        ],
        SERVERS,
      ),
      clients: z
        .union(
          [z.int(CLIENTS).min(0, CLIENTS).max(512, CLIENTS), z.array(nodeName).max(512, CLIENTS)],
          CLIENTS,
        )
        .optional(),
    }),
    config: z
      .record(z.string(), z.unknown())
      .describe('of the protocol; see splitbrain list --protocols')
      .optional(),
    network: z
      .strictObject({
        ...link,
        links: z.array(z.strictObject({ from: nodeName, to: nodeName, ...link })).optional(),
      })
      .optional(),
    disk: z
      .strictObject({
        sync: latency.optional(),
        unsynced: z.enum(['none', 'prefix', 'subset']).optional(),
        torn: percent.optional(),
      })
      .optional(),
    clocks: z
      .record(
        nodeName,
        z.strictObject({
          offset: signedDuration.optional(),
          driftPpm: ppm.optional(),
        }),
      )
      .optional(),
    ties: z.enum(['fifo', 'shuffled']).optional(),
    duration: duration.describe('length of the fault phase'),
    liveness: liveness
      .describe('after the heal, every client must be served within this; none: not asked')
      .optional(),
    idle: duration
      .describe('after that, so long nothing is asked, and nothing may change hands; default 0s')
      .optional(),
    maxEvents: count.optional(),
    workload: workload.optional(),
    script: z.array(step).optional(),
    faults: z.array(fault).optional(),
    nemesis: nemesis.optional(),
    require: required.optional(),
    properties: z.record(z.string(), z.enum(['holds', 'violated'])).optional(),
  })
  .describe('A splitbrain scenario');

export type ScenarioFile = z.infer<typeof scenarioSchema>;
export type RequireEntry = z.infer<typeof required>;
export type RequiredEventEntry = z.infer<typeof requiredEvent>;
export type RequiredFigureEntry = z.infer<typeof requiredFigure>;
export type FaultEntry = z.infer<typeof fault>;
export type StepEntry = z.infer<typeof step>;
export type LatencyEntry = z.infer<typeof latency>;
export type LinkEntry = z.infer<z.ZodObject<typeof link>>;
export type MomentEntry = z.infer<z.ZodObject<typeof moment>>;
export type TargetEntry = z.infer<typeof target>;
export type TriggerEntry = z.infer<typeof trigger>;

/** The schema for editors: JSON Schema draft 2020-12. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' });
}
