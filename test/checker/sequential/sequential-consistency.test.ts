import { expect, test } from 'vitest';
import { sequentialConsistency } from '../../../src/checker/sequential/sequential-consistency.ts';
import { memoryOf } from '../../../src/checker/causal/memory-of-history.ts';
import { story } from '../lattice/story.ts';
import { NO_VALUE, type Memory } from '../../../src/checker/causal/memory.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { oracle } from '../causal/memory-oracle.ts';
import { describe as words, randomMemory } from '../causal/random-memory.ts';

const COMPARISONS = Number(process.env['SPLITBRAIN_ORACLE_HISTORIES'] ?? 4_000);

/** Whether an order of operations keeps each process's order, leaves out only unknown writes, and explains every read. */
function explains(memory: Memory, order: readonly number[]): boolean {
  const held = new Map<number, number>();
  const next = memory.firstStep.slice();
  for (const operation of order) {
    const step = memory.operation.indexOf(operation);
    if (next[memory.process[step]!] !== step) return false;
    next[memory.process[step]!] = step + 1;
    const key = memory.key[step]!;
    if (memory.read[step] !== NO_VALUE && (held.get(key) ?? memory.initial) !== memory.read[step])
      return false;
    if (memory.write[step] !== NO_VALUE) held.set(key, memory.write[step]!);
  }
  for (let step = 0; step < memory.steps; step += 1)
    if (memory.optional[step] === 0 && step >= next[memory.process[step]!]!) return false;
  return true;
}

const SATURATION_ONLY = [
  'holds: a witness',
  'holds: saturation, then a witness',
  'violated: saturation',
];
test.each([
  { unique: true, steps: 12, keys: 3, saturationWork: Infinity, procedureNames: SATURATION_ONLY },
  {
    unique: true,
    steps: 9,
    keys: 2,
    saturationWork: 0,
    procedureNames: [
      'holds: a witness',
      'violated: saturation',
      'holds: saturation, then search',
      'violated: saturation, then exhaustive search',
    ],
  },
  {
    unique: false,
    steps: 9,
    keys: 2,
    saturationWork: Infinity,
    procedureNames: ['holds', 'violated'].map(
      (verdict) => `${verdict}: search over values (a value was written twice)`,
    ),
  },
])(
  'agrees with trying every interleaving: unique values $unique, $steps steps, saturation $saturationWork',
  ({ unique, steps, keys, saturationWork, procedureNames }) => {
    const random = new RandomStream('oracle', `sequential ${String(unique)} ${String(keys)}`);
    const procedures = new Map<string, number>();
    for (let round = 0; round < COMPARISONS; round += 1) {
      const memory = randomMemory(random, {
        steps: 2 + random.below(steps - 1),
        processes: 2 + random.below(3),
        keys: 1 + random.below(keys),
        unique,
        cas: 100,
        optional: 100,
      });
      const outcome = sequentialConsistency(memory, { saturationWork, searchStates: Infinity });
      const expected = oracle(memory, 'sequential') ? 'holds' : 'violated';
      if (outcome.verdict !== expected)
        expect.fail(
          `judged ${outcome.verdict} by ${outcome.procedure}, exhaustively ${expected}\n${words(memory)}`,
        );
      if (outcome.verdict === 'holds' && !explains(memory, outcome.order))
        expect.fail(`the witness ${outcome.order.join(' ')} explains nothing\n${words(memory)}`);
      const name = `${outcome.verdict}: ${outcome.procedure}`;
      procedures.set(name, (procedures.get(name) ?? 0) + 1);
    }
    for (const expected of procedureNames)
      expect(procedures.get(expected) ?? 0, expected).toBeGreaterThan(COMPARISONS / 1000);
  },
);

test.each([
  {
    rule: 'a write before a read comes before the write that it returned',
    history: story('c0 write x 1', 'c1 write x 2', 'c0 read x 2', 'c1 read x 1'),
  },
  {
    rule: 'a read comes before the write that overwrites what it returned',
    history: story('c0 write x 1', 'c0 read y null', 'c1 write y 1', 'c1 read x null'),
  },
])('saturation alone refutes by its rule: $rule', ({ history }) => {
  const reading = memoryOf(history);
  if (reading.kind !== 'memory') throw new Error(reading.reason);
  expect(sequentialConsistency(reading.memory)).toMatchObject({
    verdict: 'violated',
    procedure: 'saturation',
  });
});

test('a value is not replaced while someone still has to read it', () => {
  const reading = memoryOf(story('c0 write x 1', 'c1 write x 2', 'c2 write y 1', 'c2 read x 1'));
  if (reading.kind !== 'memory') throw new Error(reading.reason);
  expect(sequentialConsistency(reading.memory).procedure).toBe('a witness');
});

test('a search remembers where it failed: interleavings of independent writes are not tried again', () => {
  const independent = Array.from(
    { length: 24 },
    (_, i) => `c${String(i % 4)} write k${String(i)} 1`,
  );
  const contradiction = ['c0 write x 1', 'c1 write y 1', 'c0 read y null', 'c1 read x null'];
  const reading = memoryOf(story(...independent, ...contradiction));
  if (reading.kind !== 'memory') throw new Error(reading.reason);
  expect(
    sequentialConsistency(reading.memory, { saturationWork: 0, searchStates: 10_000 }),
  ).toMatchObject({
    verdict: 'violated',
    procedure: 'saturation, then exhaustive search',
  });
  expect(
    sequentialConsistency(reading.memory, { saturationWork: 0, searchStates: 100 }),
  ).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('no order found after 100 failed states') as string,
  });
});
