import type { ProtocolDefinition } from '../../protocols/protocol.ts';
import type { LatencyEntry } from '../../scenario/schema.ts';
import type { RandomStream } from '../../sim/engine/random.ts';
import { omit } from '../documents/omit.ts';
import { parseDurationUs, writeDuration } from '../../scenario/units.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';

/** What a document asks for that can be asked under any configuration: the bound of `duringFaults` is one of its own. */
export function lastingLiveness({
  liveness,
}: Pick<ScenarioDocument, 'liveness'>): Pick<ScenarioDocument, 'liveness'> {
  if (liveness === undefined) return {};
  return { liveness: typeof liveness === 'object' ? omit(liveness, 'duringFaults') : liveness };
}

/**
 * Half of the runs heal a quorum core alone, where the protocol has one under this configuration: what a swarm draws must
 * never need an excuse.
 */
export function swarmLiveness(
  { liveness, topology }: ScenarioDocument,
  config: Readonly<Record<string, unknown>>,
  protocol: ProtocolDefinition | undefined,
  stream: RandomStream,
): Pick<ScenarioDocument, 'liveness'> {
  const asItIs = lastingLiveness({ liveness });
  if (protocol?.core === undefined || liveness === 'none' || typeof liveness === 'object')
    return asItIs;
  const servers = nodeNames(topology.servers, 'n').length;
  const excuse = protocol.core.excuse?.(protocol.parseConfig(config, servers)) ?? null;
  if (excuse !== null || stream.chance(500_000)) return asItIs;
  return {
    liveness: { ...(liveness === undefined ? {} : { within: liveness }), heal: 'quorum-core' },
  };
}

/**
 * The bound that a file states is meant for its own links. On drawn ones where a lost message can hold up a whole queue (a
 * session must end first), everybody may be held up once for each key, one after another; and where servers as a rule
 * answer later than their clients wait, nothing can be asked.
 */
export function patientLiveness(
  document: ScenarioDocument,
  protocol: ProtocolDefinition | undefined,
): Pick<ScenarioDocument, 'liveness'> {
  const { liveness, topology, config = {}, workload } = document;
  const { stallUs, answersWithinUs } = protocol?.campaign ?? {};
  const stated = typeof liveness === 'object' ? liveness.within : liveness;
  if (protocol === undefined || stated === 'none') return {};
  const servers = nodeNames(topology.servers, 'n').length;
  const parsed = protocol.parseConfig(config, servers) as never;
  if (answersWithinUs !== undefined && answersWithinUs(parsed, servers) < usualAnswerUs(document))
    return { liveness: 'none' };
  if (stallUs === undefined) return {};
  const contenders = nodeNames(topology.clients ?? 0, 'c').length;
  const drawnUs = stallUs(parsed) * (contenders + 1) * (workload?.keys ?? 1);
  const within = writeDuration(
    Math.max(drawnUs, stated === undefined ? 0 : parseDurationUs(stated)),
  );
  return { liveness: typeof liveness === 'object' ? { ...liveness, within } : within };
}

/** There and back, with a sync behind one that has begun: what most answers need at most. */
function usualAnswerUs({ network, disk }: ScenarioDocument): number {
  return 2 * usualLatencyUs(network?.latency) + 2 * usualLatencyUs(disk?.sync);
}

function usualLatencyUs(latency: LatencyEntry | undefined): number {
  if (latency === undefined) return 0;
  if (typeof latency === 'string') return parseDurationUs(latency);
  if (Array.isArray(latency)) return parseDurationUs(latency[1]);
  if ('exponential' in latency) return 2 * parseDurationUs(latency.exponential.mean);
  if ('lognormal' in latency) return 2 * parseDurationUs(latency.lognormal.median);
  return usualLatencyUs(latency.bimodal.fast);
}
