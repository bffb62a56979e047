import type { NodeId } from '../engine/env.ts';
import { FAULT_END, FAULT_START } from '../engine/event-kind.ts';
import { CUT_KINDS } from './fault.ts';
import type { Fault, FaultAction, FaultReport, Moment, FaultBegun } from './fault.ts';
import type { FaultWorld } from './fault-world.ts';
import { Drifts, Holds } from './holds.ts';
import { beginNetworkFault, type BegunFault, type NetworkFaultAction } from './network-faults.ts';
import { beginNodeFault, type NodeFaultAction, type NodeHolds } from './node-faults.ts';
import type { TriggerHub } from './trigger-hub.ts';

interface RunningFault {
  readonly fault: Fault;
  readonly effect: { count: number };
  state: FaultReport['state'];
  startUs: number | null;
  startEvent: number | null;
  endUs: number | null;
  begun: BegunFault | null;
}

const NETWORK_KINDS: ReadonlySet<string> = new Set([...CUT_KINDS, 'messages', 'clog', 'message']);

/** Executes a schedule: begins and ends each fault at its moment, counts its effect, and heals everything at the end. */
export class FaultEngine {
  readonly #world: FaultWorld;
  readonly #hub: TriggerHub;
  readonly #faults: RunningFault[];
  readonly #holds: NodeHolds = {
    down: new Holds(),
    paused: new Holds(),
    frozen: new Holds(),
    drifts: new Drifts(),
  };
  /** True once {@link heal} was called. */
  healed = false;
  /** How many faults are under way. */
  active = 0;

  constructor(world: FaultWorld, hub: TriggerHub, schedule: readonly Fault[]) {
    this.#world = world;
    this.#hub = hub;
    this.#faults = schedule.map(waiting);
    for (const running of this.#faults)
      this.at(running.fault.start, `fault ${running.fault.id}`, () => {
        this.#begin(running);
      });
  }

  /** Runs `action` at a moment, as an event of its own. */
  at(moment: Moment, label: string, action: () => void): void {
    const { simulation } = this.#world;
    if ('atUs' in moment) {
      simulation.control(moment.atUs, label, action);
      return;
    }
    this.#hub.wait(moment.when, () => {
      // Never inside the event that pulled the trigger: that one is not over yet.
      simulation.control(simulation.nowUs + moment.delayUs, label, action);
    });
  }

  /** Ends every fault, starts nodes that a fault keeps down, and lets none begin any more. */
  heal(): void {
    this.healed = true;
    for (const running of this.#faults) this.#end(running);
  }

  /**
   * Ends faults among these nodes only: what touches any other node stays for ever, and so does what begins now with
   * `added`. None begins or ends any more.
   */
  healAmong(nodes: ReadonlySet<NodeId>, added: readonly Fault[]): void {
    this.healed = true;
    for (const running of this.#faults)
      if (running.state === 'active') running.begun?.endAmong(nodes);
    for (const fault of added) {
      const running = waiting(fault);
      this.#faults.push(running);
      this.#start(running);
    }
  }

  reports(): FaultReport[] {
    return this.#faults.map(({ fault, effect, state, startUs, startEvent, endUs, begun }) => ({
      id: fault.id,
      kind: fault.action.kind,
      state,
      startUs,
      startEvent,
      endUs,
      targets: (begun?.targets ?? []).map((node: NodeId) => this.#world.simulation.nameOf(node)),
      effect: effect.count,
    }));
  }

  #begin(running: RunningFault): void {
    if (this.healed || running.state !== 'waiting') return;
    this.#start(running);
    const { fault } = running;
    if (fault.end === null) return;
    const { nowUs } = this.#world.simulation;
    const end: Moment = 'forUs' in fault.end ? { atUs: nowUs + fault.end.forUs } : fault.end.until;
    this.at(end, `end of fault ${fault.id}`, () => {
      if (!this.healed) this.#end(running);
    });
  }

  #start(running: RunningFault): void {
    const { simulation } = this.#world;
    const { fault, effect } = running;
    running.state = 'active';
    this.active += 1;
    running.startUs = simulation.nowUs;
    running.startEvent = simulation.trace.events;
    const begun: FaultBegun = { fault, targets: [] };
    simulation.record(FAULT_START, -1, -1, 0, simulation.digester.ofString(fault.id), begun);
    running.begun = this.#act(fault.action, fault.id, effect);
    // What it hits happens inside the event that began, so the row comes first and learns its targets afterwards.
    begun.targets = running.begun.targets.map((node) => simulation.nameOf(node));
    this.#hub.onFault(fault.id, 'start');
  }

  #act(action: FaultAction, id: string, effect: { count: number }): BegunFault {
    const stream = this.#world.simulation.streams.get(`faults/${id}/target`);
    return NETWORK_KINDS.has(action.kind)
      ? beginNetworkFault(this.#world, action as NetworkFaultAction, effect, stream)
      : beginNodeFault(this.#world, action as NodeFaultAction, effect, stream, this.#holds);
  }

  #end(running: RunningFault): void {
    if (running.state !== 'active') return;
    const { simulation } = this.#world;
    running.state = 'ended';
    this.active -= 1;
    running.endUs = simulation.nowUs;
    const { fault } = running;
    simulation.record(FAULT_END, -1, -1, 0, simulation.digester.ofString(fault.id), fault);
    running.begun?.end();
    this.#hub.onFault(fault.id, 'end');
  }
}

function waiting(fault: Fault): RunningFault {
  return {
    fault,
    effect: { count: 0 },
    state: 'waiting',
    startUs: null,
    startEvent: null,
    endUs: null,
    begun: null,
  };
}
