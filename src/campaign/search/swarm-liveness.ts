import type { ProtocolDefinition } from '../../protocols/protocol.ts';
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
 * Where a lost message can hold up a whole queue (a session must end first), the bound that a file states is meant for
 * its own links. On drawn ones everybody may be held up once for each key, one after another.
 */
export function patientLiveness(
  { liveness, topology, config = {}, workload }: ScenarioDocument,
  protocol: ProtocolDefinition | undefined,
): Pick<ScenarioDocument, 'liveness'> {
  const stallUs = protocol?.campaign?.stallUs;
  const stated = typeof liveness === 'object' ? liveness.within : liveness;
  if (protocol === undefined || stallUs === undefined || stated === 'none') return {};
  const servers = nodeNames(topology.servers, 'n').length;
  const contenders = nodeNames(topology.clients ?? 0, 'c').length;
  const parsed = protocol.parseConfig(config, servers) as never;
  const drawnUs = stallUs(parsed) * (contenders + 1) * (workload?.keys ?? 1);
  const within = writeDuration(
    Math.max(drawnUs, stated === undefined ? 0 : parseDurationUs(stated)),
  );
  return { liveness: typeof liveness === 'object' ? { ...liveness, within } : within };
}
