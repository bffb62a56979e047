import type { ProtocolDefinition } from '../protocols/protocol.ts';
import { longestLatencyUs } from '../sim/network/longest-latency.ts';
import type { LinkProfile } from '../sim/network/link.ts';
import type { DiskOptions } from '../sim/storage/disk-array.ts';
import type { Problems } from './problems.ts';
import { WORKING_LOSS_PPM } from './quorum-watch.ts';
import type { ScenarioFile } from './schema.ts';

const PATH = ['liveness', 'duringFaults'] as const;

/**
 * What `liveness: {duringFaults: true}` asks for, as a bound in virtual µs; null: nothing. Where no bound holds this is
 * refused here, with the reason: during the run there is no excuse.
 */
export function compileQuorumCommits(
  entry: ScenarioFile['liveness'],
  protocol: ProtocolDefinition,
  config: unknown,
  networks: readonly LinkProfile[],
  disk: DiskOptions,
  problems: Problems,
): number | null {
  if (typeof entry !== 'object' || entry.duringFaults !== true) return null;
  const refuse = (reason: string, fix: string): null => {
    problems.add([...PATH], reason, fix);
    return null;
  };
  const { core } = protocol;
  if (core?.commits === undefined)
    return refuse(
      `${protocol.name} does not say what part of its servers can do alone`,
      'leave `duringFaults` out',
    );
  const unbounded = networks.map(networkExcuse).find((reason) => reason !== null);
  if (unbounded !== undefined)
    return refuse(unbounded, 'leave `duringFaults` out, or take this out of `network`');
  // A configuration that was refused is null, and the file has been told so.
  if (config === null) return null;
  const messageUs = Math.max(...networks.map(longestJourneyUs));
  const syncUs = longestLatencyUs(disk.syncLatency);
  const excuse = core.excuse?.(config) ?? core.commits.excuse(config, messageUs, syncUs);
  if (excuse !== null)
    return refuse(
      `no bound holds while faults go on: ${excuse}`,
      'leave `duringFaults` out, or change this in `config`, `network` or `disk`',
    );
  return core.commits.boundUs(config, messageUs, syncUs);
}

/** Why messages of such a link may take any time, or null. One that loses everything carries none. */
function networkExcuse({ lossPpm = 0, burst, bytesPerSecond }: LinkProfile): string | null {
  if (burst !== undefined) return 'bursts of loss may outlast any bound';
  if (bytesPerSecond !== undefined) return 'a link of limited bandwidth may keep messages waiting';
  if (lossPpm > WORKING_LOSS_PPM && lossPpm < 1_000_000)
    return `a link that loses ${lossPpm / 10_000}% may lose every try within any bound`;
  return null;
}

function longestJourneyUs({ latency, reorderPpm = 0, reorderByUs = 10_000 }: LinkProfile): number {
  return longestLatencyUs(latency) + (reorderPpm > 0 ? reorderByUs : 0);
}
