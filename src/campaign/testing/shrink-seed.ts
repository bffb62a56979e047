import type { Fault } from '../../sim/faults/fault.ts';
import type { SimulatedRun } from '../../scenario/simulate.ts';
import { rowText } from '../run/divergence.ts';
import { minimizing } from '../shrink/minimize-list.ts';
import { OTHER_SEEDS, slackAround, type FaultNecessity, type Slack } from '../shrink/necessity.ts';
import { searchInTurns } from '../shrink/search.ts';
import { firstActing, neighboursOf, type PassingTwin } from '../shrink/twin.ts';
import type { TrialLimits } from '../shrink/trials.ts';
import { nodeNamesOf, type SimWorldOptions } from './sim-world.ts';
import { failureOf, type Attempt } from './seed-failure.ts';

/** What a body does under a seed when these faults take the place of its own. */
export type AttemptSeed = (
  seed: string,
  options: SimWorldOptions,
  faults: readonly Fault[] | null,
) => Promise<Attempt>;

/** The smallest run of a body that fails as it did, and what is known of it. */
export interface ShrunkSeed {
  readonly faults: readonly Fault[];
  readonly before: SeedSize;
  readonly after: SeedSize;
  readonly necessity: readonly FaultNecessity[];
  readonly twin: PassingTwin | null;
  /** No single fault or node can go; false: the budget was spent before that was shown. */
  readonly minimal: boolean;
}

export interface SeedSize {
  readonly faults: number;
  readonly nodes: number;
  readonly events: number;
}

/**
 * Leaves out faults, and nodes of those that are given with a number, as long as the body fails in the same way. What the
 * body does itself stays as it is. Null when it failed before or after its run: there is nothing to make smaller.
 */
export async function shrinkSeed(
  first: Attempt,
  options: SimWorldOptions,
  attempt: AttemptSeed,
  limits: TrialLimits,
): Promise<ShrunkSeed | null> {
  if (first.world.result === null || first.error === null) return null;
  const shrinker = new SeedShrinker(first, options, attempt, limits);
  return shrinker.shrink();
}

interface Candidate {
  readonly options: SimWorldOptions;
  readonly faults: readonly Fault[];
}

class SeedShrinker {
  readonly #first: Attempt;
  readonly #attempt: AttemptSeed;
  readonly #limits: TrialLimits;
  readonly #signature: string;
  readonly #startMs = performance.now();
  #runs = 0;
  #current: Candidate;

  constructor(first: Attempt, options: SimWorldOptions, attempt: AttemptSeed, limits: TrialLimits) {
    this.#first = first;
    this.#attempt = attempt;
    this.#limits = limits;
    this.#signature = failureOf(first)!;
    this.#current = { options, faults: first.world.faults };
  }

