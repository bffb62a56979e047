import type { NodeId } from '../engine/env.ts';
import type { RandomStream } from '../engine/random.ts';
import { latencySampler } from '../network/latency.ts';
import type { EffectCounter } from '../network/link.ts';
import {
  bridge,
  majorityRing,
  oneWay,
  onlyLinks,
  splitGroups,
  type Cuts,
} from '../network/partition.ts';
import type { FaultAction, TargetSelector } from './fault.ts';
import { nodeNamed, resolveTarget, type FaultWorld } from './fault-world.ts';

/** How to end what a fault does. */
export interface Ending {
  readonly end: () => void;
  /** Ends it for these nodes and the links between them; what touches any other node stays. */
  readonly endAmong: (nodes: ReadonlySet<NodeId>) => void;
}

/** What a begun fault is about, and how to end it. */
export interface BegunFault extends Ending {
  readonly targets: readonly NodeId[];
}

export type NetworkFaultAction = Extract<
  FaultAction,
  {
    kind:
      | 'partition'
      | 'isolate'
      | 'halves'
      | 'bridge'
      | 'ring'
      | 'one-way'
      | 'links'
      | 'flapping'
      | 'messages'
      | 'clog'
      | 'message';
  }
>;

export function beginNetworkFault(
  world: FaultWorld,
  action: NetworkFaultAction,
  effect: EffectCounter,
  stream: RandomStream,
): BegunFault {
  if (action.kind === 'messages') return layRule(world, action, effect, stream);
  if (action.kind === 'message') return decideMessage(world, action, effect);
  if (action.kind === 'clog') return clog(world, action, effect, stream);
  if (action.kind === 'flapping') return flap(world, action, effect, stream);
  const { cuts, targets } = cutsOf(world, action, stream);
  return { targets, ...cutAll(world, cuts, effect) };
}

function clog(
  world: FaultWorld,
  action: Extract<FaultAction, { kind: 'clog' }>,
  effect: EffectCounter,
  stream: RandomStream,
): BegunFault {
  const links = linksBetween(world, action.from, action.to, stream);
  for (const [from, to] of links) world.network.clog(from, to, effect);
  return {
    targets: [...new Set(links.map(([from]) => from))],
    ...endingOf(links, (from, to) => {
      world.network.unclog(from, to, effect);
    }),
  };
}

/** Cuts all links and returns how to heal them. */
function cutAll(world: FaultWorld, cuts: Cuts, effect: EffectCounter): Ending {
  for (const [from, to] of cuts) world.network.cut(from, to, effect);
  return endingOf(cuts, (from, to) => {
    world.network.uncut(from, to, effect);
  });
}

function endingOf(links: Cuts, lift: (from: NodeId, to: NodeId) => void): Ending {
  let held = links;
  const endWhere = (ends: (link: Cuts[number]) => boolean): void => {
    const [ending, staying] = [held.filter(ends), held.filter((link) => !ends(link))];
    held = staying;
    for (const [from, to] of ending) lift(from, to);
  };
  return {
    end: () => {
      endWhere(() => true);
    },
    endAmong: (nodes) => {
      endWhere(isAmong(nodes));
    },
  };
}

function isAmong(nodes: ReadonlySet<NodeId>): (link: Cuts[number]) => boolean {
  return ([from, to]) => nodes.has(from) && nodes.has(to);
}

