import { HistoryBuilder } from '../history/history-builder.ts';
import type { LockTimeline } from '../protocols/lock-timeline.ts';
import type {
  Figure,
  InvariantViolation,
  OperationRequest,
  Outcome,
  RunPhase,
  WitnessVerdict,
} from '../protocols/protocol.ts';
import type { NodeId } from '../sim/engine/env.ts';
import type { NodeHost } from '../sim/engine/node-host.ts';
import { RandomStream } from '../sim/engine/random.ts';
import { Simulation } from '../sim/engine/simulation.ts';
import type { TraceLevel } from '../sim/engine/trace.ts';
import { FaultEngine } from '../sim/faults/fault-engine.ts';
import type { FaultWorld } from '../sim/faults/fault-world.ts';
import type { Fault } from '../sim/faults/fault.ts';
import { drawSchedule } from '../sim/faults/nemesis.ts';
import { TriggerHub } from '../sim/faults/trigger-hub.ts';
import { Network } from '../sim/network/network.ts';
import { DiskArray } from '../sim/storage/disk-array.ts';
import { ClientDriver } from './client-driver.ts';
import { HistoryFollower } from './history-follower.ts';
import { healedNodes, lastingFaults, quorumCoreOf, type QuorumCore } from './quorum-core.ts';
import { QUORUM_COMMITS } from './property-names.ts';
import { QuorumWatch } from './quorum-watch.ts';
import { RequirementWatch } from './requirement-watch.ts';
import type { Scenario } from './scenario.ts';
import { OperationSource, type WorkloadState } from './workload.ts';

export interface WorldOptions {
  readonly seed: string;
  readonly trace: TraceLevel;
  /** Build the protocol's monitor and watch its invariants. */
  readonly invariants: boolean;
  /** Run exactly these faults; null: the scenario's, and those its nemesis draws. */
  readonly schedule: readonly Fault[] | null;
  /** Freeze messages when sent. */
  readonly freeze: boolean;
  /** Follow the history with a checker and stop the run at the first answer that no order explains. */
  readonly stopAtViolation: boolean;
}

/** A violation with its place in the run. */
export interface LocatedViolation extends InvariantViolation {
  readonly event: number;
  readonly timeUs: number;
}

/** How many operations of one kind ended how, and how many were ok while a fault was active. */
export interface OperationCount {
  ok: number;
  fail: number;
  info: number;
  okDuringFaults: number;
}

/** A scenario brought to life for one seed: nodes, network, disks, faults and clients on one simulation. */
export class World {
  readonly scenario: Scenario;
  readonly simulation: Simulation;
  readonly network: Network;
  readonly disks: DiskArray;
  readonly servers: readonly NodeId[];
  readonly drivers: readonly ClientDriver[];
  readonly schedule: readonly Fault[];
  readonly faults: FaultEngine;
  /** Who is healed after the fault phase; null: everything. */
  readonly core: QuorumCore | null;
  readonly history = new HistoryBuilder();
  readonly violations: LocatedViolation[] = [];
  readonly operations = new Map<string, OperationCount>();
  readonly required: RequirementWatch;
  readonly logs: { readonly event: number; readonly node: NodeId; readonly text: string }[] = [];
  /** The event at which clients had been told something that no order explains; null: never, or nobody followed. */
  historyViolationEvent: number | null = null;
  /** Present when the run is asked to stop at the first violation and a model judges the history. */
  readonly follower: HistoryFollower | null;
  /** The protocol's monitor; null when nobody watches. */
  readonly monitor: unknown;
  /** Looks whether a quorum that no fault touches gets on; null: not asked. */
  readonly quorumWatch: QuorumWatch | null;
  readonly #hub: TriggerHub;

  constructor(scenario: Scenario, options: WorldOptions) {
    this.scenario = scenario;
    this.required = new RequirementWatch(scenario.required);
    const simulation = new Simulation({
      seed: options.seed,
      ties: scenario.ties,
      trace: options.trace,
    });
    this.simulation = simulation;
    this.servers = scenario.servers.map((_, index) => index);
    const monitor = options.invariants ? this.#createMonitor() : null;
    this.monitor = monitor;
    for (const name of scenario.servers)
      simulation.addNode(name, (env) =>
        scenario.protocol.createServer({
          env,
          config: scenario.config,
          servers: this.servers,
          monitor,
          bug: scenario.bug,
        }),
      );
    const { model } = scenario.protocol;
    this.follower = options.stopAtViolation && model !== null ? new HistoryFollower(model) : null;
    const shared: WorkloadState = { nextValue: 0, lastSeen: new Map() };
    this.drivers = scenario.clients.map((name, index) => this.#addClient(name, index, shared));
    this.network = new Network(simulation, {
      profile: scenario.network,
      links: scenario.links.map(({ from, to, profile }) => ({
        from: this.#idOf(from),
        to: this.#idOf(to),
        profile,
      })),
      freezeMessages: options.freeze,
    });
    this.disks = new DiskArray(simulation, scenario.disk);
    this.#hub = new TriggerHub((node) => simulation.nameOf(node));
    this.quorumWatch = this.#watchQuorum();
    this.#observe();
    this.#setClocks();
    for (const host of simulation.hosts) simulation.start(host.id, 0);
    this.schedule = options.schedule ?? this.#drawSchedule();
    this.core = quorumCoreOf(scenario, options.seed);
    this.faults = new FaultEngine(this.#faultWorld(), this.#hub, this.schedule);
    this.#scheduleScript();
    this.#scheduleWorkload(shared);
  }

  #createMonitor(): unknown {
    const { protocol, config } = this.scenario;
    const { simulation } = this;
    return protocol.createMonitor(
      this.servers,
      config,
      (id) => simulation.nameOf(id),
      (violation) => {
        this.#violated(violation);
      },
      () => simulation.nowUs,
    );
  }

  #violated(violation: InvariantViolation): void {
    if (this.violations.some(({ invariant }) => invariant === violation.invariant)) return;
    const { simulation } = this;
    this.violations.push({
      ...violation,
      event: simulation.trace.events,
      timeUs: simulation.nowUs,
    });
    // A declared violation is the beginning of the story that the scenario wants to tell.
    if (this.scenario.declared[violation.invariant] !== 'violated') simulation.stop();
  }

