import type { NodeEnv, NodeProgram } from '../../../src/sim/engine/env.ts';
import { Simulation, type SimulationOptions } from '../../../src/sim/engine/simulation.ts';
import { FaultEngine } from '../../../src/sim/faults/fault-engine.ts';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import { NEMESIS_PROFILES } from '../../../src/sim/faults/nemesis-profile.ts';
import { drawSchedule } from '../../../src/sim/faults/nemesis.ts';
import { TriggerHub } from '../../../src/sim/faults/trigger-hub.ts';
import { Network } from '../../../src/sim/network/network.ts';
import { DiskArray } from '../../../src/sim/storage/disk-array.ts';

/** A world that uses everything that could break a hash: every latency model, tasks, timers, disks, clocks, faults. */
function gossip(env: NodeEnv): NodeProgram {
  const random = env.random('gossip');
  let writes = 0;
  return {
    onStart: () => {
      env.setTimer('tick', random.between(10_000, 40_000));
      env.spawn(
        (function* () {
          for (;;) {
            const peer = random.below(env.nodeCount);
            const result = yield* env.call(peer, { type: 'Ask' }, 20_000);
            env.mark('asked', { ok: result.ok, atUs: env.wallUs() });
            yield* env.sleep(random.between(0, 15_000));
          }
        })(),
      );
    },
    onTimer: () => {
      writes += 1;
      env.disk.append('log', { writes, atUs: env.monotonicUs() });
      env.disk.sync(writes);
      env.setTimer('tick', random.between(10_000, 40_000));
    },
    onSynced: (token, error) => {
      const message = { type: 'Durable', token, error, kept: env.disk.read('log').length };
      for (let peer = 0; peer < env.nodeCount; peer += 1)
        if (peer !== env.id) env.send(peer, message);
    },
    onMessage: (from, _message, replyTo) => {
      if (replyTo > 0) env.reply(from, replyTo, { type: 'Answer' });
    },
  };
}

export interface HashWorldResult {
  readonly simulation: Simulation;
  readonly hash: string;
  readonly events: number;
  readonly schedule: readonly Fault[];
}

/** Runs it for 1.5 virtual seconds under the nemesis, or under the given schedule. */
export function runHashWorld(
  seed: string,
  options: Partial<SimulationOptions> = {},
  given: readonly Fault[] | null = null,
): HashWorldResult {
  const simulation = new Simulation({ seed, ...options });
  const servers = ['n1', 'n2', 'n3', 'n4', 'n5'].map((name) => simulation.addNode(name, gossip).id);
  const network = new Network(simulation, {
    profile: {
      latency: {
        kind: 'bimodal',
        fast: { kind: 'lognormal', medianUs: 2_000, sigmaPpm: 500_000 },
        slow: { kind: 'exponential', minUs: 5_000, meanUs: 20_000 },
        slowPpm: 50_000,
      },
      lossPpm: 20_000,
      duplicatePpm: 10_000,
      reorderPpm: 30_000,
    },
  });
  const disks = new DiskArray(simulation, {
    syncLatency: { kind: 'uniform', minUs: 100, maxUs: 3_000 },
    unsynced: 'subset',
  });
  for (const server of servers) simulation.start(server, 0);
  const hub = new TriggerHub((node) => simulation.nameOf(node));
  simulation.observer = hub;
  const world = {
    simulation,
    network,
    disks,
    servers,
    clients: [],
    roleOf: (node: number) => (node === 0 ? 'leader' : 'follower'),
    rankOf: () => 1,
  };
  const drawn = drawSchedule(
    NEMESIS_PROFILES['default']!,
    0,
    1_200_000,
    simulation.streams.get('faults/nemesis/schedule'),
  );
  const faults = new FaultEngine(world, hub, given ?? drawn);
  simulation.control(1_200_000, 'heal', () => {
    faults.heal();
  });
  simulation.run({ untilUs: 1_500_000 });
  const { trace } = simulation;
  return { simulation, hash: trace.hash(), events: trace.events, schedule: drawn };
}
