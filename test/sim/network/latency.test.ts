import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../src/sim/engine/random.ts';
import { latencySampler, type LatencyModel } from '../../../src/sim/network/latency.ts';
import {
  exponential,
  exponentialQuantiles,
  naturalLog,
  normalQuantiles,
  QUANTILE_CELLS,
} from '../../../src/sim/network/quantiles.ts';

const SAMPLES = 20_000;

function samples(model: LatencyModel): number[] {
  const stream = new RandomStream('latency', 'network/n1>n2/latency');
  const sampler = latencySampler(model);
  return Array.from({ length: SAMPLES }, () => sampler(stream)).sort((a, b) => a - b);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample below which this share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * sorted.length)]!;
}

function expectNear(value: number, expected: number, tolerance: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance * expected);
}

describe('a latency', () => {
  it('that is constant is always the same and draws nothing', () => {
    const stream = new RandomStream('s', 'x');
    const sampler = latencySampler({ kind: 'constant', us: 700 });
    expect([sampler(stream), sampler(stream), stream.draws]).toEqual([700, 700, 0]);
  });

  it('that is uniform fills its bounds, both included, evenly', () => {
    const sorted = samples({ kind: 'uniform', minUs: 1_000, maxUs: 1_009 });
    for (let us = 1_000; us <= 1_009; us += 1)
      expectNear(sorted.filter((value) => value === us).length, SAMPLES / 10, 0.1);
    expect([sorted[0], sorted.at(-1)]).toEqual([1_000, 1_009]);
  });

  it('that is exponential has its minimum, its mean, and the quantiles of the distribution', () => {
    const sorted = samples({ kind: 'exponential', minUs: 1_000, meanUs: 5_000 });
    expect(sorted[0]).toBeGreaterThanOrEqual(1_000);
    expectNear(mean(sorted), 5_000, 0.03);
    for (const [share, factor] of [
      [0.5, 0.693],
      [0.9, 2.303],
      [0.99, 4.605],
    ] as const)
      expectNear(quantile(sorted, share), 1_000 + 4_000 * factor, 0.06);
    // The table ends at its last cell: no sample is absurd.
    expect(sorted.at(-1)).toBeLessThan(1_000 + 4_000 * 9.1);
  });

  it('that is lognormal has its median and the quantiles of the distribution', () => {
    const sorted = samples({ kind: 'lognormal', medianUs: 10_000, sigmaPpm: 500_000 });
    // e^(sigma z) with z = 0, 1.2816, 2.3263.
    expectNear(quantile(sorted, 0.5), 10_000, 0.03);
    expectNear(quantile(sorted, 0.9), 18_980, 0.04);
    expectNear(quantile(sorted, 0.1), 5_268, 0.04);
    expectNear(quantile(sorted, 0.99), 31_997, 0.08);
    // The mean of a lognormal: median e^(sigma^2 / 2).
    expectNear(mean(sorted), 11_331, 0.03);
  });

  it('that is bimodal is slow as often as asked', () => {
    const sorted = samples({
      kind: 'bimodal',
      fast: { kind: 'uniform', minUs: 100, maxUs: 200 },
      slow: { kind: 'constant', us: 90_000 },
      slowPpm: 100_000,
    });
    expectNear(sorted.filter((us) => us === 90_000).length, SAMPLES * 0.1, 0.1);
    expect(sorted.every((us) => us === 90_000 || (us >= 100 && us <= 200))).toBe(true);
  });

  it.each<LatencyModel>([
    { kind: 'uniform', minUs: 0, maxUs: 0 },
    { kind: 'exponential', minUs: 0, meanUs: 1_000 },
    { kind: 'lognormal', medianUs: 3, sigmaPpm: 2_000_000 },
  ])('is a whole number of 0 or more ($kind)', (model) => {
    expect(samples(model).filter((us) => !Number.isInteger(us) || us < 0)).toEqual([]);
  });
});

describe('the quantile tables', () => {
  it('are right to many digits, though only the four basic operations make them', () => {
    for (const x of [-20, -1, -0.1, 0, 0.3, 1, 5, 20])
      expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 10);
    for (const x of [1e-6, 0.1, 0.5, 1, 2, 10, 12_345])
      expect(naturalLog(x)).toBeCloseTo(Math.log(x), 10);
  });

  it('rise, have the right length, mean and symmetry', () => {
    const exponentials = exponentialQuantiles();
    const normals = normalQuantiles();
    for (const table of [exponentials, normals]) {
      expect(table).toHaveLength(QUANTILE_CELLS);
      for (let cell = 1; cell < QUANTILE_CELLS; cell += 1)
        expect(table[cell]! > table[cell - 1]!).toBe(true);
    }
    expectNear(mean([...exponentials]), 1, 0.001);
    expect(mean([...normals])).toBeCloseTo(0, 10);
    expectNear(mean([...normals].map((z) => z * z)), 1, 0.002);
    // Known quantiles: P(Z < 1.959964) = 0.975.
    expectNear(normals[Math.floor(0.975 * QUANTILE_CELLS)]!, 1.959964, 0.002);
  });

  it('are built without Math.log and Math.exp, which differ between engines', () => {
    const real = { log: Math.log, exp: Math.exp, pow: Math.pow };
    const refuse = (): never => {
      throw new Error('a transcendental function was used');
    };
    Object.assign(Math, { log: refuse, exp: refuse, pow: refuse });
    try {
      latencySampler({ kind: 'exponential', minUs: 0, meanUs: 10 });
      latencySampler({ kind: 'lognormal', medianUs: 10, sigmaPpm: 700_000 });
    } finally {
      Object.assign(Math, real);
    }
  });

  it('have pinned values: they are part of what a seed means', () => {
    const cells = [0, 1_000, 2_048, 3_000, 4_095];
    const model = { kind: 'lognormal', medianUs: 1_000_000, sigmaPpm: 400_000 } as const;
    const tail = { kind: 'exponential', minUs: 0, meanUs: 1_000_000 } as const;
    const at = (latency: LatencyModel): number[] => {
      const sampler = latencySampler(latency);
      return cells.map((cell) => sampler({ below: () => cell } as unknown as RandomStream));
    };
    expect(at(model)).toEqual(PINNED_LOGNORMAL);
    expect(at(tail)).toEqual(PINNED_EXPONENTIAL);
  });
});

const PINNED_LOGNORMAL = [230539, 758007, 1000122, 1281729, 4337645];
const PINNED_EXPONENTIAL = [122, 280061, 693391, 1318800, 9010913];
