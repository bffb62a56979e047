import { outcomeOf, type RunOutcome, type RunResult } from '../../scenario/run-result.ts';
import { runScenario, type RunOptions } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { AbstractStates } from '../search/abstract-states.ts';
import { Lineages } from '../search/lineage.ts';
import { priorityDocument } from '../search/priorities.ts';
import { drawnDocument } from '../search/swarm.ts';
import {
  compileDocument,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { findDivergence } from './divergence.ts';
import type { Strategy } from './strategy.ts';
import { failuresOf, type Failure } from './signature.ts';

/** How each seed of a campaign is turned into a run. */
export interface RunPlan {
  /** Draw the configuration from the seed too. */
  readonly swarm: boolean;
  readonly strategy: Strategy;
  /** Share of passing runs that run twice, in percent; failures always do. */
  readonly verifyPercent: number;
  /** False: only what clients see judges the run. */
  readonly invariants: boolean;
}

export const DEFAULT_PLAN: RunPlan = {
  swarm: false,
  strategy: 'random',
  verifyPercent: 1,
  invariants: true,
};

/** What a campaign keeps of one run. */
export interface RunReport {
  readonly seed: string;
  readonly hash: string;
  readonly outcome: RunOutcome;
  readonly failures: readonly Failure[];
  /** Null: this run was not run twice, or both were equal; otherwise where they part. */
  readonly divergence: string | null;
  readonly verified: boolean;
  /** The marks that nodes made. */
  readonly marks: ReadonlySet<string>;
  readonly result: RunResult;
}

/** The document that a seed stands for under a plan; a guided one runs those seeds again that it learned from. */
export function planDocument(subject: Subject, seed: string, plan: RunPlan): ScenarioDocument {
  if (plan.strategy === 'guided')
    return new Lineages(subject, plan.swarm, plan.invariants).documentOf(seed);
  const drawn = drawnDocument(subject, seed, plan.swarm);
  return plan.strategy === 'pct' ? priorityDocument(drawn, seed) : drawn;
}

/** Runs one seed of a scenario and, when the plan says so, runs it again and compares. */
export class SeedRunner {
  readonly #subject: Subject;
  readonly #plan: RunPlan;
  readonly #lineages: Lineages | null;
  #scenario: Scenario | null = null;

  constructor(subject: Subject, plan: RunPlan) {
    this.#subject = subject;
    this.#plan = plan;
    this.#lineages =
      plan.strategy === 'guided' ? new Lineages(subject, plan.swarm, plan.invariants) : null;
  }

  run(seed: string): RunReport {
    const scenario = this.scenarioOf(seed);
    const marks = new Set<string>();
    const looks: AbstractStates[] = [];
    const options: RunOptions = {
      seed,
      invariants: this.#plan.invariants,
      prepare: (world) => {
        if (this.#lineages !== null) looks.push(new AbstractStates(world));
        const { observer } = world.simulation;
        world.simulation.observer = {
          ...observer,
          onMark: (node, name, detail) => {
            marks.add(name);
            observer?.onMark?.(node, name, detail);
          },
        };
      },
    };
    const result = runScenario(scenario, options);
    for (const states of looks) this.#lineages?.learn(seed, result, states);
    const outcome = outcomeOf(result.properties);
    const failures = failuresOf(result);
    const verified =
      failures.some(({ violated }) => violated) || isChosen(seed, this.#plan.verifyPercent);
    return {
      seed,
      hash: result.hash,
      outcome,
      failures,
      divergence: verified ? findDivergence(scenario, result, this.#plan.invariants) : null,
      verified,
      marks,
      result,
    };
  }

  /** The scenario that a seed stands for; without a swarm or priorities the same for all. */
  scenarioOf(seed: string): Scenario {
    const { swarm, strategy } = this.#plan;
    if (!swarm && strategy === 'random') return (this.#scenario ??= compileDocument(this.#subject));
    const document =
      this.#lineages?.documentOf(seed) ?? planDocument(this.#subject, seed, this.#plan);
    return compileDocument(withDocument(this.#subject, document));
  }
}

/** Whether a passing seed is run twice: a matter of the seed alone, not of which worker has it. */
function isChosen(seed: string, percent: number): boolean {
  if (percent >= 100) return true;
  let hash = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1)
    hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % 10_000 < percent * 100;
}