function cutsOf(
  world: FaultWorld,
  action: Exclude<NetworkFaultAction, { kind: 'message' | 'messages' | 'clog' | 'flapping' }>,
  stream: RandomStream,
): { cuts: Cuts; targets: readonly NodeId[] } {
  const { servers } = world;
  switch (action.kind) {
    case 'partition': {
      const groups = action.groups.map((group) => group.map((name) => nodeNamed(world, name)));
      return { cuts: splitGroups(groups), targets: groups.flat() };
    }
    case 'isolate': {
      const targets = resolveTarget(world, action.target, stream);
      return { cuts: isolateFromAll(world, targets), targets };
    }
    case 'halves': {
      const order = stream.shuffle(servers);
      const half = Math.floor(order.length / 2);
      const groups = [order.slice(0, half), order.slice(half)];
      return { cuts: splitGroups(groups), targets: groups[0]! };
    }
    case 'bridge': {
      const order = stream.shuffle(servers);
      return { cuts: bridge(order), targets: order };
    }
    case 'ring': {
      const order = stream.shuffle(servers);
      return { cuts: majorityRing(order), targets: order };
    }
    case 'one-way': {
      const from = resolveTarget(world, action.from, stream);
      const to = resolveTarget(world, action.to, stream).filter((node) => !from.includes(node));
      return { cuts: oneWay(from, to), targets: from };
    }
    case 'links': {
      const kept = action.kept.map(([a, b]) => [nodeNamed(world, a), nodeNamed(world, b)] as const);
      return { cuts: onlyLinks(servers, kept), targets: servers };
    }
  }
}

/** The target from the other servers; clients still reach both sides. */
function isolateFromAll(world: FaultWorld, targets: readonly NodeId[]): Cuts {
  const all = targets.some((node) => world.clients.includes(node))
    ? [...world.servers, ...world.clients]
    : world.servers;
  return splitGroups([targets, all.filter((node) => !targets.includes(node))]);
}

function flap(
  world: FaultWorld,
  action: Extract<FaultAction, { kind: 'flapping' }>,
  effect: EffectCounter,
  stream: RandomStream,
): BegunFault {
  const { simulation } = world;
  const targets = resolveTarget(world, action.target, stream);
  let cuts = isolateFromAll(world, targets);
  let cut: Ending | null = cutAll(world, cuts, effect);
  let over = false;
  const turn = (): void => {
    if (over) return;
    if (cut === null) {
      cut = cutAll(world, cuts, effect);
    } else {
      cut.end();
      cut = null;
    }
    const holdUs = cut === null ? action.healedUs : action.cutUs;
    simulation.control(simulation.nowUs + holdUs, 'flap', turn);
  };
  simulation.control(simulation.nowUs + action.cutUs, 'flap', turn);
  return {
    targets,
    end: () => {
      over = true;
      cut?.end();
    },
    endAmong: (nodes) => {
      const inside = isAmong(nodes);
      cuts = cuts.filter((link) => !inside(link));
      cut?.endAmong(nodes);
    },
  };
}

function decideMessage(
  world: FaultWorld,
  { type, from, to, nth, arrivesUs }: Extract<FaultAction, { kind: 'message' }>,
  effect: EffectCounter,
): BegunFault {
  const link = [nodeNamed(world, from), nodeNamed(world, to)] as const;
  const journey = { type, left: nth, arrivesUs, effect };
  world.network.addJourney(...link, journey);
  return {
    targets: [link[0]],
    end: () => {
      world.network.removeJourney(...link, journey);
    },
    endAmong: (nodes) => {
      if (isAmong(nodes)(link)) world.network.removeJourney(...link, journey);
    },
  };
}

function layRule(
  world: FaultWorld,
  action: Extract<FaultAction, { kind: 'messages' }>,
  effect: EffectCounter,
  stream: RandomStream,
): BegunFault {
  const links = linksBetween(world, action.from, action.to, stream);
  const rule = {
    types: action.types === null ? null : new Set(action.types),
    dropPpm: action.dropPpm,
    duplicatePpm: action.duplicatePpm,
    corruptPpm: action.corruptPpm,
    reorderPpm: action.reorderPpm,
    delay: action.delay === null ? null : latencySampler(action.delay),
    effect,
  };
  for (const [from, to] of links) world.network.addRule(from, to, rule);
  return {
    targets: [...new Set(links.map(([from]) => from))],
    ...endingOf(links, (from, to) => {
      world.network.removeRule(from, to, rule);
    }),
  };
}

function linksBetween(
  world: FaultWorld,
  fromSelector: TargetSelector,
  toSelector: TargetSelector,
  stream: RandomStream,
): (readonly [NodeId, NodeId])[] {
  const from = resolveTarget(world, fromSelector, stream);
  const to = resolveTarget(world, toSelector, stream);
  return from.flatMap((a) => to.filter((b) => b !== a).map((b) => [a, b] as const));
}
