import type {
  InvariantViolation,
  OperationRequest,
  Outcome,
} from '../../../src/protocols/protocol.ts';
import type { RaftConfig } from '../../../src/protocols/raft/config.ts';
import type { Raft } from '../../../src/protocols/raft/core/raft.ts';
import type { RaftMonitor } from '../../../src/protocols/raft/ghost/monitor.ts';
import { raft } from '../../../src/protocols/raft/index.ts';
import { RaftNode } from '../../../src/protocols/raft/node.ts';
import type { ClientProgram } from '../../../src/protocols/protocol.ts';
import { FaultEngine } from '../../../src/sim/faults/fault-engine.ts';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import { NEMESIS_PROFILES, type NemesisProfile } from '../../../src/sim/faults/nemesis-profile.ts';
import { drawSchedule } from '../../../src/sim/faults/nemesis.ts';
import { TriggerHub } from '../../../src/sim/faults/trigger-hub.ts';
import { check } from '../../../src/checker/check.ts';
import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { Network } from '../../../src/sim/network/network.ts';
import { DiskArray } from '../../../src/sim/storage/disk-array.ts';
import type { UnsyncedSurvival } from '../../../src/sim/storage/node-disk.ts';

export interface WorldOptions {
  readonly seed: string;
  readonly servers?: number;
  readonly clients?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly bug?: string | null;
  readonly monitor?: boolean;
  readonly unsynced?: UnsyncedSurvival;
  readonly tornPpm?: number;
  readonly freeze?: boolean;
}

/** One completed operation, as a client saw it. */
export interface Done {
  readonly client: number;
  readonly operation: OperationRequest;
  readonly outcome: Outcome;
  readonly invokedUs: number;
  readonly completedUs: number;
}

/** A Raft cluster with clients in the real simulator, driven by tests. */
export class World {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly disks: DiskArray;
  readonly servers: readonly number[];
  readonly clients: readonly number[];
  readonly config: RaftConfig;
  readonly monitor: RaftMonitor | null;
  readonly violations: InvariantViolation[] = [];
  readonly done: Done[] = [];
  readonly marks: { node: number; name: string; detail: Readonly<Record<string, unknown>> }[] = [];
  readonly #history = new HistoryBuilder();
  /** A client that got `info` goes on as another process. */
  readonly #processes = new Map<number, number>();
  readonly #programs: (RaftNode | undefined)[] = [];
  readonly #clientPrograms: (ClientProgram | undefined)[] = [];
  #pending = new Map<number, { client: number; operation: OperationRequest; invokedUs: number }>();
  #nextToken = 1;
  /** Keeps every client busy with drawn operations until this time. */
  busyUntilUs = 0;

  constructor(options: WorldOptions) {
    const serverCount = options.servers ?? 3;
    const clientCount = options.clients ?? 1;
    this.servers = Array.from({ length: serverCount }, (_, at) => at);
    this.clients = Array.from({ length: clientCount }, (_, at) => serverCount + at);
    this.config = raft.parseConfig(options.config ?? {}, serverCount);
    const simulation = new Simulation({ seed: options.seed });
    this.simulation = simulation;
    this.network = new Network(simulation, {
      profile: { latency: { kind: 'uniform', minUs: 500, maxUs: 5_000 } },
      freezeMessages: options.freeze ?? false,
    });
    this.disks = new DiskArray(simulation, {
      syncLatency: { kind: 'uniform', minUs: 200, maxUs: 2_000 },
      unsynced: options.unsynced ?? 'prefix',
      tornPpm: options.tornPpm ?? 0,
    });
    const monitor =
      options.monitor === false
        ? null
        : raft.createMonitor(
            this.servers,
            this.config,
            (id) => simulation.nameOf(id),
            (violation) => this.violations.push(violation),
            () => simulation.nowUs,
          );
    this.monitor = monitor;
    for (const id of this.servers)
      simulation.addNode(`n${id + 1}`, (env) => {
        const program = raft.createServer({
          env,
          config: this.config,
          servers: this.servers,
          monitor,
          bug: options.bug ?? null,
        });
        if (!(program instanceof RaftNode)) throw new TypeError('not a Raft server');
        this.#programs[id] = program;
        return program;
      });
    for (const id of this.clients)
      simulation.addNode(`c${id - serverCount + 1}`, (env) => {
        const program = raft.createClient({
          env,
          config: this.config,
          servers: this.servers,
          monitor,
          bug: options.bug ?? null,
          complete: (token, outcome) => {
            this.#complete(token, outcome);
          },
        });
        this.#clientPrograms[id] = program;
        return program;
      });
    simulation.observer = {
      onMark: (node, name, detail) => {
        this.marks.push({ node, name, detail });
      },
    };
    for (const id of [...this.servers, ...this.clients]) simulation.start(id, 0);
  }

