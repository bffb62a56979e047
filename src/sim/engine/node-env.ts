import type { CallResult, Disk, Message, NodeEnv, NodeId, Task } from './env.ts';
import { MARK } from './event-kind.ts';
import type { NodeHost } from './node-host.ts';
import { ProcessExit } from './ports.ts';
import type { RandomStream } from './random.ts';
import { callStep, sleepStep } from './tasks.ts';

const NO_DETAIL: Readonly<Record<string, unknown>> = Object.freeze({});

/** The {@link NodeEnv} of one incarnation. Once the host has another env, this one's effects are refused silently. */
export class IncarnationEnv implements NodeEnv {
  readonly id: NodeId;
  readonly name: string;
  readonly nodeCount: number;
  readonly incarnation: number;
  readonly disk: Disk;
  readonly #host: NodeHost;

  constructor(host: NodeHost, disk: Disk) {
    this.#host = host;
    this.id = host.id;
    this.name = host.name;
    this.nodeCount = host.simulation.hosts.length;
    this.incarnation = host.incarnation;
    this.disk = disk;
  }

  nameOf(id: NodeId): string {
    return this.#host.simulation.nameOf(id);
  }

  wallUs(): number {
    return this.#host.clock.wallUs(this.#host.simulation.nowUs);
  }

  monotonicUs(): number {
    return this.#host.clock.monotonicUs(this.#host.simulation.nowUs);
  }

  random(purpose: string): RandomStream {
    return this.#host.simulation.streams.get(`node/${this.name}/${purpose}`);
  }

  send(to: NodeId, message: Message): void {
    const host = this.#host;
    if (host.env === this) host.simulation.transport.send(host.id, to, message, 0);
  }

  reply(to: NodeId, replyTo: number, message: Message): void {
    const host = this.#host;
    if (!(replyTo > 0))
      throw new RangeError(
        `reply to call ${replyTo}: expected the positive replyTo that onMessage got (0 means one-way)`,
      );
    if (host.env === this) host.simulation.transport.send(host.id, to, message, -replyTo);
  }

  setTimer(name: string, delayUs: number): void {
    const host = this.#host;
    if (host.env === this) host.timers.set(name, delayUs);
  }

  cancelTimer(name: string): void {
    const host = this.#host;
    if (host.env === this) host.timers.cancel(name);
  }

  spawn(task: Task<unknown>): void {
    const host = this.#host;
    if (host.env === this) host.tasks.spawn(task);
  }

  sleep(delayUs: number): Task {
    return sleepStep(delayUs);
  }

  call<M extends Message = Message>(
    to: NodeId,
    message: Message,
    timeoutUs: number,
  ): Task<CallResult<M>> {
    return callStep<M>(to, message, timeoutUs);
  }

  spawnAsync(task: () => Promise<unknown>): void {
    const host = this.#host;
    if (host.env === this) host.asyncTasks.spawn(task);
  }

  sleepAsync(delayUs: number): Promise<void> {
    return this.#host.asyncTasks.sleep(this, delayUs);
  }

  callAsync<M extends Message = Message>(
    to: NodeId,
    message: Message,
    timeoutUs: number,
  ): Promise<CallResult<M>> {
    return this.#host.asyncTasks.call<M>(this, to, message, timeoutUs);
  }

  exit(reason: string): never {
    throw new ProcessExit(reason);
  }

  mark(name: string, detail: Readonly<Record<string, unknown>> = NO_DETAIL): void {
    const host = this.#host;
    if (host.env !== this) return;
    const { simulation } = host;
    const digest = simulation.digester.of(detail) ^ simulation.digester.ofString(name);
    simulation.record(MARK, host.id, -1, 0, digest, { name, detail });
    simulation.observer?.onMark?.(host.id, name, detail);
  }

  log(text: () => string): void {
    const { simulation } = this.#host;
    if (simulation.trace.level === 'full' && this.#host.env === this)
      simulation.observer?.onLog?.(this.id, text());
  }
}
