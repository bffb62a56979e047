import { MicrotaskDrain } from './async-tasks.ts';
import { Digester } from './digest.ts';
import type { Message, NodeFactory, NodeId } from './env.ts';
import { CONTROL, DELIVER, HANDOVER, START, TIMER, WAKE } from './event-kind.ts';
import { EventQueue } from './event-queue.ts';
import { AmbientGuard } from './guard.ts';
import { NodeHost } from './node-host.ts';
import {
  noDisks,
  noTransport,
  type DiskProvider,
  type NodeFailure,
  type SimulationObserver,
  type Transport,
} from './ports.ts';
import { RandomStreams, type RandomStream } from './random.ts';
import type { RunningTask } from './tasks.ts';
import type { NamedTimer } from './timers.ts';
import { Trace, type TraceLevel } from './trace.ts';

export interface SimulationOptions {
  /** Any string; equal seeds give equal runs. */
  readonly seed: string;
  /** The order among events of one microsecond: as scheduled, or drawn from its own stream. Default `fifo`. */
  readonly ties?: 'fifo' | 'shuffled';
  readonly trace?: TraceLevel;
  /** Refuse ambient time, chance and timers while running. Default true. */
  readonly guard?: boolean;
}

export interface RunLimits {
  /** Stop when the next event is later than this. */
  readonly untilUs?: number;
  /** Stop after this many events in all. */
  readonly maxEvents?: number;
}

/** Handles the event in a queue slot: decides whether it is still valid, and records it before acting. */
export type EventHandler = (slot: number) => void;

/**
 * The world's loop: one thread, one queue, one total order of events. Everything else (nodes, network, disks, faults)
 * schedules events here and is called back from here.
 */
export class Simulation {
  readonly streams: RandomStreams;
  readonly trace: Trace;
  readonly queue: EventQueue = new EventQueue();
  readonly digester: Digester = new Digester();
  readonly hosts: NodeHost[] = [];
  /** True virtual time; no node sees it but through its own clock. */
  nowUs = 0;
  transport: Transport = noTransport;
  disks: DiskProvider = noDisks;
  observer: SimulationObserver | null = null;
  /** Exceptions that left node code, in order. */
  readonly failures: NodeFailure[] = [];
  /** An event settled a promise of an async task: its continuation must run before the next event. */
  asyncWoken = false;
  #stopRequested = false;
  #sequence = 0;
  readonly #ties: RandomStream | null;
  readonly #guard: AmbientGuard | null;
  readonly #handlers: (EventHandler | undefined)[] = [];

  constructor(options: SimulationOptions) {
    if (typeof options.seed !== 'string')
      throw new TypeError(
        `seed: expected a string, got ${typeof options.seed} (numbers lose digits beyond 2^53)`,
      );
    this.streams = new RandomStreams(options.seed);
    this.trace = new Trace(options.trace ?? 'off', this.streams.tally);
    this.#ties = options.ties === 'shuffled' ? this.streams.get('engine/ties/order') : null;
    this.#guard = options.guard === false ? null : new AmbientGuard();
    this.on(START, (slot) => {
      this.#onStart(slot);
    });
    this.on(DELIVER, (slot) => {
      this.#onDeliver(slot);
    });
    this.on(TIMER, (slot) => {
      this.#onTimer(slot);
    });
    this.on(WAKE, (slot) => {
      this.#onWake(slot);
    });
    this.on(CONTROL, (slot) => {
      this.#onControl(slot);
    });
    this.on(HANDOVER, (slot) => {
      this.#onHandover(slot);
    });
  }

  /** Adds a machine; it is down until {@link start}. All nodes are added before the first event. */
  addNode(name: string, factory: NodeFactory): NodeHost {
    if (this.hosts.some((host) => host.name === name))
      throw new RangeError(`two nodes are called '${name}': names must differ`);
    const host = new NodeHost(this, this.hosts.length, name, factory);
    this.hosts.push(host);
    return host;
  }

