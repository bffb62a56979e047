import { describe, expect, it } from 'vitest';

import { runZoo, type ZooOptions } from '../../src/campaign/zoo/zoo.ts';
import { toy } from '../scenario/toy-protocol.ts';
import { toySubject } from './toy-subject.ts';

/** The toy keeps its register in memory: it survives what happens to its messages, not to its process. */
const NETWORK_FAULTS = 'nemesis: { profile: network, gap: [10ms, 40ms], for: [10ms, 40ms] }';

const options: ZooOptions = {
  protocols: { toy },
  names: [],
  bugs: [],
  subjects: [
    toySubject([NETWORK_FAULTS, 'tags: [campaign]', 'topology: { servers: 5, clients: 3 }']),
  ],
  budget: 8,
  repeats: 1,
  strategies: ['random'],
  blackBox: true,
  swarm: false,
  workers: null,
};

describe('the zoo', () => {
  it('finds the planted bugs by the properties that must catch them, and nothing in the correct code', async () => {
    const { bugs, correct } = await runZoo({ ...options, bugs: ['throws', 'stale', 'counts'] });
    expect(correct).toMatchObject({ seeds: 8, falseAlarms: 0 });
    expect(bugs.map(({ id, hunts }) => [id, hunts[0]!.by, hunts[0]!.foundIn])).toEqual([
      ['throws', 'no-exceptions', 1],
      ['stale', 'linearizable', 1],
      ['counts', 'at-most-five-writes', 1],
    ]);
    expect(bugs[2]!.blackBox).toMatchObject({ foundIn: 0, by: null, seeds: 8 });
    expect(bugs[1]!.blackBox).toMatchObject({ foundIn: 1, by: 'linearizable' });
  });

  it('compares strategies over the same bugs', async () => {
    const { bugs } = await runZoo({
      ...options,
      bugs: ['stale'],
      strategies: ['random', 'pct', 'guided'],
      blackBox: false,
      repeats: 2,
      budget: 40,
    });
    const [random, pct, guided] = bugs[0]!.hunts;
    expect(random).toMatchObject({
      strategy: 'random',
      foundIn: 2,
      repeats: 2,
      by: 'linearizable',
    });
    expect(pct).toMatchObject({ strategy: 'pct', foundIn: 2, repeats: 2, by: 'linearizable' });
    expect(guided).toMatchObject({ strategy: 'guided', foundIn: 2, repeats: 2 });
  });

  it('does not count what the correct code shows in the same run', async () => {
    // Liveness within 1 ms is more than even the correct code can do.
    const hurried = toySubject(['liveness: 1us', 'tags: [campaign]']);
    const { bugs, correct } = await runZoo({
      ...options,
      subjects: [hurried],
      bugs: ['mute'],
      blackBox: false,
    });
    expect(correct.falseAlarms).toBe(8);
    expect(bugs[0]!.hunts[0]).toMatchObject({ foundIn: 0, seeds: 8 });
  });

  it('tells what the scenario made for a bug shows', async () => {
    const scripted = toySubject(['name: stale-story', 'bug: stale']);
    const { bugs } = await runZoo({
      ...options,
      subjects: [...options.subjects, scripted],
      bugs: ['stale'],
    });
    expect(bugs[0]!.scripted).toEqual({ scenario: 'stale-story', by: 'linearizable' });
  });

  it('runs only the scenarios made for bugs when a protocol has no other', async () => {
    const scripted = toySubject(['name: stale-story', 'bug: stale']);
    const { bugs, correct } = await runZoo({ ...options, subjects: [scripted], bugs: ['stale'] });
    expect(bugs[0]!.hunts[0]).toMatchObject({ foundIn: 0, repeats: 0 });
    expect(bugs[0]!.scripted?.by).toBe('linearizable');
    expect(correct.seeds).toBe(0);
  });

  it.each([
    [{ names: ['paxos'] }, 'no protocol is called "paxos": known: toy'],
    [{ bugs: ['lazy'] }, 'no planted bug is called "lazy": known: '],
    [{ bugs: ['stael'] }, 'no planted bug is called "stael": did you mean "stale"?'],
    [{ subjects: [], names: ['toy'] }, 'toy has no scenario to search over'],
  ])('refuses %o', async (part, message) => {
    await expect(runZoo({ ...options, ...part })).rejects.toThrow(message);
  });
});