  async shrink(): Promise<ShrunkSeed> {
    const whole = this.#current;
    for (let before: Candidate | null = null; before !== this.#current && !this.#isSpent();) {
      before = this.#current;
      await this.#removeFaults();
      await this.#removeNodes();
    }
    const minimal = !this.#isSpent();
    const smallest = await this.#run(this.#current);
    const necessity: FaultNecessity[] = [];
    for (const fault of this.#current.faults) {
      const entry = await this.#necessityOf(fault);
      // Cut short by the budget, it would call passing what was never run.
      if (this.#isSpent()) break;
      necessity.push(entry);
    }
    return {
      faults: this.#current.faults,
      before: sizeOf(whole, this.#first.world.result!),
      after: sizeOf(this.#current, smallest.world.result!),
      necessity,
      twin: await this.#twin(smallest.world.result!, necessity),
      minimal,
    };
  }

  #isSpent(): boolean {
    const { maxRuns, maxMs } = this.#limits;
    return this.#runs >= maxRuns || performance.now() - this.#startMs >= maxMs;
  }

  #run({ options, faults }: Candidate, seed = this.#first.world.seed): Promise<Attempt> {
    this.#runs += 1;
    return this.#attempt(seed, options, faults);
  }

  /** False also when the budget is spent: what is not known to fail is not kept. */
  async #fails(candidate: Candidate, seed?: string): Promise<boolean> {
    if (this.#isSpent()) return false;
    return failureOf(await this.#run(candidate, seed)) === this.#signature;
  }

  async #removeFaults(): Promise<void> {
    const { options, faults } = this.#current;
    const kept = await searchInTurns(minimizing(faults), (some) =>
      this.#fails({ options, faults: some }),
    );
    if (kept.length < faults.length) this.#current = { options, faults: kept };
  }

  async #removeNodes(): Promise<void> {
    for (const name of Object.keys(this.#current.options.nodes)) {
      for (;;) {
        const entry = this.#current.options.nodes[name]!;
        if (typeof entry === 'function' || entry[1] <= 1) break;
        const nodes = { ...this.#current.options.nodes, [name]: [entry[0], entry[1] - 1] as const };
        const smaller = { ...this.#current, options: { ...this.#current.options, nodes } };
        if (!(await this.#fails(smaller))) break;
        this.#current = smaller;
      }
    }
  }

  async #necessityOf(fault: Fault): Promise<FaultNecessity> {
    const whole = this.#current;
    const without = { ...whole, faults: whole.faults.filter((other) => other !== fault) };
    const [failWith, failWithout] = [await this.#failing(whole), await this.#failing(without)];
    const needed = failureOf(await this.#run(without)) !== this.#signature;
    const slack: Slack[] = [];
    const endUs = this.#first.world.durationUs;
    for (const of of ['at', 'for'] as const) {
      const nowUs = timeOf(fault, of);
      if (nowUs === null) continue;
      const search = slackAround(of, nowUs, endUs);
      slack.push(await searchInTurns(search, (us) => this.#fails(this.#moved(fault.id, of, us))));
    }
    return { id: fault.id, needed, failWith, failWithout, seedsTried: OTHER_SEEDS, slack };
  }

  async #failing(candidate: Candidate): Promise<number> {
    let count = 0;
    for (let seed = 1; seed <= OTHER_SEEDS; seed += 1)
      if (await this.#fails(candidate, `other-${seed}`)) count += 1;
    return count;
  }

  #moved(id: string, of: Slack['of'], us: number): Candidate {
    const moved = (fault: Fault): Fault =>
      of === 'for' ? { ...fault, end: { forUs: us } } : { ...fault, start: { atUs: us } };
    const faults = this.#current.faults.map((fault) => (fault.id === id ? moved(fault) : fault));
    return { ...this.#current, faults };
  }

  async #twin(
    failing: SimulatedRun,
    necessity: readonly FaultNecessity[],
  ): Promise<PassingTwin | null> {
    const { faults, options } = this.#current;
    const currentUs = (id: string, of: Slack['of']): number =>
      timeOf(
        faults.find((fault) => fault.id === id)!,
        of,
      ) ?? 0;
    for (const { id, moved, difference } of neighboursOf(necessity, currentUs)) {
      const changed =
        moved === null
          ? { options, faults: faults.filter((fault) => fault.id !== id) }
          : this.#moved(id, moved.of, moved.us);
      const { world, error } = await this.#run(changed);
      if (error !== null || world.result === null) continue;
      const act = firstActing(failing.trace, world.result.trace);
      if (act === null) continue;
      const names = nodeNamesOf(options.nodes);
      const [left, right] = [rowText(act.left, names), rowText(act.right, names)];
      return { difference, event: act.event, failing: left, passing: right, source: null };
    }
    return null;
  }
}

function timeOf({ start, end }: Fault, of: Slack['of']): number | null {
  if (of !== 'for') return 'atUs' in start ? start.atUs : null;
  return end !== null && 'forUs' in end ? end.forUs : null;
}

function sizeOf({ options, faults }: Candidate, { events }: SimulatedRun): SeedSize {
  return { faults: faults.length, nodes: nodeNamesOf(options.nodes).length, events };
}
