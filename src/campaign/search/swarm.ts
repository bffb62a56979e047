import type { CampaignHints, ProtocolDefinition } from '../../protocols/protocol.ts';
import type { FaultEntry, TriggerEntry } from '../../scenario/schema.ts';
import { writeDuration } from '../../scenario/units.ts';
import { RandomStream } from '../../sim/engine/random.ts';
import {
  NEMESIS_KINDS,
  NEMESIS_PROFILES,
  type NemesisKind,
} from '../../sim/faults/nemesis-profile.ts';
import { nodeNames, type ScenarioDocument, type Subject } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';
import { lastingRequire } from './lasting-require.ts';
import { patientLiveness, swarmLiveness } from './swarm-liveness.ts';

type Weights = Partial<Record<NemesisKind, number>>;

/**
 * Swarm configuration (Groce et al. 2012; TigerBeetle's VOPR): the scenario with topology, links, disks, workload, features
 * and the mix of faults drawn anew from the seed, a random half of the fault kinds switched off. Half of the runs aim at one
 * intersection that the protocol names; half get faults triggered by events. The result is an ordinary document.
 */
export function swarmDocument({ document, protocols }: Subject, seed: string): ScenarioDocument {
  const streams = (purpose: string): RandomStream =>
    new RandomStream(seed, `campaign/swarm/${purpose}`);
  const protocol = protocols[document.protocol];
  const shape = streams('shape');
  const focus = pickFocus(protocol?.campaign, streams('focus'));
  const nemesis = swarmNemesis(document, streams('nemesis'), focus?.kinds ?? null);
  const topology = swarmTopology(document, protocol, shape);
  const config = {
    ...document.config,
    ...drawVariants(protocol?.campaign, streams('config')),
    ...focus?.config,
  };
  const drawn: ScenarioDocument = {
    ...omit(document, 'require'),
    ...lastingRequire(document),
    topology,
    config,
    ...swarmLiveness({ ...document, topology }, config, protocol, streams('liveness')),
    network: swarmNetwork(document, shape),
    disk: {
      ...document.disk,
      sync: shape.pick(['500us', '2ms', '10ms']),
      unsynced: shape.pick(['none', 'prefix', 'subset'] as const),
    },
    ties: shape.pick(['fifo', 'shuffled'] as const),
    ...(document.workload === undefined
      ? {}
      : { workload: swarmWorkload(document.workload, streams('workload')) }),
    ...(nemesis === null ? {} : { nemesis }),
    faults: [
      ...(document.faults ?? []),
      ...triggeredFaults(document, protocol?.marks ?? [], protocol?.messageTypes ?? [], streams),
    ],
  };
  return { ...drawn, ...patientLiveness(drawn, protocol) };
}

/** What a seed draws: a configuration of its own, or with `swarm` false the scenario as it is. */
export function drawnDocument(subject: Subject, seed: string, swarm: boolean): ScenarioDocument {
  return swarm ? swarmDocument(subject, seed) : subject.document;
}

function pickFocus(
  hints: CampaignHints | undefined,
  stream: RandomStream,
): CampaignHints['focuses'][number] | null {
  if (hints === undefined || hints.focuses.length === 0 || stream.chance(500_000)) return null;
  return stream.pick(hints.focuses);
}

function drawVariants(
  hints: CampaignHints | undefined,
  stream: RandomStream,
): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const group of hints?.variants ?? []) Object.assign(config, stream.pick(group));
  return config;
}

/** Names are left as they are where anything else of the file speaks of them. */
function swarmTopology(
  document: ScenarioDocument,
  protocol: ProtocolDefinition | undefined,
  stream: RandomStream,
): ScenarioDocument['topology'] {
  const { servers, clients } = document.topology;
  const drawnServers = stream.pick([3, 3, 4, 5, 5]);
  const drawnClients = stream.between(2, 6);
  const named = protocol?.clientConfigKeys?.some((key) => document.config?.[key] !== undefined);
  const free =
    named !== true &&
    document.faults === undefined &&
    document.script === undefined &&
    document.clocks === undefined &&
    document.network?.links === undefined;
  return {
    servers: free && typeof servers === 'number' ? drawnServers : servers,
    ...(clients === undefined
      ? {}
      : { clients: free && typeof clients === 'number' && clients > 0 ? drawnClients : clients }),
  };
}

