import { HistoryBuilder } from '../history/history-builder.ts';
import type { History } from '../history/history.ts';
import type { NodeEnv, NodeId, NodeProgram } from '../sim/engine/env.ts';
import type { NodeFailure } from '../sim/engine/ports.ts';
import { Simulation } from '../sim/engine/simulation.ts';
import type { Trace, TraceLevel } from '../sim/engine/trace.ts';
import { FaultEngine } from '../sim/faults/fault-engine.ts';
import type { Fault, FaultReport } from '../sim/faults/fault.ts';
import { TriggerHub } from '../sim/faults/trigger-hub.ts';
import type { LinkProfile } from '../sim/network/link.ts';
import { Network } from '../sim/network/network.ts';
import { DiskArray, type DiskOptions } from '../sim/storage/disk-array.ts';

/** Ends an operation that {@link Recorder} began. Unknown outcomes are `info`, never `fail`. */
export interface OpenOperation {
  ok(value?: unknown): void;
  fail(error?: string): void;
  info(error?: string): void;
}

/** Records what one client node asks and learns; one operation at a time. */
export type Recorder = (f: string, key?: unknown, value?: unknown) => OpenOperation;

/** Builds one node: an incarnation's env, and a recorder for nodes that are clients. */
export type NodeBuilder = (env: NodeEnv, record: Recorder) => NodeProgram;

export interface SimulateOptions {
  readonly seed: string;
  /** The nodes by name; ids follow the order given here. */
  readonly nodes: Readonly<Record<string, NodeBuilder>>;
  /** Virtual µs: faults are healed at this time, and the run goes on for `healUs`. */
  readonly durationUs: number;
  /** Default 0. */
  readonly healUs?: number;
  /** Default: every message takes 1 to 10 ms, none is lost. */
  readonly network?: LinkProfile;
  /** Default: a sync takes 0.5 to 3 ms. */
  readonly disk?: DiskOptions;
  readonly faults?: readonly Fault[];
  /** What must be true after every event: return false, or a sentence that says what is wrong. The run stops there. */
  readonly always?: Readonly<Record<string, (world: RunningNodes) => boolean | string>>;
  readonly ties?: 'fifo' | 'shuffled';
  readonly trace?: TraceLevel;
}

/** The programs that run now, by node name; a node that is down is absent. */
export type RunningNodes = ReadonlyMap<string, NodeProgram>;

export interface BrokenInvariant {
  readonly name: string;
  readonly sentence: string;
  readonly event: number;
  readonly timeUs: number;
}

export interface SimulatedRun {
  /** Equal for equal options, code and seed. */
  readonly hash: string;
  readonly events: number;
  readonly virtualUs: number;
  readonly history: History;
  /** The first `always` that was false, or null. */
  readonly broken: BrokenInvariant | null;
  /** Exceptions that left node code. */
  readonly failures: readonly NodeFailure[];
  readonly faults: readonly FaultReport[];
  readonly trace: Trace;
}

/**
 * Runs people's own nodes in a simulated world; the library's short way in.
 * @throws AmbientAccessError when a node touches ambient time, chance or timers.
 */
export function simulate(options: SimulateOptions): SimulatedRun {
  const simulation = new Simulation({
    seed: options.seed,
    ties: options.ties ?? 'fifo',
    trace: options.trace ?? 'events',
  });
  const history = new HistoryBuilder();
  const names = Object.keys(options.nodes);
  for (const [index, name] of names.entries()) {
    const record = recorderFor(simulation, history, index, names.length);
    simulation.addNode(name, (env) => options.nodes[name]!(env, record));
    simulation.start(index, 0);
  }
  const network = new Network(simulation, {
    profile: options.network ?? { latency: { kind: 'uniform', minUs: 1_000, maxUs: 10_000 } },
    freezeMessages: true,
  });
  const disks = new DiskArray(
    simulation,
    options.disk ?? { syncLatency: { kind: 'uniform', minUs: 500, maxUs: 3_000 } },
  );
  const hub = new TriggerHub((node) => simulation.nameOf(node));
  const world = {
    simulation,
    network,
    disks,
    servers: names.map((_, index) => index),
    clients: [] as NodeId[],
    roleOf: () => '',
    rankOf: () => 0,
  };
  const faults = new FaultEngine(world, hub, options.faults ?? []);
  let broken: BrokenInvariant | null = null;
  simulation.observer = {
    onMark: hub.onMark.bind(hub),
    onSend: hub.onSend.bind(hub),
    onDeliver: hub.onDeliver.bind(hub),
    onEvent: (event) => {
      hub.onEvent(event);
      broken ??= firstBroken(simulation, options.always ?? {}, event);
      if (broken !== null) simulation.stop();
    },
  };
  simulation.control(options.durationUs, 'heal', () => {
    faults.heal();
  });
  simulation.run({ untilUs: options.durationUs + (options.healUs ?? 0) });
  return {
    hash: simulation.trace.hash(),
    events: simulation.trace.events,
    virtualUs: simulation.nowUs,
    history: history.build(),
    broken,
    failures: simulation.failures,
    faults: faults.reports(),
    trace: simulation.trace,
  };
}

function recorderFor(
  simulation: Simulation,
  history: HistoryBuilder,
  first: number,
  step: number,
): Recorder {
  let process = first;
  return (f, key, value) => {
    const own = process;
    history.invoke(own, f, key, value, simulation.nowUs);
    const end = (type: 'ok' | 'fail' | 'info', answer: unknown, error?: string): void => {
      history.complete(own, type, answer, simulation.nowUs, error);
      // A process whose operation has an unknown outcome never acts again; the client goes on as another one.
      if (type === 'info') process += step;
    };
    return {
      ok: (answer) => {
        end('ok', answer);
      },
      fail: (error) => {
        end('fail', undefined, error);
      },
      info: (error) => {
        end('info', undefined, error);
      },
    };
  };
}

function firstBroken(
  simulation: Simulation,
  always: NonNullable<SimulateOptions['always']>,
  event: number,
): BrokenInvariant | null {
  const running = new Map<string, NodeProgram>();
  for (const { name, program } of simulation.hosts)
    if (program !== null) running.set(name, program);
  for (const [name, holds] of Object.entries(always)) {
    const answer = holds(running);
    if (answer === true) continue;
    const sentence = answer === false ? `${name} does not hold` : answer;
    return { name, sentence, event, timeUs: simulation.nowUs };
  }
  return null;
}