  nameOf(id: NodeId): string {
    return this.hosts[id]?.name ?? `node#${id}`;
  }

  /** Boots the node (a new incarnation, if it ran before) at `atUs`; now, if that is past. */
  start(node: NodeId, atUs: number = this.nowUs): void {
    this.schedule(Math.max(atUs, this.nowUs), START, node, -1, 0, 0, undefined);
  }

  /** Replaces the handler of an event kind; the network and the disks hook in here. */
  on(kind: number, handler: EventHandler): void {
    this.#handlers[kind] = handler;
  }

  schedule(
    atUs: number,
    kind: number,
    node: number,
    peer: number,
    a: number,
    digest: number,
    payload: unknown,
  ): void {
    const sequence = this.#sequence++;
    const tie =
      this.#ties === null
        ? sequence
        : this.#ties.below(0x1_0000_0000) * 0x10_0000 + (sequence & 0xf_ffff);
    const { queue, trace } = this;
    const slot = queue.push(atUs, tie, kind, node, peer, a, digest, payload);
    if (trace.level !== 'off') queue.cause[slot] = trace.lastCause;
  }

  /**
   * Runs `action` at `atUs` (now, if that is past: a fault may be told to end at a time before the trigger that began
   * it), as an event of its own; `label` names it in the trace and the hash.
   */
  control(atUs: number, label: string, action: () => void): void {
    const digest = this.digester.ofString(label);
    this.schedule(Math.max(atUs, this.nowUs), CONTROL, -1, -1, 0, digest, { label, action });
  }

  record(
    kind: number,
    node: number,
    peer: number,
    a: number,
    digest: number,
    payload: unknown,
  ): void {
    this.trace.record(this.nowUs, kind, node, peer, a, digest, payload);
  }

  recordFailure(host: NodeHost, error: Error): void {
    const failure = {
      node: host.id,
      incarnation: host.incarnation,
      event: this.trace.events,
      timeUs: this.nowUs,
      error,
    };
    this.failures.push(failure);
    this.observer?.onFailure?.(failure);
  }

  /** Whether the last {@link run} was ended by {@link stop}, and not by a limit or for want of events. */
  get stopped(): boolean {
    return this.#stopRequested;
  }

  /** Ends the run after the current event. */
  stop(): void {
    this.#stopRequested = true;
  }

  /**
   * Takes events in order until a limit, an empty queue or {@link stop}. Throws AmbientAccessError when simulated code
   * touched ambient time, chance or timers, even if that code swallowed the exception.
   */
  run(limits: RunLimits = {}): void {
    this.#begin();
    try {
      this.#loop(limits);
    } finally {
      this.#guard?.uninstall();
    }
    this.#guard?.check();
    if (this.asyncWoken)
      throw new Error('an async task is running: use `await simulation.runAsync()`, not run()');
  }

  /**
   * As {@link run}, for worlds with async tasks: waits for their continuations between events. Several such runs in one
   * process follow each other.
   */
  async runAsync(limits: RunLimits = {}): Promise<void> {
    const endTurn = await MicrotaskDrain.takeTurn();
    const drain = new MicrotaskDrain();
    this.#begin();
    try {
      this.#loop(limits);
      while (this.asyncWoken) {
        this.asyncWoken = false;
        await drain.microtasks();
        this.#guard?.check();
        if (drain.isHostTurnDue()) {
          // Foreign code runs in this turn; the guard is not meant for it.
          this.#guard?.uninstall();
          await drain.hostTurn();
          this.#guard?.install();
        }
        this.#loop(limits);
      }
    } finally {
      this.#guard?.uninstall();
      endTurn();
    }
    this.#guard?.check();
  }