  /** What the protocol has begun and not ended; empty when it knows no such thing, or nobody watches. */
  unfinished(): readonly InvariantViolation[] {
    if (this.monitor === null) return [];
    return this.scenario.protocol.unfinished?.(this.monitor) ?? [];
  }

  /** What the protocol has measured so far; empty when nobody watches, or there is nothing to measure. */
  figures(): readonly Figure[] {
    if (this.monitor === null) return [];
    return this.scenario.protocol.figures?.(this.monitor) ?? [];
  }

  /** Who held which lock; null when the protocol is no lock service, or nobody watches. */
  lockTimeline(): LockTimeline | null {
    if (this.monitor === null) return null;
    return this.scenario.protocol.lockTimeline?.(this.monitor) ?? null;
  }

  /** Tells the protocol's monitor that a phase begins; never while a part of the cluster is left broken. */
  enter(phase: RunPhase): void {
    if (this.monitor !== null && this.core === null)
      this.scenario.protocol.onPhase?.(this.monitor, phase);
  }

  /** What the protocol knows from inside of the answers that clients got; null: nothing, or nobody watched. */
  witness(): WitnessVerdict | null {
    if (this.monitor === null) return null;
    return this.scenario.protocol.witness?.(this.monitor) ?? null;
  }

  /** The run is over, at its end or before: the monitor judges what is still under way. */
  end(): void {
    if (this.monitor !== null) this.scenario.protocol.onEnd?.(this.monitor);
  }

  /** The time is up: what is unfinished now is violated. */
  reportUnfinished(): void {
    for (const violation of this.unfinished()) this.#violated(violation);
  }

