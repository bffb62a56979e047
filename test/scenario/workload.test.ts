import { describe, expect, it } from 'vitest';
import { keyName, OperationSource } from '../../src/scenario/workload.ts';
import type { WorkloadPlan } from '../../src/scenario/scenario.ts';
import { RandomStream } from '../../src/sim/engine/random.ts';
import { runToy } from './run-toy.ts';

const PLAN: WorkloadPlan = {
  operations: 50,
  mix: [
    { f: 'read', weight: 3 },
    { f: 'write', weight: 1 },
    { f: 'cas', weight: 0 },
  ],
  keys: 2,
  values: 'unique',
  thinkMinUs: 10,
  thinkMaxUs: 20,
  fromUs: 0,
};

function draw(plan: Partial<WorkloadPlan>, name = 'a', lastSeen = new Map<string, unknown>()) {
  const state = { nextValue: 0, lastSeen };
  const source = new OperationSource({ ...PLAN, ...plan }, state, new RandomStream('1', name));
  const drawn = [];
  for (let next = source.next(); next !== null; next = source.next()) drawn.push(next);
  return { drawn, source };
}

describe('a workload', () => {
  it('ends after as many operations as it was given', () => {
    const { drawn, source } = draw({});
    expect(drawn).toHaveLength(50);
    expect(source.next()).toBeNull();
  });

  it('draws by weight, and never what has none', () => {
    const { drawn } = draw({ operations: 400 });
    const reads = drawn.filter(({ f }) => f === 'read').length;
    expect(reads).toBeGreaterThan(250);
    expect(reads).toBeLessThan(350);
    expect(drawn.some(({ f }) => f === 'cas')).toBe(false);
  });

  it('writes every value once, over all keys', () => {
    const { drawn } = draw({});
    const values = drawn.filter(({ f }) => f === 'write').map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    expect(new Set(drawn.map(({ key }) => key))).toEqual(new Set(['x', 'y']));
  });

  it('with a number of values draws from 1 to that number', () => {
    const { drawn } = draw({ mix: [{ f: 'write', weight: 1 }], values: 2 });
    expect(new Set(drawn.map(({ value }) => value))).toEqual(new Set([1, 2]));
  });

  it('a compare-and-set expects what a client last saw there', () => {
    const { drawn } = draw(
      { mix: [{ f: 'cas', weight: 1 }], keys: 1, operations: 2 },
      'a',
      new Map([['x', 7]]),
    );
    expect(drawn.map(({ value }) => value)).toEqual([
      [7, 1],
      [7, 2],
    ]);
  });

  it('thinks within its range', () => {
    const { source } = draw({});
    const times = Array.from({ length: 100 }, () => source.thinkUs());
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...times)).toBeLessThanOrEqual(20);
  });

  it('is the same for the same stream, and another for another', () => {
    expect(draw({}).drawn).toEqual(draw({}).drawn);
    expect(draw({}).drawn).not.toEqual(draw({}, 'b').drawn);
  });

  it('begins at its time', () => {
    const { history } = runToy(['workload: { mix: { read: 1 }, from: 150ms }']);
    const first = Math.min(...history.operations().map(({ invokeTimeUs }) => invokeTimeUs));
    expect(first).toBeGreaterThanOrEqual(150_000);
  });

  it('names its keys x, y, z, a, ... w, k26', () => {
    expect([0, 1, 2, 3, 25, 26].map(keyName)).toEqual(['x', 'y', 'z', 'a', 'w', 'k26']);
  });
});
