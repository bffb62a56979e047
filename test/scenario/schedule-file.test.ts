import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/scenario/schedule-file.ts';
import { ScenarioError } from '../../src/scenario/scenario-error.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { scenarioText, unmark } from './marked-file.ts';

const EVERY_KIND = `faults:
  - { id: a, kind: partition, groups: [[n1], [n2, n3]], at: 10ms, for: 20ms }
  - { id: b, kind: isolate, target: leader, when: { mark: leader, where: { term: 1 }, nth: 2 }, after: 1ms, until: 300ms }
  - { id: c, kind: halves, when: { event: 40 }, until: { when: { fault: a, is: ended } } }
  - { id: d, kind: bridge, at: 30ms, for: 5ms }
  - { id: f, kind: one-way, from: n1, to: [n2, n3], at: 40ms, for: 5ms }
  - { id: g, kind: links, links: [[n1, n2]], at: 50ms, for: 5ms }
  - { id: h, kind: flapping, target: random 1, cut: 5ms, healed: 5ms, at: 60ms, for: 50ms }
  - { id: i, kind: messages, types: [AppendEntries], drop: 5%, delay: { bimodal: { fast: 1ms, slow: [5ms, 9ms], slowShare: 1% } }, at: 1ms }
  - { id: j, kind: clog, from: majority, to: clients, at: 70ms, for: 5ms }
  - { id: k, kind: kill, target: minority, when: { message: AppendEntries, from: n1, on: delivered }, for: 5ms }
  - { id: l, kind: power-loss, target: followers, at: 90ms, for: 5ms }
  - { id: m, kind: disk-loss, target: n3, at: 190ms, for: 5ms }
  - { id: n, kind: pause, target: random 1 client, at: 90ms, for: 5ms }
  - { id: o, kind: slow-disk, target: servers, factor: 3, at: 90ms, for: 5ms }
  - { id: p, kind: stalled-disk, target: n2, at: 100ms, for: 5ms }
  - { id: q, kind: failed-sync, target: n2, share: 50%, at: 110ms, for: 5ms }
  - { id: r, kind: clock-step, target: all, by: -1s, at: 120ms }
  - { id: s, kind: clock-drift, target: n1, ppm: -500, at: 130ms }
  - { id: t, kind: clock-freeze, target: n1, at: 140ms, for: 5ms }
  - { id: u, kind: fire-timer, target: n1, timer: election, when: { operation: op1, is: completed } }
script:
  - { client: c1, do: read, at: 1ms }`;

const scenario = compileScenario(scenarioText(EVERY_KIND), 's.yaml', PROTOCOLS);

describe('schedule.json', () => {
  it('read back is the schedule, for every kind of fault, trigger and target', () => {
    const text = JSON.stringify(scenario.faults, null, 2);
    expect(parseSchedule(text, 'schedule.json', scenario)).toEqual(scenario.faults);
  });

  it('read back gives a run with the same hash', () => {
    const drawn = compileScenario(
      scenarioText('nemesis: default\ntopology: { servers: 3, clients: 2 }'),
      's.yaml',
      PROTOCOLS,
    );
    const run = runScenario(drawn, { seed: '5' });
    const schedule = parseSchedule(JSON.stringify(run.schedule), 'schedule.json', drawn);
    expect(runScenario(drawn, { seed: '5', schedule }).hash).toBe(run.hash);
  });

  it.each([
    ['not JSON', '@@{"id": ', /not valid YAML/],
    ['no list', '@@{"id": "f1"}', /expected a list of faults/],
    [
      'a key that no fault has',
      '[{"id":"f1","start":{"atUs":5},"end":null,"action":{"kind":"halves"},@@"for":3}]',
      /unknown key "for"/,
    ],
    [
      'a time that is no number',
      '[{"id":"f1","start":{"atUs":@@"5ms"},"end":null,"action":{"kind":"halves"}}]',
      /start\.atUs: expected virtual microseconds: a whole number of 0 or more \(got "5ms"\)/,
    ],
    [
      'an unknown kind',
      '[{"id":"f1","start":{"atUs":5},"end":null,"action":{"kind":@@"explode"}}]',
      /action\.kind/,
    ],
    [
      'a node that does not exist',
      '[{"id":"f1","start":{"atUs":5},"end":null,"action":{"kind":"kill","target":{"kind":"nodes","names":[@@"n9"]}}}]',
      /no node is called "n9"\n {4}fix: did you mean "n1"\?/,
    ],
    [
      'a node of a group that does not exist',
      '[{"id":"f1","start":{"atUs":5},"end":null,"action":{"kind":"partition","groups":[["n1"],[@@"n8"]]}}]',
      /no node is called "n8"/,
    ],
    [
      'an id used twice',
      '[{"id":"f1","start":{"atUs":5},"end":null,"action":{"kind":"halves"}},{"id":@@"f1","start":{"atUs":5},"end":null,"action":{"kind":"halves"}}]',
      /the id "f1" is used twice/,
    ],
  ])('with %s is refused at its place', (_, marked, said) => {
    const { text, places } = unmark(marked);
    const error = errorOf(() => parseSchedule(text, 'schedule.json', scenario));
    expect(error.message).toMatch(said);
    if (!marked.endsWith('"id": '))
      expect(error.problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
    expect(error.message).toMatch(/^schedule\.json:1:\d+: /);
  });
});

function errorOf(action: () => unknown): ScenarioError {
  try {
    action();
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
