import type { AnomalyAlias, AnomalyName } from './anomaly.ts';
import { adjacency, components, type Adjacency } from './components.ts';
import type { Dependency, DependencyType } from './dependency.ts';

/** A cycle of dependencies and what it is called. */
export interface Cycle {
  readonly name: AnomalyName;
  readonly aliases: readonly AnomalyAlias[];
  readonly edges: readonly Dependency[];
}

type Shape = 'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item';

/** Edge visits spent on making cycles short; verdicts do not depend on it. */
const SEARCH_WORK = 5_000_000;

/**
 * For every kind of cycle that the dependencies have, a short example. Process and real-time edges are only used for kinds
 * that have no example without them; those examples carry the suffix.
 */
export function findCycles(nodes: number, dependencies: readonly Dependency[]): Cycle[] {
  const found = new Map<Shape, Cycle>();
  const stages: readonly (readonly DependencyType[])[] = [
    ['ww', 'wr', 'rw'],
    ['ww', 'wr', 'rw', 'process'],
    ['ww', 'wr', 'rw', 'process', 'realtime'],
  ];
  for (const types of stages) {
    const edges = dependencies.filter((edge) => types.includes(edge.type));
    const search = new CycleSearch(nodes, edges);
    if (!search.cyclic) continue;
    for (const shape of ['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item'] as const) {
      if (found.has(shape)) continue;
      const cycle = search.find(shape);
      if (cycle !== undefined) found.set(shape, named(cycle));
    }
  }
  return [...found.values()];
}

/** The name of a cycle, by its types of edges. */
export function named(found: readonly Dependency[]): Cycle {
  // Told from the transaction that was invoked first.
  const from = found.map((edge) => edge.from);
  const first = from.indexOf(Math.min(...from));
  const edges = [...found.slice(first), ...found.slice(0, first)];
  const rw = edges.filter((edge) => edge.type === 'rw').length;
  const adjacent = edges.some(
    (edge, index) => edge.type === 'rw' && edges[(index + 1) % edges.length]!.type === 'rw',
  );
  const shape =
    rw === 0
      ? edges.some((edge) => edge.type === 'wr')
        ? 'G1c'
        : 'G0'
      : rw === 1
        ? 'G-single'
        : adjacent
          ? 'G2-item'
          : 'G-nonadjacent';
  const suffix = edges.some((edge) => edge.type === 'realtime')
    ? '-realtime'
    : edges.some((edge) => edge.type === 'process')
      ? '-process'
      : '';
  const keys = new Set(edges.map((edge) => edge.key));
  const aliases: AnomalyAlias[] = [];
  if (suffix === '') {
    if (shape === 'G1c') aliases.push('circular-information-flow');
    if (shape === 'G-single') aliases.push('read-skew');
    if (shape === 'G2-item' && edges.length === 2 && keys.size === 2) aliases.push('write-skew');
    if (
      edges.length === 4 &&
      edges
        .map((edge) => edge.type)
        .join()
        .match(/^(wr,rw,wr,rw|rw,wr,rw,wr)$/) !== null
    )
      aliases.push('long-fork');
  }
  return { name: `${shape}${suffix}`, aliases, edges };
}

class CycleSearch {
  readonly cyclic: boolean;
  readonly #nodes: number;
  readonly #edges: readonly Dependency[];
  /** Components of all edges: no cycle leaves one. */
  readonly #component: Int32Array;
  readonly #out: Adjacency;
  #work = 0;

  constructor(nodes: number, edges: readonly Dependency[]) {
    this.#nodes = nodes;
    const graph = { nodes, from: edges.map((edge) => edge.from), to: edges.map((edge) => edge.to) };
    const { component, cyclic } = components(graph);
    this.cyclic = cyclic;
    this.#component = component;
    this.#edges = edges;
    this.#out = adjacency(graph);
  }

  /** A short cycle of the shape: every edge that the shape needs is tried, until the work is spent. */
  find(shape: Shape): Dependency[] | undefined {
    let best: Dependency[] | undefined;
    for (const edge of this.#edges) {
      if (this.#component[edge.from] !== this.#component[edge.to]) continue;
      const needed = shape === 'G0' ? 'ww' : shape === 'G1c' ? 'wr' : 'rw';
      if (edge.type !== needed) continue;
      const cycle = this.#through(edge, shape);
      if (cycle === undefined || named(cycle).name.replace(/-(process|realtime)$/, '') !== shape)
        continue;
      if (best === undefined || cycle.length < best.length) best = cycle;
      if (best.length === 2 || this.#work > SEARCH_WORK) break;
    }
    this.#work = 0;
    return best;
  }

  /**
   * Breadth first from the end of the edge back to its start. In the search for G-nonadjacent a node counts twice, by
   * whether it was entered over an rw edge: two such edges never follow each other, the first and the last included.
   */
  #through(first: Dependency, shape: Shape): Dependency[] | undefined {
    const twice = shape === 'G-nonadjacent' ? 2 : 1;
    const arrival = new Map<number, { previous: number; edge: Dependency }>();
    const start = first.to * twice + (twice - 1);
    const level = [start];
    for (const place of level) {
      const node = Math.floor(place / twice);
      const enteredOverRw = place % twice === 1;
      for (let at = this.#out.start[node]!; at < this.#out.start[node + 1]!; at += 1) {
        this.#work += 1;
        const edge = this.#edges[this.#out.edges[at]!]!;
        if (this.#component[edge.to] !== this.#component[node]) continue;
        const isRw = edge.type === 'rw';
        if (isRw && (shape === 'G0' || shape === 'G1c' || shape === 'G-single')) continue;
        if (edge.type === 'wr' && shape === 'G0') continue;
        if (twice === 2 && isRw && (enteredOverRw || edge.to === first.from)) continue;
        const next = edge.to * twice + (twice === 2 && isRw ? 1 : 0);
        if (arrival.has(next)) continue;
        arrival.set(next, { previous: place, edge });
        if (edge.to === first.from) return this.#unwind(first, arrival, next, start);
        level.push(next);
      }
    }
    return undefined;
  }

  #unwind(
    first: Dependency,
    arrival: ReadonlyMap<number, { previous: number; edge: Dependency }>,
    end: number,
    start: number,
  ): Dependency[] {
    const path: Dependency[] = [];
    for (let place = end; place !== start;) {
      const { previous, edge } = arrival.get(place)!;
      path.push(edge);
      place = previous;
    }
    return [first, ...path.reverse()];
  }
}