  server(id: number): Raft {
    return this.#programs[id]!.raft;
  }

  up(id: number): boolean {
    return this.simulation.hosts[id]!.status === 'up';
  }

  /** The leader of the highest term among servers that are up. */
  leader(): Raft | null {
    let best: Raft | null = null;
    for (const id of this.servers) {
      if (!this.up(id)) continue;
      const server = this.server(id);
      if (server.role === 'leader' && server.currentTerm > (best?.currentTerm ?? 0)) best = server;
    }
    return best;
  }

  runFor(us: number): void {
    this.simulation.run({ untilUs: this.simulation.nowUs + us });
  }

  /** Runs in steps of 1 ms until the condition holds; throws when it does not within `us`. */
  runUntil(what: string, condition: () => boolean, us = 10_000_000): void {
    const endUs = this.simulation.nowUs + us;
    for (let atUs = this.simulation.nowUs; !condition(); atUs += 1_000) {
      if (atUs > endUs) throw new Error(`${what}: not within ${us / 1_000} ms`);
      this.simulation.run({ untilUs: atUs });
    }
  }

  perform(client: number, f: string, key: string, value: unknown = null): number {
    const token = this.#nextToken;
    this.#nextToken += 1;
    const operation = { f, key, value };
    const process = this.#processes.get(client) ?? client;
    this.#history.invoke(process, f, key, f === 'read' ? undefined : value, this.simulation.nowUs);
    this.#pending.set(token, { client, operation, invokedUs: this.simulation.nowUs });
    this.simulation.control(this.simulation.nowUs, `perform ${token}`, () => {
      const host = this.simulation.hosts[client]!;
      host.act(() => {
        this.#clientPrograms[client]!.perform(operation, token);
      });
    });
    return token;
  }

  /** Performs one operation and waits for its outcome. */
  do(client: number, f: string, key: string, value: unknown = null): Outcome {
    const token = this.perform(client, f, key, value);
    this.runUntil(`${f} ${key}`, () => !this.#pending.has(token), 60_000_000);
    return this.done[this.done.length - 1]!.outcome;
  }

  /** Clients perform drawn operations one after the other until `untilUs`. */
  keepBusy(untilUs: number): void {
    this.busyUntilUs = untilUs;
    for (const client of this.clients) this.#drawOperation(client);
  }

  #drawOperation(client: number): void {
    const stream = this.simulation.streams.get(`test/workload/${client}`);
    const key = `k${stream.below(3)}`;
    const kind = stream.below(10);
    if (kind < 4) this.perform(client, 'read', key);
    else if (kind < 8) this.perform(client, 'write', key, this.#nextToken);
    else this.perform(client, 'cas', key, [stream.below(this.#nextToken), this.#nextToken]);
  }

  #complete(token: number, outcome: Outcome): void {
    const pending = this.#pending.get(token)!;
    this.#pending.delete(token);
    const process = this.#processes.get(pending.client) ?? pending.client;
    const { type, value, error } = outcome;
    this.#history.complete(process, type, value, this.simulation.nowUs, error);
    if (type === 'info') this.#processes.set(pending.client, process + 1_000);
    this.done.push({ ...pending, outcome, completedUs: this.simulation.nowUs });
    if (this.simulation.nowUs < this.busyUntilUs) this.#drawOperation(pending.client);
  }

  /** What the black-box checker says of everything the clients saw so far. */
  linearizable(): string {
    if (this.done.length === 0) return 'nothing was done';
    return check(this.#history.build(), { model: 'kv', consistency: 'linearizable' }).verdict;
  }

  faults(schedule: readonly Fault[]): FaultEngine {
    const hub = new TriggerHub((id) => this.simulation.nameOf(id));
    const engine = new FaultEngine(
      {
        simulation: this.simulation,
        network: this.network,
        disks: this.disks,
        servers: this.servers,
        clients: this.clients,
        roleOf: (node) => (this.up(node) ? raft.view.role(this.#programs[node]!) : ''),
        rankOf: (node) => raft.view.rank(this.#programs[node]!),
      },
      hub,
      schedule,
    );
    return engine;
  }

  nemesis(profile: NemesisProfile | string, fromUs: number, untilUs: number): Fault[] {
    return drawSchedule(
      typeof profile === 'string' ? NEMESIS_PROFILES[profile]! : profile,
      fromUs,
      untilUs,
      this.simulation.streams.get('test/nemesis/schedule'),
    );
  }
}
