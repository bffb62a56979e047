import { AmbientAccessError } from '../../sim/engine/guard.ts';
import type { Subject } from '../documents/document.ts';
import { huntBug, type HuntTask } from '../zoo/hunt.ts';
import { SeedRunner, type RunPlan } from '../run/one-run.ts';
import { addError, addReport, emptyTally, type Tally } from '../run/tally.ts';

/** A run of seeds: every scenario under each of them, in this order. */
export interface SeedsTask {
  readonly kind: 'seeds';
  /** Position of the first seed in the campaign's list. */
  readonly from: number;
  readonly seeds: readonly string[];
}

export type Task = SeedsTask | HuntTask;

/** The seeds at positions [from, to) are done, and add up to this. */
export interface SeedsPart {
  readonly from: number;
  readonly to: number;
  readonly tally: Tally;
}

/** What a worker knows before its first task. */
export interface TaskContext {
  readonly subjects: readonly Subject[];
  readonly plan: RunPlan;
}

/** Performs tasks of one campaign; each part is handed on as soon as it is done. */
export class TaskPerformer {
  readonly #context: TaskContext;
  readonly #runners: readonly SeedRunner[];

  constructor(context: TaskContext) {
    this.#context = context;
    this.#runners = context.subjects.map((subject) => new SeedRunner(subject, context.plan));
  }

  *perform(task: Task): Generator<unknown, void> {
    if (task.kind === 'hunt') {
      yield* huntBug(task, this.#context.subjects);
      return;
    }
    for (const [offset, seed] of task.seeds.entries()) {
      const from = task.from + offset;
      yield { from, to: from + 1, tally: this.#runSeed(seed) } satisfies SeedsPart;
    }
  }

  #runSeed(seed: string): Tally {
    const tally = emptyTally();
    for (const [index, runner] of this.#runners.entries()) {
      const { name } = this.#context.subjects[index]!.document;
      try {
        addReport(tally, name, runner.run(seed));
      } catch (error) {
        addThrown(tally, name, seed, error as Error);
      }
    }
    return tally;
  }
}

/** Something outside node code threw: a property, the checker, the scenario's world. The other seeds go on. */
function addThrown(tally: Tally, scenario: string, seed: string, error: Error): void {
  const place = (error.stack ?? '').split('\n')[1]?.trim() ?? '';
  if (error instanceof AmbientAccessError) {
    tally.runs += 1;
    tally.divergenceCount += 1;
    tally.divergences.push(`${scenario} seed ${seed}: ${error.message}`);
    return;
  }
  addError(tally, {
    scenario,
    seed,
    name: error.name,
    message: `${error.message} ${place}`.trim(),
  });
}
