import { performance } from 'node:perf_hooks';

import { firstDivergence } from '../../sim/engine/divergence.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { divergenceText } from '../run/divergence.ts';
import { nodeNamesOf, SimWorld, type SimWorldOptions } from './sim-world.ts';
import type { Attempt } from './seed-failure.ts';
import { shrinkSeed, type ShrunkSeed } from './shrink-seed.ts';
import {
  DEFAULT_TIMEOUT_MS,
  declaredAt,
  errorAt,
  isCi,
  SEED_SHARE,
  SHRINK_SHARE,
  seedsFor,
  type Environment,
  type RegisterTest,
  type SeedOptions,
} from './runner.ts';

export interface SimTestOptions extends SimWorldOptions, SeedOptions {
  /** Only this seed. */
  readonly seed?: string | number;
  /** Real time of the whole test; seeds stop well before it. Default 60 s. */
  readonly timeoutMs?: number;
  /** Shrink the first failure: the body runs many times more. Default true. */
  readonly shrink?: boolean;
}

const MAX_SHRINK_RUNS = 2_000;

/** What a seed did that failed. */
export interface FailedSeed {
  readonly name: string;
  readonly world: SimWorld;
  readonly error: Error;
  /** The smallest run that fails alike; null: it was not looked for, or there is none. */
  readonly shrunk: ShrunkSeed | null;
}

/** How a failing seed is told: the text of ux.md b.6. */
export type TellSeed = (failed: FailedSeed) => string;

/**
 * `simTest(name, { nodes, seeds }, async (sim) => { ... })` for a test runner: one test that runs the body for every seed.
 * A failing seed is run twice: when the second run differs, the test says so, for nothing else counts then.
 */
export function createSimTest(
  register: RegisterTest,
  tell: TellSeed,
  env: Environment,
): (name: string, options: SimTestOptions, body: (sim: SimWorld) => Promise<void>) => void {
  return function simTest(name, options, body) {
    const declared = declaredAt(simTest);
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const test = async (): Promise<void> => {
      const untilMs = performance.now() + timeoutMs * SEED_SHARE;
      const given =
        options.seed === undefined ? options : { seeds: [String(options.seed)], freshSeeds: 0 };
      const seeds = seedsFor(given, env);
      const reached = new Map<string, boolean>();
      for (let position = 0; position < seeds.count; position += 1) {
        if (position > 0 && performance.now() > untilMs) break;
        const problem = await runSeed(name, seeds.at(position), options, body, tell, {
          always: isCi(env),
          reached,
        });
        if (problem !== null) throw errorAt(problem, declared);
      }
      const missed = [...reached].filter(([, was]) => !was).map(([goal]) => goal);
      if (missed.length > 0)
        throw errorAt(
          `? VACUOUS  ${name}: never so in any seed: ${missed.join(', ')}. The test was not put to the test: give it more time, more seeds, or other faults.`,
          declared,
        );
    };
    register(name, test, timeoutMs);
  };
}

async function runSeed(
  name: string,
  seed: string,
  options: SimTestOptions,
  body: (sim: SimWorld) => Promise<void>,
  tell: TellSeed,
  verify: { readonly always: boolean; readonly reached: Map<string, boolean> },
): Promise<string | null> {
  const first = await attempt(seed, options, body);
  for (const [goal, was] of first.world.goals)
    verify.reached.set(goal, was || (verify.reached.get(goal) ?? false));
  const { world, error } = first;
  if (error === null && world.result === null)
    return `${name}: the body ended without \`await sim.run(...)\`: nothing was simulated`;
  if (error !== null || verify.always) {
    const divergence = divergenceOf(world, (await attempt(seed, options, body)).world, options);
    if (divergence !== null)
      return `! NON-DETERMINISTIC  ${name}: two runs of seed ${seed} differ: ${divergence}`;
  }
  if (error === null) return null;
  const maxMs = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * SHRINK_SHARE;
  const shrunk =
    options.shrink === false
      ? null
      : await shrinkSeed(
          first,
          options,
          (other, smaller, faults) => attempt(other, smaller, body, faults),
          { maxRuns: MAX_SHRINK_RUNS, maxMs },
        );
  return tell({ name, world, error, shrunk });
}

async function attempt(
  seed: string,
  options: SimWorldOptions,
  body: (sim: SimWorld) => Promise<void>,
  faults: readonly Fault[] | null = null,
): Promise<Attempt> {
  const world = new SimWorld(seed, options, faults);
  try {
    await body(world);
    return { world, error: null };
  } catch (error) {
    return { world, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function divergenceOf(a: SimWorld, b: SimWorld, { nodes }: SimWorldOptions): string | null {
  if (a.result === null || b.result === null || a.result.hash === b.result.hash) return null;
  const divergence = firstDivergence(a.result.trace, b.result.trace);
  const names = nodeNamesOf(nodes);
  return divergence === null ? 'in their hashes' : divergenceText(divergence, names);
}
