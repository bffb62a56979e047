import { runScenario } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Fault } from '../../sim/faults/fault.ts';

/** How often the run still fails when chance is fresh from an event on. */
export interface LikelihoodPoint {
  /** After this event; 0: from the beginning. */
  readonly event: number;
  readonly failed: number;
  readonly runs: number;
}

export interface LikelihoodOptions {
  readonly seed: string;
  readonly schedule: readonly Fault[];
  /** The property that counts as the failure. */
  readonly property: string;
  /** Where it was seen: cuts lie before it. */
  readonly untilEvent: number;
  /** How many places to cut at. */
  readonly cuts: number;
  /** How many runs for each. */
  readonly runs: number;
}

export interface Likelihood {
  readonly points: readonly LikelihoodPoint[];
  /** Between which two neighbouring points the likelihood rises most: what happened there made the failure likely. */
  readonly jump: { readonly before: LikelihoodPoint; readonly after: LikelihoodPoint } | null;
}

/**
 * Bug likelihood over time (Antithesis' term): the run is repeated up to a cut and goes on with fresh chance, many times for
 * each cut; the schedule stays. Where the share of failures rises, the failure was decided. The largest rise is then cut
 * finer. Deterministic: the fresh seeds come from the run's own.
 */
export function bugLikelihood(scenario: Scenario, options: LikelihoodOptions): Likelihood {
  const { untilEvent, cuts } = options;
  const known = new Map<number, LikelihoodPoint>();
  const measure = (from: number, to: number): void => {
    for (let cut = 0; cut <= cuts; cut += 1) {
      const event = from + Math.floor(((to - from) * cut) / cuts);
      if (!known.has(event)) known.set(event, measurePoint(scenario, options, event));
    }
  };
  measure(0, untilEvent);
  const coarse = largestRise(sorted(known));
  if (coarse !== null) measure(coarse.before.event, coarse.after.event);
  const points = sorted(known);
  return { points, jump: largestRise(points) };
}

function sorted(points: ReadonlyMap<number, LikelihoodPoint>): LikelihoodPoint[] {
  return [...points.values()].sort((a, b) => a.event - b.event);
}

function measurePoint(
  scenario: Scenario,
  { seed, schedule, property, runs }: LikelihoodOptions,
  event: number,
): LikelihoodPoint {
  let failed = 0;
  for (let run = 0; run < runs; run += 1)
    if (failsFrom(scenario, seed, schedule, property, event, `${seed}/from ${event}/run ${run}`))
      failed += 1;
  return { event, failed, runs };
}

function failsFrom(
  scenario: Scenario,
  seed: string,
  schedule: readonly Fault[],
  property: string,
  event: number,
  freshSeed: string,
): boolean {
  const { properties } = runScenario(scenario, {
    seed,
    schedule,
    stopAtViolation: true,
    prepare: ({ simulation }) => {
      if (event === 0) {
        simulation.streams.reseed(freshSeed);
        return;
      }
      const observer = simulation.observer ?? {};
      const onEvent = observer.onEvent?.bind(observer);
      observer.onEvent = (now) => {
        if (now === event) simulation.streams.reseed(freshSeed);
        onEvent?.(now);
      };
      simulation.observer = observer;
    },
  });
  return properties.some(({ name, verdict }) => name === property && verdict === 'violated');
}

function largestRise(points: readonly LikelihoodPoint[]): Likelihood['jump'] {
  let best: Likelihood['jump'] = null;
  let most = 0;
  for (const [index, after] of points.slice(1).entries()) {
    const before = points[index]!;
    const rise = after.failed / after.runs - before.failed / before.runs;
    if (rise <= most) continue;
    most = rise;
    best = { before, after };
  }
  return best;
}
