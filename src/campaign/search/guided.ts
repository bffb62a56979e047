import type { RunResult } from '../../scenario/run-result.ts';
import type { FaultEntry } from '../../scenario/schema.ts';
import { parseDurationUs, writeDuration } from '../../scenario/units.ts';
import { RandomStream } from '../../sim/engine/random.ts';
import type { ScenarioDocument, Subject } from '../documents/document.ts';
import { withBitingFaults } from '../documents/explicit.ts';
import type { AbstractStates } from './abstract-states.ts';
import { triggeredFault } from './swarm.ts';
import { omit } from '../documents/omit.ts';

/** A run to try. */
export interface Candidate {
  readonly document: ScenarioDocument;
  readonly seed: string;
}

interface Entry extends Candidate {
  /** New abstract states it showed when it was run; it is chosen in proportion. */
  readonly novelty: number;
}

/** One in so many runs is drawn afresh, the others change a run that showed something new. */
const FRESH_PPM = 350_000;
const POOL_SIZE = 64;
/** A new near miss counts as much as so many new abstract states. */
const NEAR_MISS_NOVELTY = 8;

/** What a run showed, as far as it guides the search. */
export type Shown = Pick<AbstractStates, 'seen' | 'nearMisses'>;

/**
 * Coverage-guided mutation of schedules: runs that reach new abstract states, or come near trouble in a new way, are kept
 * with their explicit faults, and the next runs are small changes of them (a fault moved, stretched, repeated, taken over
 * from another run, tied to an event of the protocol, removed; another seed for the rest). Sequential: each choice depends on what the runs before it showed.
 */
export class GuidedSearch {
  readonly #subject: Subject;
  readonly #draw: (seed: string) => ScenarioDocument;
  readonly #name: string;
  readonly #stream: RandomStream;
  readonly #states = new Set<number>();
  readonly #nearMisses = new Set<number>();
  #pool: Entry[] = [];
  #runs = 0;

  /** `draw` gives the document of a fresh run. */
  constructor(subject: Subject, seed: string, draw: (seed: string) => ScenarioDocument) {
    this.#subject = subject;
    this.#draw = draw;
    this.#name = seed;
    this.#stream = new RandomStream(seed, 'campaign/guided/choices');
  }

  /** Abstract states seen so far. */
  get coverage(): number {
    return this.#states.size;
  }

  /** `ownSeed`: the run must have this seed; else it may keep the one of the run it is a change of. */
  next(ownSeed: string | null = null): Candidate {
    this.#runs += 1;
    const seed = ownSeed ?? `${this.#name}-${this.#runs}`;
    if (this.#pool.length === 0 || this.#stream.chance(FRESH_PPM))
      return { document: this.#draw(seed), seed };
    const parent = this.#choose();
    const document = this.#mutate(parent.document);
    const keeps = this.#stream.chance(500_000) && ownSeed === null;
    return { document, seed: keeps ? parent.seed : seed };
  }

  /** Tells what the candidate showed. */
  learn({ document, seed }: Candidate, result: RunResult, { seen, nearMisses }: Shown): void {
    const novelty =
      addNew(this.#states, seen) + NEAR_MISS_NOVELTY * addNew(this.#nearMisses, nearMisses);
    if (novelty === 0) return;
    this.#pool.push({ document: withBitingFaults(document, result), seed, novelty });
    if (this.#pool.length > POOL_SIZE)
      this.#pool = this.#pool.sort((a, b) => b.novelty - a.novelty).slice(0, POOL_SIZE >> 1);
  }

  /** A fault keyed on a phase of the protocol: right after an election, at the n-th message of a type. */
  #tiedToEvent(): FaultEntry[] {
    const { document, protocols } = this.#subject;
    const { marks = [], messageTypes = [] } = protocols[document.protocol] ?? {};
    if (marks.length + messageTypes.length === 0) return [];
    return [triggeredFault(document, marks, messageTypes, this.#stream, 'tied')];
  }

  #choose(): Entry {
    const total = this.#pool.reduce((sum, { novelty }) => sum + novelty, 0);
    let left = this.#stream.below(total);
    return this.#pool.find(({ novelty }) => (left -= novelty) < 0)!;
  }

  #mutate(document: ScenarioDocument): ScenarioDocument {
    let faults = document.faults ?? [];
    for (let change = this.#stream.between(1, 3); change > 0; change -= 1)
      faults = this.#change(faults, parseDurationUs(document.duration));
    return { ...document, faults: renumbered(faults) };
  }

  #change(faults: readonly FaultEntry[], durationUs: number): FaultEntry[] {
    const stream = this.#stream;
    const donors = stream.pick(this.#pool).document.faults ?? [];
    const at = faults.length === 0 ? 0 : stream.below(faults.length);
    const fault = faults[at];
    const moment = (): Pick<FaultEntry, 'at'> => ({
      at: writeDuration(1_000 * stream.below(Math.max(1, Math.floor(durationUs / 1_000) - 1))),
    });
    const timeless = omit<FaultEntry, 'when' | 'after'>(
      fault ?? { id: '', kind: 'halves' },
      'when',
      'after',
    );
    const replaced = (other: FaultEntry): FaultEntry[] =>
      faults.map((one, index) => (index === at ? other : one));
    switch (fault === undefined ? stream.pick([4, 6]) : stream.below(7)) {
      case 0:
        return faults.filter((_one, index) => index !== at);
      case 1:
        return replaced({ ...timeless, ...moment() });
      case 2:
        return [...faults, { ...timeless, ...moment() }];
      case 3:
        return replaced(stretched(fault!, stream));
      case 4:
        return donors.length === 0 ? [...faults] : [...faults, stream.pick(donors)];
      case 6:
        return [...faults, ...this.#tiedToEvent()];
      default:
        return replaced(shifted(fault!, stream, durationUs));
    }
  }
}

/** Adds what is not there yet, and says how much that was. */
function addNew(known: Set<number>, shown: ReadonlySet<number>): number {
  const before = known.size;
  for (const one of shown) known.add(one);
  return known.size - before;
}

function stretched(fault: FaultEntry, stream: RandomStream): FaultEntry {
  const factorPercent = stream.pick([25, 50, 200, 400]);
  if (fault.for === undefined) return fault;
  const us = Math.max(1_000, Math.floor((parseDurationUs(fault.for) * factorPercent) / 100));
  return { ...fault, for: writeDuration(us) };
}

function shifted(fault: FaultEntry, stream: RandomStream, durationUs: number): FaultEntry {
  const byUs = stream.between(-50_000, 50_000);
  if (fault.at === undefined) return fault;
  const us = parseDurationUs(fault.at) + byUs;
  return { ...fault, at: writeDuration(Math.max(0, Math.min(durationUs - 1, us))) };
}

/** Ids must differ; triggers on other faults' ids are not drawn, so that any names do. */
function renumbered(faults: readonly FaultEntry[]): FaultEntry[] {
  return faults.map((fault, index) => ({ ...fault, id: `g${index + 1}` }));
}
