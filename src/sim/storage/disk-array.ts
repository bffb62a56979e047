import type { Disk, NodeId } from '../engine/env.ts';
import { POWER_LOSS, SYNCED } from '../engine/event-kind.ts';
import type { DiskProvider } from '../engine/ports.ts';
import type { RandomStream } from '../engine/random.ts';
import type { Simulation } from '../engine/simulation.ts';
import { latencySampler, type LatencyModel, type LatencySampler } from '../network/latency.ts';
import { IncarnationDisk, NodeDisk, type UnsyncedSurvival } from './node-disk.ts';

export interface DiskOptions {
  /** How long a sync takes. */
  readonly syncLatency: LatencyModel;
  /** What unsynced writes survive a power loss. Default `prefix`. */
  readonly unsynced?: UnsyncedSurvival;
  /** Chance in a million that the first lost append leaves a torn record. Default 0. */
  readonly tornPpm?: number;
}

/** What disk faults do to a node's disk while they last. */
export interface DiskTrouble {
  /** Syncs take this many times as long; of several troubles the worst counts. */
  slowdown: number;
  /** Chance in a million that a sync fails and its writes are lost. */
  failSyncPpm: number;
  /** Syncs do not end before the trouble does. */
  stalled: boolean;
  readonly effect: { count: number };
}

interface SyncUnderWay {
  readonly token: number;
  readonly incarnation: number;
  /** The disk's power epoch: a sync from before a power loss never ends. */
  readonly epoch: number;
  readonly through: number;
  readonly fails: boolean;
}

/** What a queued SYNCED event means, in its `a`: the disk is done, or a process that was paused is to hear of it. */
const DISK_DONE = 0;
const TELL = 1;

class DiskUnit {
  readonly disk = new NodeDisk();
  readonly latencyStream: RandomStream;
  readonly faultStream: RandomStream;
  readonly troubles: DiskTrouble[] = [];
  epoch = 0;
  lastEndUs = 0;
  /** Oldest first: whichever event comes, it ends the oldest. */
  underWay: SyncUnderWay[] = [];
  /** Syncs that would have ended but for a stall. */
  stalledEnds = 0;

  constructor(stream: (purpose: string) => RandomStream) {
    this.latencyStream = stream('sync');
    this.faultStream = stream('fault');
  }

  /** No sync under way will ever end. */
  abandonSyncs(): void {
    this.epoch += 1;
    this.underWay = [];
    this.stalledEnds = 0;
    this.lastEndUs = 0;
  }
}

/** One disk for every node of a simulation. */
export class DiskArray implements DiskProvider {
  /** Syncs that ended, well or not. */
  syncs = 0;
  readonly #simulation: Simulation;
  readonly #options: DiskOptions;
  readonly #sampler: LatencySampler;
  readonly #units: (DiskUnit | undefined)[] = [];

  constructor(simulation: Simulation, options: DiskOptions) {
    this.#simulation = simulation;
    this.#options = options;
    this.#sampler = latencySampler(options.syncLatency);
    simulation.disks = this;
    simulation.on(SYNCED, (slot) => {
      const { queue } = simulation;
      const node = queue.node[slot]!;
      const sync = queue.payload[slot] as SyncUnderWay;
      if (queue.a[slot] === TELL) this.#tell(node, sync);
      else this.#onSyncEnd(node, sync.epoch);
    });
  }

  open(node: NodeId, incarnation: number): Disk {
    const unit = this.#unit(node);
    const host = this.#simulation.hosts[node]!;
    return new IncarnationDisk(
      unit.disk,
      () => host.incarnation === incarnation && host.status !== 'down',
      (token) => {
        this.#beginSync(node, unit, token, incarnation);
      },
    );
  }

  /** The disk itself, for invariants and tests. */
  diskOf(node: NodeId): NodeDisk {
    return this.#unit(node).disk;
  }

  /** The node's machine loses power: its process dies and unsynced writes are gone as configured. */
  powerLoss(node: NodeId): void {
    const unit = this.#unit(node);
    const { unsynced = 'prefix', tornPpm = 0 } = this.#options;
    this.#simulation.hosts[node]!.crash('power-loss');
    unit.abandonSyncs();
    const lost = unit.disk.losePower(unsynced, tornPpm, unit.faultStream);
    this.#simulation.record(POWER_LOSS, node, -1, lost, 0, undefined);
  }

