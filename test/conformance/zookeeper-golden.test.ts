import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { unpack } from './packed.ts';
import { SEQUENCES, sequence } from './zookeeper-sequences.ts';
import { simulated } from './zookeeper-simulated.ts';

/** What ZooKeeper 3.8.0 answered (Debian 12's package), recorded by zookeeper-real.test.ts. */
const golden = unpack(
  readFileSync(new URL('../golden/zookeeper-3.8.0.json', import.meta.url), 'utf8'),
);

it('the simulated ZooKeeper answers 600 recorded command sequences as the real one did', () => {
  expect(golden).toHaveLength(SEQUENCES);
  const different = golden.flatMap((lines, index) => {
    const steps = sequence(index);
    const ours = simulated(index, steps);
    return lines.flatMap((line, at) =>
      line === ours[at]
        ? []
        : [
            `sequence ${index}, step ${at} (${JSON.stringify(steps[at])}): ${ours[at]}, ZooKeeper: ${line}`,
          ],
    );
  });
  expect(different).toEqual([]);
});

it('the recorded sequences contain what they are there to compare', () => {
  const text = golden.flat().join('\n');
  for (const word of [
    'NodeCreated',
    'NodeDeleted',
    'NodeDataChanged',
    'NodeChildrenChanged',
    'NoNode',
    'NodeExists',
    'BadVersion',
    'NotEmpty',
    'NoChildrenForEphemerals',
    'BadArguments',
    'RuntimeInconsistency',
    'SessionExpired',
    'in the window',
    'resumed c1: ',
    '-0000000003',
    'session 2',
  ])
    expect(text).toContain(word);
  expect(text).not.toContain('wrong times');
  expect(text).not.toContain('out of the window');
});
