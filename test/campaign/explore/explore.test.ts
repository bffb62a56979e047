import { describe, expect, it } from 'vitest';

import { parseBounds, type Bounds } from '../../../src/campaign/explore/bounds.ts';
import {
  explore,
  type ExploreEnd,
  type ExploreOptions,
  type Exploring,
} from '../../../src/campaign/explore/explore.ts';
import { smallWorld } from '../../../src/campaign/explore/small-world.ts';
import { storyDocument } from '../../../src/campaign/explore/story.ts';
import {
  compileDocument,
  readSubject,
  withDocument,
  type Protocols,
} from '../../../src/campaign/documents/document.ts';
import { omit } from '../../../src/campaign/documents/omit.ts';
import { writeScenario } from '../../../src/campaign/documents/write-scenario.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import { countGreeters, greeters } from './greeters.ts';

const ALL: ExploreOptions = {
  order: 'breadth-first',
  stopAtFirst: false,
  maxStates: null,
  prune: true,
};

interface Explored extends Exploring {
  readonly end: ExploreEnd;
  /** For each violation: the properties that a plain run of its story violates. */
  readonly replays: readonly (readonly string[])[];
}

function exploreText(
  lines: readonly string[],
  bounds: string | Bounds,
  options: Partial<ExploreOptions> = {},
  protocols: Protocols = PROTOCOLS,
): Explored {
  const text = ['name: small', 'title: small', 'duration: 1s', ...lines].join('\n');
  const subject = readSubject(text, 'small.yaml', protocols);
  const parsed = typeof bounds === 'string' ? parseBounds(bounds) : bounds;
  const world = smallWorld(subject, parsed, { servers: null, clients: 1, seed: '1' });
  const search = explore(world.exploration, { ...ALL, ...options });
  let reached: Exploring | null = null;
  for (;;) {
    const turn = search.next();
    if (turn.done !== true) {
      reached = turn.value;
      continue;
    }
    const replays = reached!.violations.map(({ path }) => {
      const story = writeScenario(storyDocument(world.subject.document, world.exploration, path));
      const replay = compileDocument(
        withDocument(world.subject, readSubject(story, 'story.yaml', protocols).document),
      );
      return runScenario(replay, { seed: replay.defaultSeed })
        .properties.filter(({ verdict }) => verdict === 'violated')
        .map(({ name }) => name);
    });
    return { ...reached!, end: turn.value, replays };
  }
}

const greeting = (
  servers: number,
  bounds: string,
  {
    telling = true,
    bug = '',
    ...options
  }: Partial<ExploreOptions> & {
    telling?: boolean;
    bug?: string;
  } = {},
): Explored =>
  exploreText(
    [
      'protocol: greeters',
      `topology: { servers: ${servers} }`,
      ...(bug === '' ? [] : [`bug: ${bug}`]),
    ],
    `requests=0,${bounds}`,
    options,
    { greeters: greeters(telling) },
  );

const RAFT = [
  'protocol: raft',
  'topology: { servers: 3, clients: 1 }',
  'config: { sessions: false }',
  'script: [{ at: 1ms, client: c1, do: write, key: x, value: 1 }]',
];

describe('counts of states and steps', () => {
  it.each([
    [2, 1, true],
    [2, 2, true],
    [3, 1, true],
    [3, 2, true],
    [3, 3, true],
    [2, 2, false],
    [3, 1, false],
    [3, 2, false],
  ])(
    'of %i greeters with %i timeouts, telling: %s, are those of a count by other means',
    (servers, timeouts, telling) => {
      const { states, transitions, ends, end } = greeting(servers, `timeouts=${timeouts}`, {
        telling,
      });
      expect({ states, transitions, ends }).toEqual(countGreeters(servers, timeouts, telling));
      expect(end).toBe('covered');
    },
  );

  it('are small enough to be known by heart: two greeters, one timeout', () => {
    // Nobody has greeted; either has, and its greeting is under way; or has arrived.
    expect(greeting(2, 'timeouts=1')).toMatchObject({
      states: 5,
      transitions: 4,
      depth: 2,
      ends: 2,
    });
  });

  it('are the same depth first', () => {
    const { states, transitions } = greeting(3, 'timeouts=2');
    expect(greeting(3, 'timeouts=2', { order: 'depth-first' })).toMatchObject({
      states,
      transitions,
    });
  });

  it('are fewer when servers differ in nothing but their names: by almost their orders', () => {
    const plain = greeting(3, 'timeouts=2', { telling: false }).states;
    const symmetric = greeting(3, 'timeouts=2,symmetry=1', { telling: false });
    expect(symmetric.end).toBe('covered');
    expect(symmetric.states).toBeLessThan(plain / 4);
    expect(symmetric.states).toBeGreaterThanOrEqual(plain / 6);
  });
});