  /** The node crashes and comes back with an empty disk. */
  loseDisk(node: NodeId): void {
    const unit = this.#unit(node);
    this.#simulation.hosts[node]!.crash('power-loss');
    unit.abandonSyncs();
    unit.disk.wipe();
    this.#simulation.record(POWER_LOSS, node, -1, -1, 0, undefined);
  }

  /** Whether the disk has a sync under way. */
  isSyncing(node: NodeId): boolean {
    return this.#unit(node).underWay.length > 0;
  }

  /** Whether a fault touches the disk now, or syncs that one stalled have not ended. */
  isTroubled(node: NodeId): boolean {
    const { troubles, stalledEnds } = this.#unit(node);
    return troubles.length > 0 || stalledEnds > 0;
  }

  addTrouble(node: NodeId, trouble: DiskTrouble): void {
    this.#unit(node).troubles.push(trouble);
  }

  /** Ends a trouble; syncs that it stalled end now. */
  removeTrouble(node: NodeId, trouble: DiskTrouble): void {
    const unit = this.#unit(node);
    const index = unit.troubles.indexOf(trouble);
    if (index >= 0) unit.troubles.splice(index, 1);
    if (unit.troubles.some((other) => other.stalled)) return;
    const { nowUs } = this.#simulation;
    for (const sync of unit.underWay.slice(0, unit.stalledEnds))
      this.#scheduleEnd(node, sync, nowUs);
    unit.stalledEnds = 0;
  }

  #unit(node: NodeId): DiskUnit {
    let unit = this.#units[node];
    if (unit === undefined) {
      const name = this.#simulation.nameOf(node);
      unit = new DiskUnit((purpose) => this.#simulation.streams.get(`disk/${name}/${purpose}`));
      this.#units[node] = unit;
    }
    return unit;
  }

  #beginSync(node: NodeId, unit: DiskUnit, token: number, incarnation: number): void {
    let slowdown = 1;
    let fails = false;
    for (const trouble of unit.troubles) {
      if (trouble.slowdown > 1) {
        // The worst counts: multiplied, a few would keep a sync under way for minutes, long after they have ended.
        slowdown = Math.max(slowdown, trouble.slowdown);
        trouble.effect.count += 1;
      }
      if (trouble.failSyncPpm > 0 && unit.faultStream.chance(trouble.failSyncPpm)) {
        fails = true;
        trouble.effect.count += 1;
      }
    }
    const latencyUs = this.#sampler(unit.latencyStream) * slowdown;
    const { epoch, disk } = unit;
    const sync = { token, incarnation, epoch, through: disk.written(), fails };
    unit.underWay.push(sync);
    unit.lastEndUs = Math.max(unit.lastEndUs, this.#simulation.nowUs + latencyUs);
    this.#scheduleEnd(node, sync, unit.lastEndUs);
  }

  #scheduleEnd(node: NodeId, sync: SyncUnderWay, atUs: number): void {
    this.#simulation.schedule(atUs, SYNCED, node, -1, DISK_DONE, 0, sync);
  }

  #onSyncEnd(node: NodeId, epoch: number): void {
    const unit = this.#unit(node);
    if (epoch !== unit.epoch) return;
    const stall = unit.troubles.find((trouble) => trouble.stalled);
    if (stall !== undefined) {
      stall.effect.count += 1;
      unit.stalledEnds += 1;
      return;
    }
    const sync = unit.underWay.shift()!;
    // The kernel finishes what a killed or paused process asked for.
    if (sync.fails) unit.disk.fail(sync.through);
    else unit.disk.settle(sync.through);
    this.syncs += 1;
    this.#tell(node, sync);
  }

  #tell(node: NodeId, sync: SyncUnderWay): void {
    const simulation = this.#simulation;
    const host = simulation.hosts[node]!;
    if (host.incarnation !== sync.incarnation || host.status === 'down') return;
    if (host.buffering) {
      host.hold(SYNCED, -1, TELL, 0, sync);
      return;
    }
    const error = sync.fails ? 'io-error' : null;
    simulation.record(SYNCED, node, -1, sync.token, sync.fails ? 1 : 0, error);
    simulation.observer?.onSynced?.(node, error);
    host.synced(sync.token, error);
  }
}
