import type { ProtocolDefinition } from '../../protocols/protocol.ts';
import type { RandomStream } from '../../sim/engine/random.ts';
import { omit } from '../documents/omit.ts';
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
