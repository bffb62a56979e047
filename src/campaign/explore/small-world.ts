import type { OperationRequest } from '../../protocols/protocol.ts';
import { OperationSource } from '../../scenario/workload.ts';
import { RandomStreams } from '../../sim/engine/random.ts';
import {
  compileDocument,
  nodeNames,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { omit } from '../documents/omit.ts';
import type { Bounds } from './bounds.ts';
import { StateHasher } from './state-hasher.ts';
import { SYNC_US, type Exploration } from './explored-cluster.ts';

/** Longer than any explored story, shorter than any message left on its way. */
const DURATION = '1s';
const NEVER = '1m';

/**
 * A scenario made small: its protocol, configuration and bug on the named number of servers and clients, without time,
 * chance or faults of its own. What the explorer finds is written on top of this document.
 */
function smallDocument(
  document: ScenarioDocument,
  servers: number | null,
  clients: number,
): ScenarioDocument {
  const rest = omit(
    document,
    'faults',
    'nemesis',
    'workload',
    'script',
    'require',
    'properties',
    'clocks',
    'ties',
    'idle',
    'maxEvents',
    'claim',
    'source',
    'tags',
  );
  const asked = nodeNames(document.topology.clients, 'c').slice(0, clients);
  return {
    ...rest,
    topology: {
      servers: servers ?? document.topology.servers,
      clients: asked.length,
    },
    network: { latency: NEVER, ...(document.network?.fifo === true ? { fifo: true } : {}) },
    disk: { sync: `${SYNC_US}us`, unsynced: 'none' },
    duration: DURATION,
    liveness: 'none',
  };
}

/** A scenario as something to explore, and the small document it stands for. */
export interface SmallWorld {
  readonly subject: Subject;
  readonly exploration: Exploration;
}

/**
 * The operations are those that the scenario's script asks for, or else those that its workload would draw first.
 * @throws ScenarioError when the scenario's configuration does not fit so few servers.
 */
export function smallWorld(
  subject: Subject,
  bounds: Bounds,
  size: { readonly servers: number | null; readonly clients: number; readonly seed: string },
): SmallWorld {
  const clients = bounds.requests === 0 ? 0 : Math.min(size.clients, bounds.requests);
  const document = smallDocument(subject.document, size.servers, clients);
  const small = withDocument(subject, document);
  const scenario = compileDocument(small);
  return {
    subject: small,
    exploration: {
      scenario,
      seed: size.seed,
      bounds,
      operations: operationsOf(subject, scenario.clients, bounds.requests, size.seed),
      hasher: new StateHasher(scenario.protocol.states?.ignored ?? []),
      timers: [],
    },
  };
}

function operationsOf(
  subject: Subject,
  clients: readonly string[],
  requests: number,
  seed: string,
): OperationRequest[][] {
  const { script, workload, protocol } = compileDocument(subject);
  if (script.length > 0)
    return clients.map((client, index) =>
      script
        .filter((step) => step.client === client || clientIndex(step.client, subject) === index)
        .map(({ f, key, value }) => ({ f, key, value })),
    );
  if (workload === null) return clients.map(() => []);
  const shared = { nextValue: 0, lastSeen: new Map<string, unknown>() };
  const streams = new RandomStreams(seed);
  const sources = clients.map(
    (client) =>
      new OperationSource(
        { ...workload, operations: requests },
        shared,
        streams.get(`workload/${client}/operations`),
        protocol.valueFor,
      ),
  );
  const drawn = clients.map((): OperationRequest[] => []);
  for (let round = 0; round < requests; round += 1)
    for (const [client, source] of sources.entries()) drawn[client]!.push(source.next()!);
  return drawn;
}

function clientIndex(name: string, { document }: Subject): number {
  return nodeNames(document.topology.clients, 'c').indexOf(name);
}
