import { check } from '../../checker/check.ts';
import type { OperationRequest, StateDoor } from '../../protocols/protocol.ts';
import { LINEARIZABLE, NO_EXCEPTIONS } from '../../scenario/property-names.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { World } from '../../scenario/world.ts';
import type { NodeHost } from '../../sim/engine/node-host.ts';
import type { DiskTrouble } from '../../sim/storage/disk-array.ts';
import { action, argOf, kindOf, timerAction, timerOf, type Action } from './action.ts';
import type { Bounds } from './bounds.ts';
import { CausalState } from './causal-state.ts';
import { HeldMessages, type HeldMessage } from './held-messages.ts';
import { bagOf, keyOf, mixLanes, type Lanes } from './mix.ts';
import type { StateHasher } from './state-hasher.ts';

/** Virtual time from one step to the next: far below any timeout, far above a sync. */
export const STEP_US = 20;
/** How long a sync takes. */
export const SYNC_US = 1;

/** What is explored: one scenario under one seed, what its clients will ask, and the bounds. */
export interface Exploration {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly bounds: Bounds;
  /** By client: its operations in their order. */
  readonly operations: readonly (readonly OperationRequest[])[];
  /** Compares states, for protocols that tell them. */
  readonly hasher: StateHasher;
  /** Names of timers, in the order in which they were met; grows. */
  readonly timers: string[];
}

/** What a step broke. */
export interface FoundViolation {
  readonly property: string;
  readonly sentence: string;
}

/** What a story has used up of the bounds. */
interface Used {
  requests: number;
  timeouts: number;
  clientTimeouts: number;
  crashes: number;
  powerLosses: number;
  drops: number;
  duplicates: number;
}

/**
 * One cluster at the end of one story: the world that `run` would build, whose messages, timers, syncs and crashes come when
 * the explorer says so. There is no way back: another story needs another cluster.
 */
