import type { FaultEntry } from '../../scenario/schema.ts';
import { parseDurationUs } from '../../scenario/units.ts';
import { RandomStream } from '../../sim/engine/random.ts';
import { NEMESIS_PROFILES, type NemesisKind } from '../../sim/faults/nemesis-profile.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';

/** How many priority change points a run has: bugs of this depth plus one are in reach. */
const CHANGE_POINTS = 3;
/** What the messages of a server wait for, by its priority; the last is beyond an election timeout. */
const DELAYS_MS = [0, 5, 20, 70, 200, 400, 600];
/** Delays come from the priorities alone; what remains of the nemesis is what no order of messages can do. */
const ORDERING_KINDS: readonly NemesisKind[] = ['drop', 'delay', 'duplicate', 'reorder', 'clog'];

/**
 * Priority-based schedules after PCT (Burckhardt et al. 2010), for a world in which time orders events: each server has a
 * priority, the messages of a lower one wait longer, and at a few drawn moments one server's priority changes. PCT's proof
 * of its probability does not carry over; its bias towards few, long-lasting order decisions does.
 */
export function priorityDocument(document: ScenarioDocument, seed: string): ScenarioDocument {
  const stream = new RandomStream(seed, 'campaign/pct/priorities');
  const servers = nodeNames(document.topology.servers, 'n');
  const durationMs = Math.floor(parseDurationUs(document.duration) / 1_000);
  const changes = Array.from({ length: CHANGE_POINTS }, () =>
    stream.between(1, durationMs - 1),
  ).sort((a, b) => a - b);
  let order = stream.shuffle(servers);
  const faults: FaultEntry[] = [];
  for (const [segment, endMs] of [...changes, durationMs].entries()) {
    const beginMs = segment === 0 ? 0 : changes[segment - 1]!;
    if (endMs > beginMs)
      for (const [rank, server] of order.entries()) {
        const delayMs = DELAYS_MS[Math.min(rank, DELAYS_MS.length - 1)]!;
        if (delayMs === 0) continue;
        faults.push({
          id: `pct-${segment + 1}-${server}`,
          at: `${beginMs}ms`,
          for: `${endMs - beginMs}ms`,
          kind: 'messages',
          from: server,
          to: 'servers',
          delay: `${delayMs}ms`,
          mayMiss: true,
        });
      }
    // One server falls to the lowest priority.
    const falling = stream.pick(order);
    order = [...order.filter((server) => server !== falling), falling];
  }
  const nemesis = withoutOrdering(document.nemesis);
  return {
    ...omit(document, 'nemesis'),
    ...(nemesis === null ? {} : { nemesis }),
    faults: [...(document.faults ?? []), ...faults],
  };
}

function withoutOrdering(nemesis: ScenarioDocument['nemesis']): ScenarioDocument['nemesis'] | null {
  if (nemesis === undefined) return null;
  const own = typeof nemesis === 'string' ? { profile: nemesis } : nemesis;
  const base = own.weights ?? NEMESIS_PROFILES[own.profile ?? 'default']!.weights;
  const weights = Object.fromEntries(
    Object.entries(base).filter(([kind]) => !ORDERING_KINDS.includes(kind as NemesisKind)),
  );
  return Object.values(weights).every((weight) => weight === 0) ? null : { ...own, weights };
}
