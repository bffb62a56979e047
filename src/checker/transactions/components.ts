/** A directed graph as adjacency lists; edges are numbered in the order they were given. */
export interface Digraph {
  readonly nodes: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Outgoing edges of every node: edge ids `edges[start[v]] .. edges[start[v + 1] - 1]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly edges: Int32Array;
}

export function adjacency(graph: Digraph): Adjacency {
  const start = new Int32Array(graph.nodes + 1);
  for (const from of graph.from) start[from + 1]! += 1;
  for (let v = 0; v < graph.nodes; v += 1) start[v + 1]! += start[v]!;
  const cursor = start.slice();
  const edges = new Int32Array(graph.from.length);
  graph.from.forEach((from, edge) => {
    edges[cursor[from]!] = edge;
    cursor[from]! += 1;
  });
  return { start, edges };
}

/**
 * The strongly connected component of every node (Tarjan 1972, without recursion), and whether any has more than one
 * node. Components are numbered against the direction of the edges.
 */
export function components(graph: Digraph): { component: Int32Array; cyclic: boolean } {
  const { start, edges } = adjacency(graph);
  const component = new Int32Array(graph.nodes).fill(-1);
  const index = new Int32Array(graph.nodes).fill(-1);
  const low = new Int32Array(graph.nodes);
  const cursor = start.slice(0, graph.nodes);
  const open: number[] = [];
  const path: number[] = [];
  let next = 0;
  let count = 0;
  let cyclic = false;
  const enter = (v: number): void => {
    index[v] = low[v] = next++;
    open.push(v);
    path.push(v);
  };
  for (let root = 0; root < graph.nodes; root += 1) {
    if (index[root] !== -1) continue;
    enter(root);
    while (path.length > 0) {
      const v = path.at(-1)!;
      if (cursor[v]! < start[v + 1]!) {
        const w = graph.to[edges[cursor[v]!]!]!;
        cursor[v]! += 1;
        if (index[w] === -1) enter(w);
        else if (component[w] === -1) low[v] = Math.min(low[v]!, index[w]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[v]!);
      if (low[v] !== index[v]) continue;
      for (let size = 1; ; size += 1) {
        const member = open.pop()!;
        component[member] = count;
        if (member === v) {
          if (size > 1) cyclic = true;
          break;
        }
      }
      count += 1;
    }
  }
  return { component, cyclic };
}