  #begin(): void {
    this.#stopRequested = false;
    this.#guard?.install();
  }

  /** Takes events until a limit, a stop, an empty queue, or an event that woke an async task. */
  #loop(limits: RunLimits): void {
    const { queue, trace } = this;
    const handlers = this.#handlers;
    const untilUs = limits.untilUs ?? Infinity;
    const maxEvents = limits.maxEvents ?? Infinity;
    const keepsCauses = trace.level !== 'off';
    while (queue.size > 0 && !this.#stopRequested && !this.asyncWoken) {
      const atUs = queue.nextTimeUs();
      const before = trace.events;
      if (atUs > untilUs || before >= maxEvents) return;
      this.nowUs = atUs;
      const slot = queue.pop();
      if (keepsCauses) trace.beginDispatch(queue.cause[slot]!);
      handlers[queue.kind[slot]!]!(slot);
      queue.release(slot);
      // A cancelled timer or a call answered in time leaves a slot that is no event.
      if (this.observer !== null && trace.events !== before) this.observer.onEvent?.(trace.events);
    }
  }

  #onStart(slot: number): void {
    const node = this.queue.node[slot]!;
    const host = this.hosts[node]!;
    if (!host.canBoot()) return;
    this.record(START, node, -1, host.incarnation + 1, 0, undefined);
    host.boot();
  }

  #onDeliver(slot: number): void {
    const { queue } = this;
    this.deliver(
      queue.node[slot]!,
      queue.peer[slot]!,
      queue.a[slot]!,
      queue.digest[slot]!,
      queue.payload[slot] as Message,
    );
  }

  /** Hands a message that survived its journey to the node, or to the buffers of a paused one. */
  deliver(node: NodeId, from: NodeId, call: number, digest: number, message: Message): boolean {
    const host = this.hosts[node]!;
    if (host.buffering) {
      host.hold(DELIVER, from, call, digest, message);
      return true;
    }
    if (host.status === 'down') return false;
    this.record(DELIVER, node, from, call, digest, message);
    this.observer?.onDeliver?.(from, node, message);
    host.deliver(from, message, call);
    return true;
  }

  #onTimer(slot: number): void {
    const { queue } = this;
    const host = this.hosts[queue.node[slot]!]!;
    const timer = queue.payload[slot] as NamedTimer;
    if (host.incarnation !== queue.peer[slot] || host.status === 'down') return;
    if (host.buffering) {
      host.hold(TIMER, host.incarnation, timer.id, queue.digest[slot]!, timer);
      return;
    }
    if (!host.timers.fires(timer, queue.digest[slot]!)) return;
    this.trace.blame(timer.cause);
    this.record(TIMER, host.id, -1, timer.id, timer.digest, timer.name);
    host.fireTimer(timer.name);
  }

  #onWake(slot: number): void {
    const { queue } = this;
    const host = this.hosts[queue.node[slot]!]!;
    const task = queue.payload[slot] as RunningTask;
    if (host.incarnation !== queue.peer[slot] || host.status === 'down') return;
    if (host.buffering) {
      host.hold(WAKE, host.incarnation, task.id, queue.digest[slot]!, task);
      return;
    }
    if (!host.tasks.wakes(task, queue.digest[slot]!)) return;
    this.trace.blame(task.cause);
    this.record(WAKE, host.id, -1, task.id, 0, undefined);
    host.act(() => {
      host.tasks.wake(task);
    });
  }

  /** What waited in a paused node's buffers had arrived: no partition takes it back, so it skips the network. */
  #onHandover(slot: number): void {
    const { queue } = this;
    this.hosts[queue.node[slot]!]!.handOver(({ kind, peer, a, digest, payload, cause }) => {
      this.trace.blame(cause);
      queue.peer[slot] = peer;
      queue.a[slot] = a;
      queue.digest[slot] = digest;
      queue.payload[slot] = payload;
      if (kind === DELIVER) this.#onDeliver(slot);
      else this.#handlers[kind]!(slot);
    });
  }

  #onControl(slot: number): void {
    const { label, action } = this.queue.payload[slot] as { label: string; action: () => void };
    this.record(CONTROL, -1, -1, 0, this.queue.digest[slot]!, label);
    action();
  }
}
