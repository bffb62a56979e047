import type { BugSetup } from '../../protocols/protocol.ts';
import { RandomStream } from '../../sim/engine/random.ts';
import type { ScenarioDocument, Subject } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';
import { fitSetup } from './fit-setup.ts';
import { lastingRequire } from './lasting-require.ts';
import { lastingLiveness, patientLiveness } from './swarm-liveness.ts';
import { swarmDocument } from './swarm.ts';

/**
 * The scenario as a bug's setup asks for it: its servers, configuration and faults, on links, disks and a workload that
 * half of the seeds draw anew, as a swarm does. What has a setup may be searched for where it can show.
 */
export function directedDocument(
  subject: Subject,
  setup: BugSetup,
  seed: string,
): ScenarioDocument {
  const stream = new RandomStream(seed, 'campaign/directed/shape');
  const { document, protocols } = subject;
  const asWritten = stream.chance(500_000);
  const drawn = asWritten ? document : swarmDocument(subject, seed);
  const { servers, serverNames, config, faults, unsynced } = setup;
  // Servers of other names have a configuration of their own, and none of the document's faults may name them.
  const own = serverNames !== undefined;
  const renamed = own || servers !== undefined;
  const nemesis = setup.nemesis ?? (own && drawn.nemesis === undefined ? 'default' : undefined);
  const chosen = faults as ScenarioDocument['faults'];
  const rest = omit(
    drawn,
    'liveness',
    'require',
    ...(chosen === undefined ? [] : ['nemesis' as const]),
    // Clocks and links name nodes, and of those that the setup brings along nobody has heard.
    ...(renamed ? ['clocks' as const] : []),
  );
  const directed: ScenarioDocument = {
    ...rest,
    ...lastingRequire(document),
    // Whether a quorum core can be relied on depends on the configuration: one drawn for another may be impossible here.
    ...lastingLiveness(document),
    topology: {
      ...drawn.topology,
      servers:
        serverNames === undefined ? (servers ?? document.topology.servers) : [...serverNames],
    },
    // The features are the setup's alone: others that a swarm draws may exclude them.
    config: {
      ...(own ? {} : document.config),
      ...(asWritten ? impatience(stream, subject) : {}),
      ...config,
    },
    ...(renamed ? { network: omit(drawn.network ?? {}, 'links') } : {}),
    disk: { ...drawn.disk, ...(unsynced === undefined ? {} : { unsynced }) },
    faults: chosen ?? (own ? undefined : nemesis === undefined ? drawn.faults : document.faults),
    ...(nemesis === undefined ? {} : { nemesis: nemesis }),
  };
  const protocol = protocols[document.protocol]!;
  const fitted = fitSetup(directed, config ?? {}, protocol);
  return { ...fitted, ...patientLiveness(fitted, protocol) };
}

/** Clients that ask again soon put more pressure on whatever answers twice; only on links that let them be served so soon. */
function impatience(
  stream: RandomStream,
  { document, protocols }: Subject,
): Readonly<Record<string, unknown>> {
  const known = protocols[document.protocol]?.configKeys ?? {};
  return stream.chance(500_000) && 'attemptTimeout' in known ? { attemptTimeout: '60ms' } : {};
}