export class ExploredCluster {
  readonly #exploration: Exploration;
  readonly #world: World;
  readonly #causes: CausalState;
  readonly #messages: HeldMessages;
  readonly #used: Used = {
    requests: 0,
    timeouts: 0,
    clientTimeouts: 0,
    crashes: 0,
    powerLosses: 0,
    drops: 0,
    duplicates: 0,
  };
  /** By client: operations begun so far. */
  readonly #begun: number[];
  /** What clients did, in its order; part of the state because the order of operations is. */
  readonly #story: number[] = [];
  readonly #stalls: (DiskTrouble | null)[] = [];
  #answered = false;
  #steps = 0;

  /** The cluster after `path`. */
  constructor(exploration: Exploration, path: readonly Action[]) {
    this.#exploration = exploration;
    const { scenario, seed, bounds } = exploration;
    this.#world = new World(scenario, {
      seed,
      trace: 'off',
      invariants: true,
      schedule: [],
      freeze: false,
      stopAtViolation: false,
    });
    const { simulation, servers } = this.#world;
    this.#causes = new CausalState(simulation.hosts.length, servers.length, bounds.symmetry === 1);
    this.#messages = new HeldMessages(simulation, this.#causes);
    this.#begun = exploration.operations.map(() => 0);
    if (bounds.syncs === 1) for (const server of servers) this.#stall(server);
    for (const step of path) this.#plan(step);
    this.#run();
  }

  /** Takes one more step. */
  apply(step: Action): void {
    this.#plan(step);
    this.#run();
  }

  /** A broken property, invariants before what clients saw. */
  violation(): FoundViolation | null {
    const [violation] = this.#world.violations;
    if (violation !== undefined)
      return { property: violation.invariant, sentence: violation.sentence };
    const [failure] = this.#world.simulation.failures;
    if (failure !== undefined)
      return {
        property: NO_EXCEPTIONS,
        sentence: `${this.#world.simulation.nameOf(failure.node)} crashed: ${failure.error.message}`,
      };
    return this.#answered ? this.#judgeHistory() : null;
  }

  #judgeHistory(): FoundViolation | null {
    const { model } = this.#exploration.scenario.protocol;
    if (model === null) return null;
    const verdict = check(this.#world.history.build(), { model });
    return verdict.verdict === 'violated'
      ? { property: LINEARIZABLE, sentence: verdict.summary }
      : null;
  }

  /** The state as one number of 53 bits. */
  key(): number {
    const { requests, timeouts, clientTimeouts, crashes, powerLosses, drops, duplicates } =
      this.#used;
    const rest = [requests, timeouts, clientTimeouts, crashes, powerLosses, drops, duplicates];
    rest.push(...this.#story);
    const { scenario, bounds, hasher } = this.#exploration;
    const { states } = scenario.protocol;
    if (states === undefined || bounds.symmetry === 1)
      return this.#causes.key(this.#messages.held, rest);
    const parts = this.#world.simulation.hosts.map((host) => this.#stateOf(host, states));
    parts.push(bagOf(this.#messages.held.map((message) => this.#contentOf(message))));
    parts.push(
      hasher.of(this.#world.monitor === null ? null : states.monitor(this.#world.monitor)),
    );
    parts.push(hasher.of(rest));
    return keyOf(parts.reduce(mixLanes));
  }

  /** What the node is, if its protocol tells; else what it was given. A suspended task tells nobody where it stands. */
  #stateOf(host: NodeHost, states: StateDoor): Lanes {
    const { id, program, status, incarnation, timers, tasks } = host;
    if (!this.#isServer(id) || tasks.waiting) return this.#causes.ofNode(id);
    const { hasher } = this.#exploration;
    return hasher.of([
      status,
      incarnation,
      program === null ? null : states.server(program),
      this.#world.disks.diskOf(id),
      program === null ? null : new Set(timers.armed()),
    ]);
  }

  #contentOf({ from, to, call, message }: HeldMessage): Lanes {
    return this.#exploration.hasher.of([from, to, call, message]);
  }

  get steps(): number {
    return this.#steps;
  }

  /** More messages are on their way than the bound allows. */
  get crowded(): boolean {
    return this.#messages.held.length > this.#exploration.bounds.messages;
  }

  /** The message with this sequence number, which is on its way. */
  message(sequence: number): HeldMessage {
    return this.#messages.find(sequence);
  }

  /** Every step that the bounds allow next; deliveries first. */
  enabled(): Action[] {
    const { bounds } = this.#exploration;
    const used = this.#used;
    const arriving = this.#arriving();
    const steps = arriving.map(({ sequence }) => action('deliver', sequence));
    if (used.requests < bounds.requests) steps.push(...this.#requests());
    for (const { id } of this.#world.simulation.hosts) steps.push(...this.#ofNode(id));
    if (used.duplicates < bounds.duplicates)
      steps.push(...arriving.map(({ sequence }) => action('duplicate', sequence)));
    if (used.drops < bounds.drops)
      steps.push(...this.#distinct().map(({ sequence }) => action('drop', sequence)));
    return steps;
  }

  /** On a link in order only the oldest message arrives; what a dead process would get stays on its way. */
  #arriving(): HeldMessage[] {
    const { scenario } = this.#exploration;
    const { hosts } = this.#world.simulation;
    const up = this.#distinct().filter(({ to }) => hosts[to]!.status === 'up');
    if (scenario.network.fifo !== true) return up;
    return up.filter((message, index) => {
      const before = up.slice(0, index);
      return !before.some(({ from, to }) => from === message.from && to === message.to);
    });
  }

  /** Copies of one message need one step, not one each. */
  #distinct(): HeldMessage[] {
    const seen = new Set<string>();
    return this.#messages.held.filter(({ a, b }) => {
      const name = `${a[0]!} ${b[0]!}`;
      const known = seen.has(name);
      seen.add(name);
      return !known;
    });
  }

  #requests(): Action[] {
    const { operations } = this.#exploration;
    return this.#world.drivers.flatMap((driver, client) =>
      driver.idle && this.#begun[client]! < operations[client]!.length
        ? [action('request', client)]
        : [],
    );
  }

  #ofNode(node: number): Action[] {
    const { bounds } = this.#exploration;
    const used = this.#used;
    const { simulation, disks } = this.#world;
    const host = simulation.hosts[node]!;
    const isServer = this.#isServer(node);
    if (host.status !== 'up') return isServer ? [action('restart', node)] : [];
    const steps: Action[] = [];
    const mayTimeOut = isServer
      ? used.timeouts < bounds.timeouts
      : used.clientTimeouts < bounds.clientTimeouts;
    if (mayTimeOut) {
      for (const name of host.timers.armed()) steps.push(timerAction(node, this.#timerId(name)));
      if (host.tasks.waiting) steps.push(action('wake', node));
    }
    if (!isServer) return steps;
    if (bounds.syncs === 1 && disks.isSyncing(node)) steps.push(action('sync', node));
    if (used.crashes < bounds.crashes) steps.push(action('kill', node));
    if (used.powerLosses < bounds.powerLosses) steps.push(action('power-loss', node));
    return steps;
  }

  #timerId(name: string): number {
    const { timers } = this.#exploration;
    const known = timers.indexOf(name);
    return known >= 0 ? known : timers.push(name) - 1;
  }

  #isServer(node: number): boolean {
    return node < this.#world.servers.length;
  }

  #plan(step: Action): void {
    this.#steps += 1;
    this.#world.simulation.control(this.#steps * STEP_US, 'explored step', () => {
      this.#answered = false;
      this.#take(step);
    });
  }

  #run(): void {
    this.#world.simulation.run({ untilUs: (this.#steps + 1) * STEP_US - 1 });
  }

  #take(step: Action): void {
    const used = this.#used;
    const arg = argOf(step);
    const kind = kindOf(step);
    switch (kind) {
      case 'deliver':
      case 'duplicate': {
        const message = this.#messages.find(arg);
        if (kind === 'deliver') this.#messages.remove(message);
        else used.duplicates += 1;
        this.#causes.receive(message.to, message);
        this.#messages.deliver(message);
        return;
      }
      case 'drop':
        used.drops += 1;
        this.#messages.remove(this.#messages.find(arg));
        return;
      case 'request':
        used.requests += 1;
        this.#request(arg);
        return;
      case 'timer': {
        const [node, timer] = timerOf(step);
        this.#countTimeout(node);
        this.#causes.input(node, 0x1000 + timer);
        this.#host(node).timers.fireNow(this.#exploration.timers[timer]!);
        return;
      }
      case 'wake':
        this.#countTimeout(arg);
        this.#causes.input(arg, 0x2000);
        this.#host(arg).tasks.wakeFirst();
        return;
      case 'sync':
      case 'restart':
      case 'kill':
      case 'power-loss':
        this.#takeOfServer(kind, arg);
    }
  }

  #takeOfServer(kind: 'sync' | 'restart' | 'kill' | 'power-loss', server: number): void {
    const { simulation, disks } = this.#world;
    const host = this.#host(server);
    switch (kind) {
      case 'sync':
        this.#causes.input(server, 0x3000);
        this.#unstall(server);
        simulation.control(simulation.nowUs + SYNC_US, 'stall', () => {
          this.#stall(server);
        });
        return;
      case 'restart':
        this.#causes.input(server, 0x4000);
        host.keptDown = false;
        simulation.start(server);
        return;
      case 'kill':
        this.#used.crashes += 1;
        this.#causes.input(server, 0x5000);
        host.crash('process-kill');
        host.keptDown = true;
        return;
      case 'power-loss':
        this.#used.powerLosses += 1;
        this.#causes.input(server, 0x6000);
        disks.powerLoss(server);
        host.keptDown = true;
    }
  }

  #countTimeout(node: number): void {
    if (this.#isServer(node)) this.#used.timeouts += 1;
    else this.#used.clientTimeouts += 1;
  }

  #request(client: number): void {
    const driver = this.#world.drivers[client]!;
    const index = this.#begun[client]!;
    this.#begun[client] = index + 1;
    this.#story.push(client * 2 + 1);
    this.#causes.input(driver.host.id, 0x7000 + index);
    const { operations } = this.#exploration;
    driver.submit(operations[client]![index]!, null, () => {
      this.#story.push(client * 2 + 2);
      this.#answered = true;
    });
  }

  #stall(server: number): void {
    const trouble = { slowdown: 1, failSyncPpm: 0, stalled: true, effect: { count: 0 } };
    this.#stalls[server] = trouble;
    this.#world.disks.addTrouble(server, trouble);
  }

  #unstall(server: number): void {
    const trouble = this.#stalls[server];
    if (trouble !== null && trouble !== undefined) this.#world.disks.removeTrouble(server, trouble);
    this.#stalls[server] = null;
  }

  #host(node: number): NodeHost {
    return this.#world.simulation.hosts[node]!;
  }
}
