import { components } from './components.ts';
import type { Dependency } from './dependency.ts';

/** An edge between two events; events of one transaction may be linked without a dependency. */
export interface PolygraphEdge {
  readonly from: number;
  readonly to: number;
  readonly dependency: Dependency | undefined;
}

/** Either all edges of the one list hold, or all of the other. */
export interface PolygraphChoice {
  readonly either: readonly PolygraphEdge[];
  readonly or: readonly PolygraphEdge[];
}

export interface Polygraph {
  readonly nodes: number;
  readonly edges: readonly PolygraphEdge[];
  readonly choices: readonly PolygraphChoice[];
  /** Per node: where to put it when nothing else decides; the first attempt at an order follows it. */
  readonly preference: (node: number) => number;
}

export type PolygraphResult =
  | { readonly kind: 'acyclic'; readonly procedure: string }
  /** `cycle`: of forced edges; absent when only an exhaustive search of the choices shows that there is no order. */
  | {
      readonly kind: 'cyclic';
      readonly procedure: string;
      readonly cycle: Dependency[] | undefined;
    }
  | { readonly kind: 'budget'; readonly reason: string };

/** 32-bit words of the reachability matrix touched before giving up. */
export const DEFAULT_POLYGRAPH_WORK = 400_000_000;
const MAX_NODES = 8192;

/**
 * Whether the choices can be made so that the graph has no cycle (after Papadimitriou 1979, and Tan et al., "Cobra",
 * OSDI 2020). First an order as it happened; then every choice with one impossible side is made, again and again; then the
 * open choices are tried in turn. Exact within the work.
 */
export function solvePolygraph(
  graph: Polygraph,
  workLimit = DEFAULT_POLYGRAPH_WORK,
): PolygraphResult {
  const ends = {
    nodes: graph.nodes,
    from: graph.edges.map((edge) => edge.from),
    to: graph.edges.map((edge) => edge.to),
  };
  if (components(ends).cyclic)
    return { kind: 'cyclic', procedure: 'cycle search', cycle: undefined };
  const rank = topologicalRank(graph);
  const ascending = (edge: PolygraphEdge): boolean => rank[edge.from]! < rank[edge.to]!;
  if (graph.choices.every(({ either, or }) => either.every(ascending) || or.every(ascending)))
    return {
      kind: 'acyclic',
      procedure: graph.choices.length === 0 ? 'cycle search' : 'an order as it happened',
    };
  if (graph.nodes > MAX_NODES)
    return {
      kind: 'budget',
      reason:
        `the order of versions is open for ${graph.choices.length} pairs of writes among ${graph.nodes} events, and the ` +
        `order in which they happened does not fit; the exact search takes up to ${MAX_NODES} events. ` +
        'Let transactions read a key before they write it, use list-append, or judge a shorter history.',
    };
  return new Solver(graph, workLimit).solve();
}

/** Places of the nodes in a topological order that prefers small preference among those that may come next. */
function topologicalRank(graph: Polygraph): Int32Array {
  const indegree = new Int32Array(graph.nodes);
  const out: number[][] = Array.from({ length: graph.nodes }, () => []);
  for (const { from, to } of graph.edges) {
    indegree[to]! += 1;
    out[from]!.push(to);
  }
  const byPreference = Array.from({ length: graph.nodes }, (_, node) => node).sort(
    (a, b) => graph.preference(a) - graph.preference(b) || a - b,
  );
  const place = new Int32Array(graph.nodes);
  byPreference.forEach((node, index) => (place[node] = index));
  const heap = new MinHeap();
  for (let node = 0; node < graph.nodes; node += 1)
    if (indegree[node] === 0) heap.push(place[node]!);
  const rank = new Int32Array(graph.nodes);
  for (let next = 0; heap.size > 0; next += 1) {
    const node = byPreference[heap.pop()]!;
    rank[node] = next;
    for (const to of out[node]!) if ((indegree[to]! -= 1) === 0) heap.push(place[to]!);
  }
  return rank;
}

