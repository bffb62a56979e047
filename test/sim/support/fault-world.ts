import type { Message, NodeEnv } from '../../../src/sim/engine/env.ts';
import type { Simulation } from '../../../src/sim/engine/simulation.ts';
import { FaultEngine } from '../../../src/sim/faults/fault-engine.ts';
import type { FaultWorld } from '../../../src/sim/faults/fault-world.ts';
import type { Fault, FaultAction, FaultReport, Moment } from '../../../src/sim/faults/fault.ts';
import { TriggerHub } from '../../../src/sim/faults/trigger-hub.ts';
import { buildWorld, type BuiltWorld } from './build-world.ts';

export interface Beat extends Message {
  readonly number: number;
}

export interface FaultedWorld extends BuiltWorld {
  readonly faults: FaultEngine;
  readonly hub: TriggerHub;
  readonly world: FaultWorld;
  /** `<time> <what>`: boots and fired timers of the servers. */
  readonly log: string[];
  /** Messages that reached each node, by `from>to`. */
  readonly delivered: Map<string, number>;
  readonly report: (id: string) => FaultReport;
}

export interface FaultWorldSettings {
  readonly schedule: readonly Fault[];
  readonly servers?: number;
  readonly seed?: string;
  readonly ties?: 'fifo' | 'shuffled';
  /** The server that claims to be leader; null for none. */
  readonly leader?: number | null;
}

const BEAT_US = 10_000;

/** Every node sends a `Beat` to all others every 10 ms, appends to its disk and syncs. Servers n1.., clients c1, c2. */
export function faultWorld(settings: FaultWorldSettings): FaultedWorld {
  const { servers = 5, leader = 0 } = settings;
  const log: string[] = [];
  const delivered = new Map<string, number>();
  let simulation: Simulation | null = null;
  const beating = (env: NodeEnv) => {
    let number = 0;
    return {
      onStart: () => {
        log.push(`${simulation!.nowUs} ${env.name} boots`);
        env.setTimer('beat', BEAT_US);
        env.setTimer('election', 60_000_000);
      },
      onTimer: (name: string) => {
        if (name !== 'beat') {
          log.push(`${simulation!.nowUs} ${env.name} ${name}`);
          return;
        }
        number += 1;
        for (let peer = 0; peer < env.nodeCount; peer += 1)
          if (peer !== env.id) env.send(peer, { type: 'Beat', number });
        env.disk.append('log', number);
        env.disk.sync(number);
        env.setTimer('beat', BEAT_US);
        if (number === 3) env.mark('third', { number, even: false });
      },
      onMessage: (from: number) => {
        const key = `${env.nameOf(from)}>${env.name}`;
        delivered.set(key, (delivered.get(key) ?? 0) + 1);
      },
    };
  };
  const serverNames = Array.from({ length: servers }, (_, index) => `n${index + 1}`);
  const built = buildWorld({
    seed: settings.seed ?? 'faults',
    ties: settings.ties ?? 'fifo',
    nodes: Object.fromEntries([...serverNames, 'c1', 'c2'].map((name) => [name, beating])),
  });
  ({ simulation } = built);
  const hub = new TriggerHub((node) => built.simulation.nameOf(node));
  built.simulation.observer = hub;
  const world: FaultWorld = {
    ...built,
    servers: serverNames.map((_, index) => index),
    clients: [servers, servers + 1],
    roleOf: (node) => {
      if (built.hosts[node]!.status === 'down') return '';
      return node === leader ? 'leader' : 'follower';
    },
    rankOf: () => 1,
  };
  const faults = new FaultEngine(world, hub, settings.schedule);
  return {
    ...built,
    faults,
    hub,
    world,
    log,
    delivered,
    report: (id) => faults.reports().find((one) => one.id === id)!,
  };
}

/** A fault that begins at `atUs` and lasts `forUs`. */
export function timed(id: string, atUs: number, forUs: number | null, action: FaultAction): Fault {
  return { id, start: { atUs }, end: forUs === null ? null : { forUs }, action };
}

export function triggered(id: string, start: Moment, action: FaultAction): Fault {
  return { id, start, end: { forUs: 50_000 }, action };
}

export function nodes(...names: string[]): { readonly kind: 'nodes'; readonly names: string[] } {
  return { kind: 'nodes', names };
}
