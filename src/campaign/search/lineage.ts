import type { RunResult } from '../../scenario/run-result.ts';
import { runScenario } from '../../scenario/run.ts';
import type { World } from '../../scenario/world.ts';
import {
  compileDocument,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { AbstractStates } from './abstract-states.ts';
import { GuidedSearch, type Candidate } from './guided.ts';
import { drawnDocument } from './swarm.ts';

/** Seeds that learn from each other: 1..64 are one search, 65..128 the next. */
const LINEAGE_SEEDS = 64;

interface Place {
  readonly name: string;
  /** Runs of the lineage before this one. */
  readonly step: number;
}

/**
 * Guided search for campaigns: seeds are cut into lineages, and each run learns from those before it in its own. So what a
 * seed stands for depends on the seed alone, and not on which worker has it or what was interrupted. To get one run of a
 * lineage those before it are run again.
 */
export class Lineages {
  readonly #subject: Subject;
  readonly #swarm: boolean;
  readonly #invariants: boolean;
  #search: GuidedSearch | null = null;
  #at: Place = { name: '', step: 0 };
  #given: { readonly seed: string; readonly candidate: Candidate } | null = null;

  constructor(subject: Subject, swarm: boolean, invariants: boolean) {
    this.#subject = subject;
    this.#swarm = swarm;
    this.#invariants = invariants;
  }

  /** The document that a seed stands for. */
  documentOf(seed: string): ScenarioDocument {
    if (this.#given?.seed !== seed) this.#given = { seed, candidate: this.#reach(seed) };
    return this.#given.candidate.document;
  }

  /** Tells what the run of this seed showed. */
  learn(seed: string, result: RunResult, states: AbstractStates): void {
    if (this.#given?.seed !== seed) return;
    this.#search!.learn(this.#given.candidate, result, states);
    this.#given = null;
    this.#at = { name: this.#at.name, step: this.#at.step + 1 };
  }

  #reach(seed: string): Candidate {
    const place = placeOf(seed);
    if (this.#search === null || this.#at.name !== place.name || this.#at.step !== place.step) {
      this.#search = new GuidedSearch(this.#subject, `lineage-${place.name}`, (own) =>
        drawnDocument(this.#subject, own, this.#swarm),
      );
      this.#at = { name: place.name, step: 0 };
      while (this.#at.step < place.step) this.#repeat(this.#search);
    }
    return this.#search.next(seed);
  }

  /** A run of the lineage that was made before, by whomever. */
  #repeat(search: GuidedSearch): void {
    const { name, step } = this.#at;
    const candidate = search.next(String(Number(name) + step));
    this.#at = { name, step: step + 1 };
    const looks: AbstractStates[] = [];
    try {
      const result = runScenario(compileDocument(withDocument(this.#subject, candidate.document)), {
        seed: candidate.seed,
        invariants: this.#invariants,
        prepare: (world: World) => {
          looks.push(new AbstractStates(world));
        },
      });
      for (const states of looks) search.learn(candidate, result, states);
    } catch {
      // Whoever ran it first has told of it; nothing is learned from it.
    }
  }
}

/** A lineage is called by its first seed; one that is no number is a lineage of its own. */
function placeOf(seed: string): Place {
  if (!/^[1-9]\d{0,14}$/.test(seed)) return { name: seed, step: 0 };
  const step = (Number(seed) - 1) % LINEAGE_SEEDS;
  return { name: String(Number(seed) - step), step };
}

/** How many seeds from this one on belong to its lineage. */
export function leftOfLineage(seed: string): number {
  return LINEAGE_SEEDS - placeOf(seed).step;
}