class MinHeap {
  readonly #items: number[] = [];
  get size(): number {
    return this.#items.length;
  }
  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }
  pop(): number {
    const items = this.#items;
    const top = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child += 1;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

type Attempt = { readonly cycle: Dependency[] } | 'done' | 'budget';

class Solver {
  readonly #graph: Polygraph;
  readonly #words: number;
  #reach: Uint32Array;
  /** Known and chosen edges. */
  #edges: PolygraphEdge[] = [];
  #work = 0;
  readonly #limit: number;

  constructor(graph: Polygraph, limit: number) {
    this.#graph = graph;
    this.#words = (graph.nodes + 31) >> 5;
    this.#reach = new Uint32Array(graph.nodes * this.#words);
    this.#limit = limit;
  }

  solve(): PolygraphResult {
    for (const edge of this.#graph.edges) this.#add(edge);
    let open = [...this.#graph.choices];
    const root = this.#propagate(open);
    if (typeof root !== 'string')
      return { kind: 'cyclic', procedure: 'forced orders of versions', cycle: root.cycle };
    open = this.#open(open);
    const result = root === 'budget' ? 'budget' : this.#decide(open);
    if (result === 'budget')
      return {
        kind: 'budget',
        reason: `${open.length} pairs of writes could still be ordered either way when the search budget was spent. Try a larger budget, or let transactions read a key before they write it.`,
      };
    return result === 'done'
      ? { kind: 'acyclic', procedure: 'search over orders of versions' }
      : { kind: 'cyclic', procedure: 'search over orders of versions', cycle: undefined };
  }

  /** Tries the first open choice both ways. */
  #decide(open: readonly PolygraphChoice[]): 'done' | 'budget' | 'refuted' {
    const [choice] = open;
    if (choice === undefined) return 'done';
    const reach = this.#reach.slice();
    const known = this.#edges.length;
    for (const side of [choice.either, choice.or]) {
      let attempt: Attempt = 'done';
      for (const edge of side) if (attempt === 'done' && !this.#add(edge)) attempt = { cycle: [] };
      if (attempt === 'done') attempt = this.#propagate(open);
      if (attempt === 'budget') return 'budget';
      if (attempt === 'done') {
        const rest = this.#decide(this.#open(open));
        if (rest !== 'refuted') return rest;
      }
      this.#reach.set(reach);
      this.#edges.length = known;
      this.#work += reach.length;
    }
    return 'refuted';
  }

  /** Makes every choice of which one side would close a cycle. */
  #propagate(choices: readonly PolygraphChoice[]): Attempt {
    let open = this.#open(choices);
    for (;;) {
      let forced = false;
      for (const { either, or } of open) {
        const bad = this.#closing(either);
        const other = bad === undefined ? this.#closing(or) : bad;
        this.#work += either.length + or.length;
        if (other === undefined) continue;
        forced = true;
        const because = this.#path(other.to, other.from);
        for (const edge of bad === undefined ? either : or) {
          const reason = { ...edge, dependency: { ...edge.dependency!, because } };
          if (!this.#add(reason))
            return { cycle: [reason.dependency, ...this.#path(edge.to, edge.from)] };
        }
      }
      if (this.#work > this.#limit) return 'budget';
      if (!forced) return 'done';
      open = this.#open(open);
    }
  }

  #open(choices: readonly PolygraphChoice[]): PolygraphChoice[] {
    const holds = (edge: PolygraphEdge): boolean => this.#reaches(edge.from, edge.to);
    return choices.filter(({ either, or }) => !either.every(holds) && !or.every(holds));
  }

  #closing(side: readonly PolygraphEdge[]): PolygraphEdge | undefined {
    return side.find((edge) => edge.from === edge.to || this.#reaches(edge.to, edge.from));
  }

  #reaches(from: number, to: number): boolean {
    return ((this.#reach[from * this.#words + (to >> 5)]! >>> (to & 31)) & 1) === 1;
  }

  /** Adds an edge to the closure; false if it closes a cycle. */
  #add(edge: PolygraphEdge): boolean {
    const { from, to } = edge;
    if (from === to || this.#reaches(to, from)) return false;
    this.#edges.push(edge);
    if (this.#reaches(from, to)) return true;
    const words = this.#words;
    for (let node = 0; node < this.#graph.nodes; node += 1) {
      if (node !== from && !this.#reaches(node, from)) continue;
      const row = node * words;
      for (let word = 0; word < words; word += 1)
        this.#reach[row + word]! |= this.#reach[to * words + word]!;
      this.#reach[row + (to >> 5)]! |= 1 << (to & 31);
      this.#work += words;
    }
    return true;
  }

  /** The dependencies of a shortest path. */
  #path(from: number, to: number): Dependency[] {
    const out = new Map<number, PolygraphEdge[]>();
    for (const edge of this.#edges) {
      const list = out.get(edge.from);
      if (list === undefined) out.set(edge.from, [edge]);
      else list.push(edge);
    }
    const arrival = new Map<number, PolygraphEdge>();
    const queue = [from];
    for (const node of queue) {
      if (node === to && arrival.has(to)) break;
      for (const edge of out.get(node) ?? []) {
        if (arrival.has(edge.to)) continue;
        arrival.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
    const path: Dependency[] = [];
    for (let node = to; node !== from;) {
      const edge = arrival.get(node)!;
      if (edge.dependency !== undefined) path.push(edge.dependency);
      node = edge.from;
    }
    return path.reverse();
  }
}
