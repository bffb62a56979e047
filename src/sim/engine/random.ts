import alea from 'seedrandom/lib/alea.js';

import type { DrawTally } from './trace.ts';

/**
 * One named stream of chance. Draws are integers or comparisons with integers, so that no rounding differs between
 * machines; every draw is counted, and the counters are part of the trace hash.
 */
export class RandomStream {
  readonly name: string;
  /** How many numbers were drawn so far. */
  draws = 0;
  #seed: string;
  readonly #tally: DrawTally;
  /** Seeded by the first draw: seeding costs as much as a hundred draws, and most streams of a run are never used. */
  #next: (() => number) | null = null;

  constructor(seed: string, name: string, tally: DrawTally = { draws: 0 }) {
    this.name = name;
    this.#seed = seed;
    this.#tally = tally;
  }

  /** From now on draws as if it had been made from this seed. */
  reseed(seed: string): void {
    this.#seed = seed;
    this.#next = null;
  }

  /** A uniform integer in [0, bound); `bound` in 1..2^32. Costs one draw whatever the bound. */
  below(bound: number): number {
    this.draws += 1;
    this.#tally.draws += 1;
    this.#next ??= alea(`${this.#seed}/${this.name}`);
    return Math.floor(this.#next() * bound);
  }

  /** A uniform integer in [low, high], both ends included; high - low < 2^32. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with probability `perMillion` / 1,000,000. */
  chance(perMillion: number): boolean {
    return this.below(1_000_000) < perMillion;
  }

  /** One element, uniformly. Throws on an empty list: there is nothing to pick. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError(`stream ${this.name}: pick from an empty list`);
    return items[this.below(items.length)]!;
  }

  /** A new array with the elements in uniform order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const held = result[last]!;
      result[last] = result[other]!;
      result[other] = held;
    }
    return result;
  }
}

/**
 * All streams of one run, made on first use from `(seed, domain, entity, purpose)` written `domain/entity/purpose`.
 * A stream's draws depend on its name and the seed alone: using another stream more or less never moves them.
 */
export class RandomStreams {
  readonly seed: string;
  /** Draws of all streams together; part of every row of the trace hash. */
  readonly tally: DrawTally = { draws: 0 };
  readonly #streams = new Map<string, RandomStream>();
  #seedOfNew: string;

  constructor(seed: string) {
    this.seed = seed;
    this.#seedOfNew = seed;
  }

  /** Fresh chance from now on, for "what else could have happened from here?"; the run is then no longer that of its seed. */
  reseed(seed: string): void {
    this.#seedOfNew = seed;
    for (const stream of this.#streams.values()) stream.reseed(seed);
  }

  get(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(this.#seedOfNew, name, this.tally);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** The streams used so far, by name, in code-unit order. */
  used(): RandomStream[] {
    return [...this.#streams.values()].sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
    );
  }
}
