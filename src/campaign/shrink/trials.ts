import { runScenario, type RunOptions } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { ScenarioError } from '../../scenario/scenario-error.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import {
  compileDocument,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { violationsOf, type Failure } from '../run/signature.ts';

/** A document that was run, and the failure looked for in it: null when it is not there. */
export interface Trial {
  readonly document: ScenarioDocument;
  readonly failure: Failure | null;
  readonly result: RunResult;
}

export interface TrialLimits {
  readonly maxRuns: number;
  readonly maxMs: number;
}

/** Runs changed documents under one seed and says whether the failure of the same signature is still there. */
export class Trials {
  readonly seed: string;
  readonly signature: string;
  runs = 0;
  readonly #subject: Subject;
  readonly #limits: TrialLimits;
  readonly #startMs = performance.now();
  readonly #known = new Map<string, boolean>();
  /** No change may cost more than this. */
  readonly #maxEvents: number;

  constructor(
    subject: Subject,
    seed: string,
    first: RunResult,
    signature: string,
    limits: TrialLimits,
  ) {
    this.#subject = subject;
    this.seed = seed;
    this.signature = signature;
    this.#limits = limits;
    this.#maxEvents = 2 * first.events + 20_000;
  }

  get exhausted(): boolean {
    return this.runs >= this.#limits.maxRuns || this.elapsedMs() >= this.#limits.maxMs;
  }

  elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Whether the failure is still there; false also for a document that does not compile, and when the budget is spent. */
  fails(document: ScenarioDocument): boolean {
    const key = JSON.stringify(document);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.exhausted) return false;
    const trial = this.run(document);
    const fails = trial !== null && trial.failure !== null;
    this.#known.set(key, fails);
    return fails;
  }

  /** Runs it, budget or not. Null when it does not compile or its run throws. */
  run(document: ScenarioDocument, seed: string = this.seed): Trial | null {
    const scenario = this.compile(document);
    if (scenario === null) return null;
    this.runs += 1;
    const result = this.#execute(scenario, { seed, untilEvent: this.#maxEvents });
    if (result === null) return null;
    const failure = violationsOf(result).find(({ signature }) => signature === this.signature);
    return { document, failure: failure ?? null, result };
  }

  /** Null when the change made it a scenario that cannot be. */
  compile(document: ScenarioDocument): Scenario | null {
    try {
      return compileDocument(withDocument(this.#subject, document));
    } catch (error) {
      if (error instanceof ScenarioError) return null;
      throw error;
    }
  }

  #execute(scenario: Scenario, options: RunOptions): RunResult | null {
    try {
      return runScenario(scenario, options);
    } catch {
      // A change may bring out another bug, in a property or in the checker: it is not the one looked for.
      return null;
    }
  }
}
