import { expect, test } from 'vitest';
import { findCycles } from '../../../src/checker/transactions/cycles.ts';
import {
  NOTHING,
  type Dependency,
  type DependencyType,
} from '../../../src/checker/transactions/dependency.ts';
import { solvePolygraph, type PolygraphEdge } from '../../../src/checker/transactions/polygraph.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';

const dependency = (from: number, to: number, type: DependencyType = 'ww'): Dependency => ({
  from,
  to,
  type,
  key: NOTHING,
  earlier: NOTHING,
  later: NOTHING,
});
const edge = (from: number, to: number): PolygraphEdge => ({
  from,
  to,
  dependency: dependency(from, to),
});

/** Whether nodes can be taken away one by one, each without an edge into it from those left. */
function acyclic(nodes: number, edges: readonly PolygraphEdge[]): boolean {
  const left = new Set(Array.from({ length: nodes }, (_, node) => node));
  for (;;) {
    const free = [...left].find(
      (node) => !edges.some(({ from, to }) => to === node && left.has(from)),
    );
    if (free === undefined) return left.size === 0;
    left.delete(free);
  }
}

test('agrees with trying all choices, in every way it may come to its answer', () => {
  const random = new RandomStream('polygraph', '1');
  const procedures = new Set<string>();
  for (let round = 0; round < 4_000; round += 1) {
    const nodes = 4 + random.below(5);
    const pair = (): PolygraphEdge => {
      const from = random.below(nodes);
      return edge(from, (from + 1 + random.below(nodes - 1)) % nodes);
    };
    const some = (most: number): PolygraphEdge[] =>
      Array.from({ length: 1 + random.below(most) }, pair);
    const edges = Array.from({ length: random.below(4) }, pair);
    const choices = Array.from({ length: 1 + random.below(6) }, () => ({
      either: some(3),
      or: some(3),
    }));
    const preferred = Array.from({ length: nodes }, () => random.below(100));
    const result = solvePolygraph({
      nodes,
      edges,
      choices,
      preference: (node) => preferred[node]!,
    });
    const possible = Array.from({ length: 1 << choices.length }, (_, picks) =>
      acyclic(nodes, [
        ...edges,
        ...choices.flatMap(({ either, or }, bit) => ((picks >> bit) & 1 ? either : or)),
      ]),
    ).includes(true);
    expect(result.kind).toBe(possible ? 'acyclic' : 'cyclic');
    if (result.kind === 'budget') continue;
    procedures.add(`${result.kind} ${result.procedure}`);
    if (result.kind !== 'cyclic' || result.cycle === undefined) continue;
    result.cycle.forEach(({ to }, at) => {
      expect(result.cycle![(at + 1) % result.cycle!.length]!.from).toBe(to);
    });
  }
  expect([...procedures].sort((a, b) => (a < b ? -1 : 1))).toEqual([
    'acyclic an order as it happened',
    'acyclic search over orders of versions',
    'cyclic cycle search',
    'cyclic forced orders of versions',
    'cyclic search over orders of versions',
  ]);
});

test('forces a choice whichever of its sides is impossible', () => {
  const result = solvePolygraph({
    nodes: 4,
    edges: [edge(1, 0)],
    choices: [
      { either: [edge(2, 3)], or: [edge(0, 1)] },
      { either: [edge(3, 2)], or: [edge(0, 1)] },
    ],
    preference: (node) => node,
  });
  expect(result).toMatchObject({ kind: 'cyclic', procedure: 'forced orders of versions' });
});

test('gives up after a fixed amount of work, and says what is open', () => {
  const choices = [{ either: [edge(3, 0)], or: [edge(2, 1)] }];
  const result = solvePolygraph({ nodes: 4, edges: [], choices, preference: (node) => node }, 0);
  expect(result).toEqual({
    kind: 'budget',
    reason:
      '1 pairs of writes could still be ordered either way when the search budget was spent. ' +
      'Try a larger budget, or let transactions read a key before they write it.',
  });
});

test('a cycle without adjacent anti-dependencies is found behind a shorter one with', () => {
  const cycles = findCycles(4, [
    dependency(0, 1, 'rw'),
    dependency(1, 0, 'rw'),
    dependency(1, 2, 'wr'),
    dependency(2, 3, 'rw'),
    dependency(3, 2, 'rw'),
    dependency(3, 0, 'wr'),
  ]);
  expect(cycles.map(({ name }) => name)).toEqual(['G-nonadjacent', 'G2-item']);
});

test('process and real-time edges count only where the dependencies alone have no such cycle', () => {
  const named = (...edges: Dependency[]): string[] => findCycles(3, edges).map(({ name }) => name);
  expect(named(dependency(0, 1, 'realtime'), dependency(1, 0, 'rw'))).toEqual([
    'G-single-realtime',
  ]);
  expect(named(dependency(0, 1, 'process'), dependency(1, 0, 'wr'))).toEqual(['G1c-process']);
  expect(
    named(dependency(0, 1, 'process'), dependency(1, 0, 'ww'), dependency(0, 1, 'ww')),
  ).toEqual(['G0']);
});
