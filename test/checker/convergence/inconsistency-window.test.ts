import { describe, expect, test } from 'vitest';
import { memoryOf } from '../../../src/checker/causal/memory-of-history.ts';
import { inconsistencyWindow } from '../../../src/checker/convergence/inconsistency-window.ts';
import type { History } from '../../../src/history/history.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { causalStoreHistory } from '../causal/causal-store.ts';
import { story } from '../lattice/story.ts';

function windowOf(history: History): ReturnType<typeof inconsistencyWindow> {
  const reading = memoryOf(history);
  if (reading.kind !== 'memory') throw new Error(reading.reason);
  return inconsistencyWindow(history, reading.memory);
}

describe('the inconsistency window', () => {
  test('measures from the acknowledgement of the first newer write to the stale read', () => {
    // Line k of a story is invoked at 10 k and completes at 10 k + 5 (µs).
    const window = windowOf(
      story(
        'c0 write x 1',
        'c0 write x 2',
        'c0 write x 3',
        'c1 read x 1',
        'c1 read x 2',
        'c1 read x 3',
      ),
    )!;
    expect(window).toMatchObject({ reads: 3, staleReads: 2, longestUs: 15, mostVersionsBehind: 2 });
    expect(window.worst).toEqual(
      [
        { read: 4, returned: 1, newer: 2, ageUs: 15, ageEvents: 3, versionsBehind: 1 },
        { read: 3, returned: 0, newer: 1, ageUs: 15, ageEvents: 3, versionsBehind: 2 },
      ].toSorted((a, b) => a.read - b.read),
    );
  });

  test('is zero when every read returned something that could still be current', () => {
    expect(
      windowOf(story('c0 begins write x 1', 'c1 write x 2', 'c2 read x 1', 'c0 ends')),
    ).toMatchObject({
      reads: 1,
      staleReads: 0,
      longestUs: 0,
      longestEvents: 0,
      worst: [],
    });
  });

  test('counts a read of the initial value after a write as stale, and an unknown write never', () => {
    expect(windowOf(story('c0 write x 1', 'c1 read x null'))).toMatchObject({
      staleReads: 1,
      mostVersionsBehind: 1,
    });
    expect(
      windowOf(story('c0 write x 1', 'c2 write x 2 info', 'c1 read x 2', 'c1 read x 1')),
    ).toMatchObject({ staleReads: 0 });
  });

  test('counts only newer writes that had been acknowledged', () => {
    const history = story(
      'c0 write x 1',
      'c0 write x 2',
      'c1 begins write x 3',
      'c2 read x 1',
      'c1 ends',
    );
    expect(windowOf(history)).toMatchObject({ staleReads: 1, mostVersionsBehind: 1 });
  });

  test('is not measured when a value was written twice', () => {
    expect(windowOf(story('c0 write x 1', 'c1 write x 1', 'c0 read x 1'))).toBeUndefined();
  });

  test('agrees with comparing every read with every pair of writes', () => {
    const random = new RandomStream('window', '1');
    for (let round = 0; round < 40; round += 1) {
      const history = causalStoreHistory(String(round), {
        operations: 40 + random.below(60),
        processes: 3,
        keys: 2,
        merge: 'last-writer-wins',
        lag: 1 + random.below(12),
      });
      const operations = history.operations();
      let staleReads = 0;
      let longestEvents = 0;
      let mostVersionsBehind = 0;
      for (const read of operations) {
        if (read.f !== 'read') continue;
        const writes = operations.filter((op) => op.f === 'write' && op.key === read.key);
        const settled = writes.find((op) => op.input === read.output)?.complete ?? -1;
        const newer = writes.filter((op) => op.invoke > settled && op.complete < read.invoke);
        if (newer.length === 0) continue;
        staleReads += 1;
        mostVersionsBehind = Math.max(mostVersionsBehind, newer.length);
        longestEvents = Math.max(longestEvents, ...newer.map((op) => read.invoke - op.complete));
      }
      expect(windowOf(history)).toMatchObject({ staleReads, longestEvents, mostVersionsBehind });
    }
  });
});