  #addClient(name: string, index: number, shared: WorkloadState): ClientDriver {
    const { scenario, simulation } = this;
    const host: NodeHost = simulation.addNode(name, (env) =>
      scenario.protocol.createClient({
        env,
        config: scenario.config,
        servers: this.servers,
        monitor: this.monitor,
        bug: scenario.bug,
        complete: (token, outcome) => {
          driver.complete(token, outcome);
        },
      }),
    );
    const driver = new ClientDriver(host, this.history, shared, index, scenario.clients.length, {
      onInvoke: (_client, id, operation, process) => {
        this.follower?.invoke(process, operation);
        if (id !== null) this.#hub.onOperation(id, 'invoke');
      },
      onComplete: (_client, id, operation, outcome, process) => {
        this.#count(operation, outcome);
        this.#follow(process, outcome);
        if (id === null) return;
        this.required.onOutcome(id, outcome);
        this.#hub.onOperation(id, 'complete');
      },
    });
    return driver;
  }

  #watchQuorum(): QuorumWatch | null {
    const { protocol, config, quorumCommitsUs } = this.scenario;
    const { core } = protocol;
    if (quorumCommitsUs === null || core?.commits === undefined) return null;
    const { servers, network, disks } = this;
    return new QuorumWatch(
      core,
      core.commits,
      quorumCommitsUs,
      { config, servers, hosts: this.simulation.hosts, network, disks },
      (stalled) => {
        this.#violated({ invariant: QUORUM_COMMITS, ...stalled });
      },
    );
  }

  #follow(process: number, outcome: Outcome): void {
    if (this.historyViolationEvent !== null) return;
    if (this.follower?.complete(process, outcome) !== true) return;
    this.historyViolationEvent = this.simulation.trace.events;
    this.simulation.stop();
  }

  /** Whether a violation ended the run before its time: what had not happened by then is nobody's fault. */
  get endedAtViolation(): boolean {
    return this.violations.length > 0 || this.historyViolationEvent !== null;
  }

  #count(operation: OperationRequest, outcome: Outcome): void {
    let count = this.operations.get(operation.f);
    if (count === undefined) {
      count = { ok: 0, fail: 0, info: 0, okDuringFaults: 0 };
      this.operations.set(operation.f, count);
    }
    count[outcome.type] += 1;
    if (outcome.type === 'ok' && this.faults.active > 0) count.okDuringFaults += 1;
  }

  #observe(): void {
    const hub = this.#hub;
    const { simulation, required, quorumWatch } = this;
    const watched = this.scenario.required.events.length > 0;
    const nameOf = (node: NodeId): string => simulation.nameOf(node);
    simulation.observer = {
      onMark: (node, name, detail) => {
        hub.onMark(node, name, detail);
        if (watched) required.onMark(nameOf(node), name, detail);
      },
      onSend: (from, to, message) => {
        hub.onSend(from, to, message);
        if (watched) required.onMessage('sent', nameOf(from), nameOf(to), message.type);
      },
      onDeliver: (from, to, message) => {
        hub.onDeliver(from, to, message);
        if (watched) required.onMessage('delivered', nameOf(from), nameOf(to), message.type);
      },
      onEvent: (event) => {
        hub.onEvent(event);
        if (quorumWatch !== null && !this.faults.healed) quorumWatch.onEvent(simulation.nowUs);
      },
      onNodeChange: (node, change) => {
        if (this.monitor !== null)
          this.scenario.protocol.onNodeChange?.(this.monitor, node, change);
        if (change === 'crash') this.drivers.find((driver) => driver.host.id === node)?.onCrash();
      },
      onLog: (node, text) => {
        this.logs.push({ event: simulation.trace.events, node, text });
      },
    };
  }

  #setClocks(): void {
    for (const { node, offsetUs, driftPpm } of this.scenario.clocks) {
      const { clock } = this.simulation.hosts[this.#idOf(node)]!;
      clock.step(offsetUs);
      if (driftPpm !== 0) clock.setDrift(driftPpm, 0);
    }
  }

  #drawSchedule(): readonly Fault[] {
    const { faults, nemesis, durationUs } = this.scenario;
    if (nemesis === null) return faults;
    // Not one of the run's streams: a run given this very schedule must have the same hash as the run that drew it.
    const stream = new RandomStream(this.simulation.streams.seed, 'faults/nemesis/schedule');
    const drawn = drawSchedule(nemesis.profile, nemesis.fromUs, durationUs, stream);
    const taken = new Set(faults.map((fault) => fault.id));
    return [
      ...faults,
      ...drawn.map((fault) =>
        taken.has(fault.id) ? { ...fault, id: `drawn-${fault.id}` } : fault,
      ),
    ];
  }

  #faultWorld(): FaultWorld {
    const { simulation, network, disks, servers, scenario } = this;
    const { view } = scenario.protocol;
    const ask = <T>(node: NodeId, question: 'role' | 'rank', down: T): T => {
      const { program, status } = simulation.hosts[node]!;
      return program === null || status === 'down' ? down : (view[question](program) as T);
    };
    return {
      simulation,
      network,
      disks,
      servers,
      clients: this.drivers.map((driver) => driver.host.id),
      roleOf: (node) => ask(node, 'role', ''),
      rankOf: (node) => ask(node, 'rank', -1),
    };
  }

  #scheduleScript(): void {
    for (const step of this.scenario.script) {
      const driver = this.drivers.find((candidate) => candidate.host.name === step.client)!;
      this.faults.at(step.start, `step ${step.id}`, () => {
        if (!this.faults.healed)
          driver.submit({ f: step.f, key: step.key, value: step.value }, step.id);
      });
    }
  }

  #scheduleWorkload(shared: WorkloadState): void {
    const { workload, protocol } = this.scenario;
    if (workload === null) return;
    for (const driver of this.drivers) {
      const stream = this.simulation.streams.get(`workload/${driver.host.name}/operations`);
      const source = new OperationSource(workload, shared, stream, protocol.valueFor);
      this.simulation.control(workload.fromUs, `workload ${driver.host.name}`, () => {
        driver.startWorkload(source);
      });
    }
  }

  /** What the protocol says of a server's state: `leader t3 log 1..7 commit 6`, or `down`. */
  describe(node: NodeId): string {
    const { program, status } = this.simulation.hosts[node]!;
    return program === null ? status : this.scenario.protocol.view.describe(program);
  }

  /** Ends the fault phase: no fault begins any more, and those under way end, all or among the core. */
  heal(): void {
    const { core, scenario, servers, simulation } = this;
    if (core === null) {
      this.faults.heal();
      this.enter('healed');
      return;
    }
    const clients = this.drivers.map((driver) => driver.host.id);
    this.faults.healAmong(
      healedNodes(core, scenario, servers, clients),
      lastingFaults(core, simulation.nowUs),
    );
  }

  /** To be called when the fault phase ends. */
  noteStates(): void {
    for (const node of this.servers)
      this.required.onHeal(this.simulation.nameOf(node), this.describe(node));
  }

  #idOf(name: string): NodeId {
    return this.simulation.hosts.findIndex((host) => host.name === name);
  }
}
