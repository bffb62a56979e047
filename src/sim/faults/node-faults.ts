import type { NodeId } from '../engine/env.ts';
import type { RandomStream } from '../engine/random.ts';
import type { EffectCounter } from '../network/link.ts';
import type { DiskTrouble } from '../storage/disk-array.ts';
import type { FaultAction } from './fault.ts';
import { resolveTarget, type FaultWorld } from './fault-world.ts';
import type { Drifts, Holds } from './holds.ts';
import type { BegunFault, NetworkFaultAction } from './network-faults.ts';

export type NodeFaultAction = Exclude<FaultAction, NetworkFaultAction>;

/** What keeps nodes down, paused or frozen, over all faults of a run. */
export interface NodeHolds {
  readonly down: Holds;
  readonly paused: Holds;
  readonly frozen: Holds;
  readonly drifts: Drifts;
}

export function beginNodeFault(
  world: FaultWorld,
  action: NodeFaultAction,
  effect: EffectCounter,
  stream: RandomStream,
  holds: NodeHolds,
): BegunFault {
  const targets = resolveTarget(world, action.target, stream);
  const undo = new Map(
    targets.map((node) => [node, beginOn(world, node, action, effect, holds)] as const),
  );
  const endOn = (node: NodeId): void => {
    undo.get(node)?.();
    undo.delete(node);
  };
  return {
    targets,
    end: () => {
      for (const node of [...undo.keys()]) endOn(node);
    },
    endAmong: (nodes) => {
      for (const node of [...undo.keys()]) if (nodes.has(node)) endOn(node);
    },
  };
}

function beginOn(
  world: FaultWorld,
  node: NodeId,
  action: NodeFaultAction,
  effect: EffectCounter,
  holds: NodeHolds,
): () => void {
  const host = world.simulation.hosts[node]!;
  switch (action.kind) {
    case 'kill':
    case 'power-loss':
    case 'disk-loss': {
      if (host.status !== 'down') effect.count += 1;
      if (action.kind === 'kill') host.crash('process-kill');
      else if (action.kind === 'power-loss') world.disks.powerLoss(node);
      else world.disks.loseDisk(node);
      holds.down.add(node);
      host.keptDown = true;
      return () => {
        if (!holds.down.release(node)) return;
        host.keptDown = false;
        world.simulation.start(node);
      };
    }
    case 'pause': {
      if (host.status === 'up') effect.count += 1;
      host.pause();
      holds.paused.add(node);
      return () => {
        if (holds.paused.release(node)) host.resume();
      };
    }
    case 'slow-disk':
      return trouble(world, node, {
        slowdown: action.factor,
        failSyncPpm: 0,
        stalled: false,
        effect,
      });
    case 'stalled-disk':
      return trouble(world, node, { slowdown: 1, failSyncPpm: 0, stalled: true, effect });
    case 'failed-sync':
      return failedSyncs(world, node, action.failPpm, effect, holds.down);
    case 'fire-timer':
      // A dead process keeps its timers until the next one boots.
      if (host.status !== 'down' && host.timers.fireNow(action.timer)) effect.count += 1;
      return () => undefined;
    case 'wake':
      if (host.status !== 'down' && host.tasks.wakeFirst()) effect.count += 1;
      return () => undefined;
    case 'clock-step':
    case 'clock-drift':
    case 'clock-freeze':
      return beginOnClock(world, node, action, effect, holds);
  }
}

/** Syncs fail; a process that stopped because of it is started again when the trouble is over. */
function failedSyncs(
  world: FaultWorld,
  node: NodeId,
  failSyncPpm: number,
  effect: EffectCounter,
  down: Holds,
): () => void {
  const end = trouble(world, node, { slowdown: 1, failSyncPpm, stalled: false, effect });
  return () => {
    end();
    if (world.simulation.hosts[node]!.status === 'down' && !down.isHeld(node))
      world.simulation.start(node);
  };
}

function trouble(world: FaultWorld, node: NodeId, added: DiskTrouble): () => void {
  world.disks.addTrouble(node, added);
  return () => {
    world.disks.removeTrouble(node, added);
  };
}

function beginOnClock(
  world: FaultWorld,
  node: NodeId,
  action: Extract<NodeFaultAction, { kind: 'clock-step' | 'clock-drift' | 'clock-freeze' }>,
  effect: EffectCounter,
  { frozen, drifts }: NodeHolds,
): () => void {
  const { simulation } = world;
  const host = simulation.hosts[node]!;
  effect.count += 1;
  const change = (apply: () => void) => (): void => {
    apply();
    host.clockChanged();
  };
  const { clock } = host;
  if (action.kind === 'clock-step') {
    change(() => {
      clock.step(action.byUs);
    })();
    simulation.observer?.onNodeChange?.(node, 'clock-step');
    // A stepped clock stays wrong until something steps it back; that is another fault.
    return () => undefined;
  }
  if (action.kind === 'clock-drift') {
    const takeOff = drifts.add(node, action.ppm);
    const drift = change(() => {
      clock.setDrift(drifts.of(node), simulation.nowUs);
    });
    drift();
    return () => {
      takeOff();
      drift();
    };
  }
  frozen.add(node);
  change(() => {
    clock.setFrozen(true, simulation.nowUs);
  })();
  return () => {
    if (!frozen.release(node)) return;
    change(() => {
      clock.setFrozen(false, simulation.nowUs);
    })();
  };
}
