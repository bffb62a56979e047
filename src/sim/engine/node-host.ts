import { AsyncTasks } from './async-tasks.ts';
import { NodeClock } from './clock.ts';
import type { DiskError, Message, NodeFactory, NodeId, NodeProgram } from './env.ts';
import { CLOCK, CRASH, HANDOVER, PAUSE, RESUME } from './event-kind.ts';
import { AmbientAccessError } from './guard.ts';
import { IncarnationEnv } from './node-env.ts';
import { ProcessExit, type CrashCause } from './ports.ts';
import type { Simulation } from './simulation.ts';
import { TaskRunner } from './tasks.ts';
import { NamedTimers } from './timers.ts';

/** `paused`: alive but not scheduled (SIGSTOP, a long garbage collection); what arrives waits in its buffers. */
export type NodeStatus = 'down' | 'up' | 'paused';

/** An event that came while its node could not take it. */
export interface BacklogEvent {
  readonly kind: number;
  readonly peer: number;
  readonly a: number;
  readonly digest: number;
  readonly payload: unknown;
  /** The trace row that led to it. */
  readonly cause: number;
}

/** A machine: it outlives its incarnations and keeps what a machine keeps (clock, call numbers, its name). */
export class NodeHost {
  readonly simulation: Simulation;
  readonly id: NodeId;
  readonly name: string;
  readonly clock: NodeClock;
  status: NodeStatus = 'down';
  incarnation = 0;
  program: NodeProgram | null = null;
  env: IncarnationEnv | null = null;
  /** A fault keeps the machine down: a start finds it without power. */
  keptDown = false;
  /** What arrives must wait: the node is paused, or earlier arrivals still wait. */
  buffering = false;
  timers: NamedTimers;
  tasks: TaskRunner;
  asyncTasks: AsyncTasks;
  readonly #factory: NodeFactory;
  #calls = 0;
  #backlog: BacklogEvent[] = [];

  constructor(simulation: Simulation, id: NodeId, name: string, factory: NodeFactory) {
    this.simulation = simulation;
    this.id = id;
    this.name = name;
    this.clock = new NodeClock();
    this.#factory = factory;
    this.timers = new NamedTimers(this);
    this.tasks = new TaskRunner(this);
    this.asyncTasks = new AsyncTasks(this);
  }

  /** The number of a new call; never reused, so that a late reply finds nobody, not somebody else. */
  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  canBoot(): boolean {
    return this.status === 'down' && !this.keptDown;
  }

  /** Boots a new incarnation; does nothing unless {@link canBoot}. Call it from a START event. */
  boot(): void {
    if (!this.canBoot()) return;
    this.status = 'up';
    this.incarnation += 1;
    this.timers = new NamedTimers(this);
    this.tasks = new TaskRunner(this);
    this.asyncTasks = new AsyncTasks(this);
    try {
      this.env = new IncarnationEnv(this, this.simulation.disks.open(this.id, this.incarnation));
      this.program = this.#factory(this.env);
      this.program.onStart?.();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends the incarnation. What the disk keeps is the cause's business (see DiskArray.powerLoss). */
  crash(cause: CrashCause, reason: string = cause): void {
    if (this.status === 'down') return;
    this.status = 'down';
    this.program = null;
    this.env = null;
    this.#backlog = [];
    this.buffering = false;
    const { simulation } = this;
    simulation.record(CRASH, this.id, -1, CRASH_CAUSES.indexOf(cause), 0, reason);
    simulation.observer?.onNodeChange?.(this.id, 'crash');
  }

  pause(): void {
    if (this.status !== 'up') return;
    this.status = 'paused';
    this.buffering = true;
    this.simulation.record(PAUSE, this.id, -1, 0, 0, undefined);
    this.simulation.observer?.onNodeChange?.(this.id, 'pause');
  }

  /** Lets a paused node go on: everything that waited reaches it now, in the order it came. */
  resume(): void {
    if (this.status !== 'paused') return;
    this.status = 'up';
    const { simulation } = this;
    simulation.record(RESUME, this.id, -1, this.#backlog.length, 0, undefined);
    simulation.observer?.onNodeChange?.(this.id, 'resume');
    for (let count = this.#backlog.length; count > 0; count -= 1) this.#scheduleHandover();
    this.buffering = this.#backlog.length > 0;
  }

  /** Keeps an event that came while {@link buffering}. */
  hold(kind: number, peer: number, a: number, digest: number, payload: unknown): void {
    const cause = this.simulation.trace.lastCause;
    this.#backlog.push({ kind, peer, a, digest, payload, cause });
    if (this.status === 'up') this.#scheduleHandover();
  }

  /** Every handover takes the oldest, whatever the order of ties: buffers do not reorder. */
  #scheduleHandover(): void {
    const { simulation } = this;
    simulation.schedule(simulation.nowUs, HANDOVER, this.id, -1, 0, 0, undefined);
  }

  /** Lets `take` act on the oldest event that waits; nothing, when the node was paused again or crashed meanwhile. */
  handOver(take: (waiting: BacklogEvent) => void): void {
    if (this.status !== 'up') return;
    const waiting = this.#backlog.shift();
    if (waiting === undefined) return;
    this.buffering = false;
    take(waiting);
    this.buffering = this.isPaused() || this.#backlog.length > 0;
  }

  isPaused(): boolean {
    return this.status === 'paused';
  }

  /** After any change of `clock`: what waits for the monotonic clock is scheduled anew. */
  clockChanged(): void {
    this.simulation.record(CLOCK, this.id, -1, 0, 0, undefined);
    if (this.status === 'down') return;
    this.timers.reschedule();
    this.tasks.reschedule();
  }

  deliver(from: NodeId, message: Message, call: number): void {
    try {
      if (call < 0) this.tasks.answer(-call, message);
      else this.program?.onMessage?.(from, message, call);
    } catch (error) {
      this.fail(error);
    }
  }

  fireTimer(name: string): void {
    try {
      this.program?.onTimer?.(name);
    } catch (error) {
      this.fail(error);
    }
  }

  synced(token: number, error: DiskError | null): void {
    try {
      this.program?.onSynced?.(token, error);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Runs `action` as this node's own code: an exception in it is the node's crash. */
  act(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  /** An exception left the node's code: the node crashes, the tool does not. Ambient access is no crash: it ends the run. */
  fail(error: unknown): void {
    if (error instanceof AmbientAccessError) throw error;
    if (error instanceof ProcessExit) {
      this.crash('exit', error.message);
      return;
    }
    const failure = error instanceof Error ? error : new Error(String(error));
    this.simulation.recordFailure(this, failure);
    this.crash('exception');
  }
}

const CRASH_CAUSES: readonly CrashCause[] = ['process-kill', 'power-loss', 'exception', 'exit'];
