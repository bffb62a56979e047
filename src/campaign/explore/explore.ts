import type { Action } from './action.ts';
import { ExploredCluster, type Exploration, type FoundViolation } from './explored-cluster.ts';

export type SearchOrder = 'breadth-first' | 'depth-first';

export interface ExploreOptions {
  readonly order: SearchOrder;
  /** Stop at the first violation; false: go on elsewhere and find all there are. */
  readonly stopAtFirst: boolean;
  /** Distinct states after which to give up; null: none. */
  readonly maxStates: number | null;
  /** Take equal states as one; false for comparison only: every order of steps is a story of its own. */
  readonly prune: boolean;
}

/** A broken property and the steps that lead there. */
export interface ExploredViolation extends FoundViolation {
  readonly path: readonly Action[];
}

/** How far an exploration has come. */
export interface Exploring {
  /** Steps taken, those that led to a known state included. */
  readonly transitions: number;
  /** Different states seen, the first included. */
  readonly states: number;
  /** Longest story looked at. */
  readonly depth: number;
  /** States still to be followed. */
  readonly frontier: number;
  /** States in which nothing more can happen within the bounds. */
  readonly ends: number;
  /** States not followed further because a story is as long, or as many messages are on their way, as the bounds allow. */
  readonly cutByDepth: number;
  readonly cutByMessages: number;
  /** The first of each property, in the order in which they were found. */
  readonly violations: readonly ExploredViolation[];
  /** Steps executed again to come back to a state. */
  readonly replayed: number;
}

/** `covered`: every state within the bounds was visited. */
export type ExploreEnd = 'covered' | 'violated' | 'states';

/** Steps between two reports of progress. */
const REPORT_EVERY = 256;

/**
 * Visits every state that a small cluster can reach within the bounds, and stops at one that breaks a property. Yields how
 * far it has come every few hundred steps; the caller may leave at any of these points. Breadth first finds a shortest
 * story; depth first needs less memory.
 *
 * There is no snapshot of a state: a node may keep private fields, closures and suspended generators. To come back to a state
 * its steps are executed again, which for stories of a few dozen steps costs less than building the cluster.
 */
export function* explore(
  exploration: Exploration,
  options: ExploreOptions,
): Generator<Exploring, ExploreEnd> {
  const search = new Search(exploration, options);
  while (!search.isOver()) {
    search.expandNext();
    if (search.reportDue()) yield search.progress();
  }
  yield search.progress();
  return search.end();
}

class Search {
  readonly #exploration: Exploration;
  readonly #options: ExploreOptions;
  readonly #seen = new Set<number>();
  readonly #violations: ExploredViolation[] = [];
  /** Every state that was entered, by its number: the state before it, and the step from there. */
  readonly #parents: number[] = [];
  readonly #steps: Action[] = [];
  /** States to follow: their numbers, and the steps they allow. A queue, or a stack. */
  readonly #frontier: { readonly state: number; readonly enabled: readonly Action[] }[] = [];
  #head = 0;
  /** Depth first: the cluster at the state entered last, to go on from without executing its story again. */
  #live: { readonly state: number; readonly cluster: ExploredCluster } | null = null;
  #transitions = 0;
  #depth = 0;
  #ends = 0;
  #cutByDepth = 0;
  #cutByMessages = 0;
  #replayed = 0;
  #reportAt = REPORT_EVERY;

  constructor(exploration: Exploration, options: ExploreOptions) {
    this.#exploration = exploration;
    this.#options = options;
    this.#enter(new ExploredCluster(exploration, []), -1, 0);
  }

  isOver(): boolean {
    return this.#frontierSize() === 0 || this.#stopped() || this.#full();
  }

  end(): ExploreEnd {
    if (this.#stopped()) return 'violated';
    if (this.#frontierSize() > 0) return 'states';
    return this.#violations.length > 0 ? 'violated' : 'covered';
  }

  #stopped(): boolean {
    return this.#options.stopAtFirst && this.#violations.length > 0;
  }

  #full(): boolean {
    const { maxStates } = this.#options;
    return maxStates !== null && this.#seen.size >= maxStates;
  }

  #frontierSize(): number {
    return this.#frontier.length - this.#head;
  }

  reportDue(): boolean {
    if (this.#transitions < this.#reportAt) return false;
    this.#reportAt = this.#transitions + REPORT_EVERY;
    return true;
  }

  progress(): Exploring {
    return {
      transitions: this.#transitions,
      states: this.#seen.size,
      depth: this.#depth,
      frontier: this.#frontierSize(),
      ends: this.#ends,
      cutByDepth: this.#cutByDepth,
      cutByMessages: this.#cutByMessages,
      violations: this.#violations,
      replayed: this.#replayed,
    };
  }

  /** Takes every step of the next state (breadth first), or one step of the latest (depth first). */
  expandNext(): void {
    if (this.#options.order === 'breadth-first') {
      const { state, enabled } = this.#frontier[this.#head]!;
      this.#head += 1;
      for (const step of enabled) {
        if (this.#stopped()) return;
        this.#follow(state, step);
      }
      this.#compact();
      return;
    }
    const { state, enabled } = this.#frontier.pop()!;
    const [step, ...others] = enabled;
    if (others.length > 0) this.#frontier.push({ state, enabled: others });
    this.#follow(state, step!);
  }

  #compact(): void {
    if (this.#head < 4_096 || this.#head * 2 < this.#frontier.length) return;
    this.#frontier.splice(0, this.#head);
    this.#head = 0;
  }

  #follow(state: number, step: Action): void {
    const cluster = this.#clusterAt(state);
    this.#transitions += 1;
    cluster.apply(step);
    this.#enter(cluster, state, step);
  }

  #clusterAt(state: number): ExploredCluster {
    const live = this.#live;
    this.#live = null;
    if (live?.state === state) return live.cluster;
    const path = this.#pathTo(state);
    this.#replayed += path.length;
    return new ExploredCluster(this.#exploration, path);
  }

  #pathTo(state: number): Action[] {
    const path: Action[] = [];
    for (let at = state; this.#parents[at]! >= 0; at = this.#parents[at]!)
      path.push(this.#steps[at]!);
    return path.reverse();
  }

  #enter(cluster: ExploredCluster, from: number, step: Action): void {
    this.#depth = Math.max(this.#depth, cluster.steps);
    const violation = cluster.violation();
    if (violation !== null) {
      if (this.#violations.some(({ property }) => property === violation.property)) return;
      const path = from < 0 ? [] : [...this.#pathTo(from), step];
      this.#violations.push({ ...violation, path });
      return;
    }
    const key = cluster.key();
    const known = this.#seen.has(key);
    this.#seen.add(key);
    if (known && this.#options.prune) return;
    const enabled = this.#allowed(cluster);
    if (enabled.length === 0) return;
    const state = this.#parents.push(from) - 1;
    this.#steps.push(step);
    this.#frontier.push({ state, enabled });
    if (this.#options.order === 'depth-first') this.#live = { state, cluster };
  }

  #allowed(cluster: ExploredCluster): readonly Action[] {
    if (cluster.crowded) {
      this.#cutByMessages += 1;
      return [];
    }
    const enabled = cluster.enabled();
    if (enabled.length === 0) this.#ends += 1;
    else if (cluster.steps >= this.#exploration.bounds.depth) {
      this.#cutByDepth += 1;
      return [];
    }
    return enabled;
  }
}