describe('bounds', () => {
  it('that end stories are told apart from an end of all stories', () => {
    expect(greeting(3, 'timeouts=3,depth=3')).toMatchObject({ end: 'covered', depth: 3, ends: 0 });
    expect(greeting(3, 'timeouts=3,depth=3').cutByDepth).toBeGreaterThan(0);
    expect(greeting(3, 'timeouts=3,messages=3').cutByMessages).toBeGreaterThan(0);
    expect(greeting(3, 'timeouts=3', { maxStates: 20 })).toMatchObject({ end: 'states' });
  });

  it('on drops and duplicates add exactly their stories', () => {
    // One greeting: lost, or arrived.
    expect(greeting(2, 'timeouts=1,drops=1').states).toBe(5 + 2);
    // One greeting: arrived and still under way, then arrived twice, which the bag of the heard does not tell.
    expect(greeting(2, 'timeouts=1,duplicates=1').states).toBe(5 + 4);
  });

  it.each([
    ['timeout=1', 'there is no bound "timeout"; there are requests, timeouts'],
    ['timeouts=many', 'expected a whole number from 0 to 1000'],
    ['syncs=2', 'expected a whole number from 0 to 1'],
  ])('that cannot be are refused: %s', (text, message) => {
    expect(() => parseBounds(text)).toThrow(message);
  });
});

describe('taking equal states as one', () => {
  it.each(['third-hears-second-first', 'hears-thrice'])('loses no violation: %s', (bug) => {
    const bounds = 'timeouts=2,duplicates=1';
    const found = ({ violations }: Explored): unknown[] =>
      violations.map(({ property, path }) => [property, path.length]);
    const everything = greeting(3, bounds, { bug, prune: false, telling: false });
    const pruned = greeting(3, bounds, { bug, telling: false });
    expect(found(everything)).toHaveLength(1);
    expect(found(pruned)).toEqual(found(everything));
    expect(pruned.transitions).toBeLessThan(everything.transitions / 4);
  });

  it('of Raft, as it tells them or by what it was given, finds the same of a wrong vote', () => {
    const lines = [...RAFT, 'bug: double-vote'];
    const bounds = 'requests=0,timeouts=2,depth=5';
    const summary = ({ violations }: Explored): unknown =>
      violations.map(({ property, path }) => `${property} ${path.length}`);
    const told = exploreText(lines, bounds);
    const mute = omit(PROTOCOLS['raft']!, 'states');
    const given = exploreText(lines, bounds, {}, { raft: mute });
    const everything = exploreText(lines, bounds, { prune: false }, { raft: mute });
    expect(summary(everything)).toEqual(summary(told));
    expect(summary(given)).toEqual(summary(told));
    expect(told.states).toBeLessThanOrEqual(given.states);
    expect(given.transitions).toBeLessThan(everything.transitions);
  });
});

describe('real protocols', () => {
  it('Raft within small bounds is covered without an alarm', () => {
    expect(exploreText(RAFT, 'requests=0,timeouts=1,crashes=1,messages=3')).toMatchObject({
      end: 'covered',
      violations: [],
      frontier: 0,
    });
  });

  it.each([
    ['double-vote', 'one-vote-a-term', 'requests=0,timeouts=2'],
    ['half-is-enough', 'election-quorum', 'requests=0,timeouts=1'],
    ['vote-before-sync', 'promise-after-durable', 'requests=0,timeouts=1,syncs=1'],
    ['term-not-saved-on-campaign', 'promise-after-durable', 'requests=0,timeouts=1'],
    ['repeated-vote-counted', 'election-quorum', 'requests=0,timeouts=1,duplicates=1,messages=6'],
  ])('Raft with %s breaks %s, in a story that a plain run repeats', (bug, property, bounds) => {
    const topology = bug.includes('repeated')
      ? RAFT.map((line) => line.replace('servers: 3', 'servers: 5'))
      : RAFT;
    const explored = exploreText([...topology, `bug: ${bug}`], bounds, { stopAtFirst: true });
    expect(explored.end).toBe('violated');
    expect(explored.violations[0]!.property).toBe(property);
    expect(explored.replays[0]).toContain(property);
  });

  it('two-phase commit within small bounds is covered without an alarm', () => {
    const commit = [
      'protocol: commit',
      'topology: { servers: 2, clients: 1 }',
      'workload: { mix: { transfer: 1 }, keys: 2 }',
    ];
    const explored = exploreText(commit, 'requests=1,timeouts=1,depth=24');
    expect(explored).toMatchObject({ end: 'covered', violations: [] });
    expect(explored.ends).toBeGreaterThan(0);
  });
});
