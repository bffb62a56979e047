import type { NodeId } from '../engine/env.ts';

/** The directed links a partition cuts. */
export type Cuts = readonly (readonly [from: NodeId, to: NodeId])[];

/** Nobody in one group hears anybody in another; nodes in no group hear everyone. */
export function splitGroups(groups: readonly (readonly NodeId[])[]): Cuts {
  return groups.flatMap((group, index) =>
    groups.flatMap((other, otherIndex) => (index === otherIndex ? [] : product(group, other))),
  );
}

/** Messages from `from` to `to` are lost, those the other way arrive. */
export function oneWay(from: readonly NodeId[], to: readonly NodeId[]): Cuts {
  return product(from, to);
}

/** Two halves that hear each other only through the bridge, the middle node of `nodes`. */
export function bridge(nodes: readonly NodeId[]): Cuts {
  const middle = Math.floor(nodes.length / 2);
  return splitGroups([nodes.slice(0, middle), nodes.slice(middle + 1)]);
}

/** Every node hears a majority, no two nodes the same one: neighbours on a ring (Jepsen's majorities-ring). */
export function majorityRing(nodes: readonly NodeId[]): Cuts {
  const count = nodes.length;
  // A majority is floor(count / 2) others and oneself; half of them on each side, rounded up.
  const limit = Math.ceil(Math.floor(count / 2) / 2);
  return nodes.flatMap((from, index) =>
    nodes.flatMap((to, otherIndex) => {
      const gap = Math.abs(index - otherIndex);
      const distance = Math.min(gap, count - gap);
      return distance > limit ? [[from, to] as const] : [];
    }),
  );
}

/** Only the given undirected links work; all others between `nodes` are cut. */
export function onlyLinks(
  nodes: readonly NodeId[],
  kept: readonly (readonly [NodeId, NodeId])[],
): Cuts {
  const works = (from: NodeId, to: NodeId): boolean =>
    kept.some(([a, b]) => (a === from && b === to) || (a === to && b === from));
  return product(nodes, nodes).filter(([from, to]) => from !== to && !works(from, to));
}

function product(from: readonly NodeId[], to: readonly NodeId[]): (readonly [NodeId, NodeId])[] {
  return from.flatMap((a) => to.map((b) => [a, b] as const));
}