function swarmNetwork(
  document: ScenarioDocument,
  stream: RandomStream,
): ScenarioDocument['network'] {
  // An idle phase is only for networks that disturb nobody by themselves.
  if (document.idle !== undefined) return document.network;
  const latencies = [
    ['1ms', '10ms'],
    ['500us', '2ms'],
    ['1ms', '40ms'],
    { exponential: { mean: '8ms' } },
    { bimodal: { fast: ['1ms', '4ms'], slow: ['60ms', '300ms'], slowShare: '2%' } },
  ] as NonNullable<ScenarioDocument['network']>['latency'][];
  const network = {
    ...document.network,
    latency: stream.pick(latencies),
    loss: stream.pick(['0%', '0%', '1%', '5%']),
    duplicate: stream.pick(['0%', '0%', '2%', '10%']),
    reorder: stream.pick(['0%', '0%', '5%']),
  };
  // Links that keep their order are connections: what is sent on one arrives once, in turn, or it breaks.
  return document.network?.fifo === true ? { ...network, duplicate: '0%', reorder: '0%' } : network;
}

function swarmWorkload(
  workload: NonNullable<ScenarioDocument['workload']>,
  stream: RandomStream,
): NonNullable<ScenarioDocument['workload']> {
  const mix = Object.fromEntries(
    Object.keys(workload.mix).map((f) => [f, stream.chance(250_000) ? 0 : stream.between(1, 6)]),
  );
  return {
    ...workload,
    mix: Object.values(mix).every((weight) => weight === 0) ? workload.mix : mix,
    keys: stream.between(1, 5),
    think: stream.pick([
      ['1ms', '30ms'],
      ['1ms', '5ms'],
      ['20ms', '200ms'],
    ] as [string, string][]),
  };
}

function swarmNemesis(
  document: ScenarioDocument,
  stream: RandomStream,
  focus: readonly string[] | null,
): Exclude<ScenarioDocument['nemesis'], string> | null {
  const { nemesis } = document;
  if (nemesis === undefined) return null;
  const own = typeof nemesis === 'string' ? { profile: nemesis } : nemesis;
  const base: Weights = own.weights ?? NEMESIS_PROFILES[own.profile ?? 'default']!.weights;
  const allowed = NEMESIS_KINDS.filter((kind) => (base[kind] ?? 0) > 0);
  const weights: Weights = {};
  for (const kind of allowed) {
    const [on, weight] = [stream.chance(500_000), stream.between(1, 8)];
    if (focus === null ? on : focus.includes(kind)) weights[kind] = weight;
  }
  const gapMs = stream.pick([60, 150, 400]);
  const forMs = stream.pick([60, 200, 600]);
  return {
    ...own,
    weights: Object.keys(weights).length === 0 ? base : weights,
    gap: [`${gapMs}ms`, `${gapMs * 4}ms`],
    for: [`${forMs}ms`, `${forMs * 4}ms`],
  };
}

/** Up to three short faults at an event of the protocol: right after an election, at the n-th message of a type. */
function triggeredFaults(
  document: ScenarioDocument,
  marks: readonly string[],
  messageTypes: readonly string[],
  streams: (purpose: string) => RandomStream,
): FaultEntry[] {
  const stream = streams('triggers');
  if (document.nemesis === undefined || marks.length + messageTypes.length === 0) return [];
  if (stream.chance(500_000)) return [];
  const taken = new Set((document.faults ?? []).map(({ id }) => id));
  return Array.from({ length: stream.between(1, 3) }, (_, index): FaultEntry => {
    const id = `t${index + 1}`;
    const free = taken.has(id) ? `triggered-${id}` : id;
    return triggeredFault(document, marks, messageTypes, stream, free);
  });
}

/** A short fault at an event of the protocol: a mark, or the n-th message of a type; one of the lists is not empty. */
export function triggeredFault(
  { topology }: ScenarioDocument,
  marks: readonly string[],
  messageTypes: readonly string[],
  stream: RandomStream,
  id: string,
): FaultEntry {
  const onMark = messageTypes.length === 0 || (marks.length > 0 && stream.chance(400_000));
  const when: TriggerEntry = onMark
    ? { mark: stream.pick(marks), nth: stream.between(1, 4) }
    : {
        message: stream.pick(messageTypes),
        on: stream.pick(['sent', 'delivered'] as const),
        nth: stream.between(1, 60),
      };
  // Two servers have no minority.
  const few = nodeNames(topology.servers, 'n').length < 3 ? 'random 1' : 'minority';
  return {
    id,
    when,
    after: writeDuration(stream.pick([0, 0, 1_000, 20_000])),
    kind: stream.pick(['kill', 'isolate', 'pause', 'power-loss'] as const),
    target: stream.pick(['leader', 'leader', 'random 1', few]),
    for: `${stream.pick([30, 100, 300, 800])}ms`,
    mayMiss: true,
  };
}
