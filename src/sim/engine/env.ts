import type { RandomStream } from './random.ts';

/** A node's number: its index in the topology, 0-based. Names are for people ({@link NodeEnv.nameOf}). */
export type NodeId = number;

/**
 * A message: plain data (numbers, strings, booleans, null, arrays, plain objects) with a `type`. It is passed by
 * reference and must never be changed once sent; checking runs freeze it.
 */
export interface Message {
  readonly type: string;
}

/** What a node runs: a synchronous state machine. One object lives for one incarnation; a crash drops it. */
export interface NodeProgram {
  /** Called once when the incarnation starts, first boot or restart; recover from `env.disk` here. */
  onStart?(): void;
  /**
   * A message arrived. `replyTo` is 0 for a one-way message, else the request's number: answer it with
   * `env.reply(from, replyTo, answer)`, now or later.
   */
  onMessage?(from: NodeId, message: Message, replyTo: number): void;
  /** The named timer fired; it is no longer set. */
  onTimer?(name: string): void;
  /** An `env.disk.sync(token)` came to its end: `error` is null when everything written before it is durable. */
  onSynced?(token: number, error: DiskError | null): void;
}

/** Builds the program of one incarnation of a node. */
export type NodeFactory = (env: NodeEnv) => NodeProgram;

/** Why a sync failed. After `io-error` the writes it covered are lost for good: retrying the sync does not bring them back. */
export type DiskError = 'io-error';

/** What a torn write leaves as a file's last record: a checksum mismatch, in a real log. */
export const TORN_RECORD: unique symbol = Symbol('torn record');

/**
 * A node's disk: named files of immutable records. Writes go to the page cache at once and are seen by this process;
 * they survive a process kill, and survive a power loss only if a sync issued after them has completed.
 */
export interface Disk {
  /** The file's records as a process would read them now; an absent file is empty. Do not change the array. */
  read(file: string): readonly unknown[];
  /** Adds one record at the file's end. */
  append(file: string, record: unknown): void;
  /** Keeps the first `length` records. */
  truncate(file: string, length: number): void;
  /** Replaces the whole file by one record (write a new file, rename over the old one). */
  put(file: string, record: unknown): void;
  /** Removes the file. */
  remove(file: string): void;
  /** Makes everything written so far durable; `onSynced(token, error)` tells when. Several may be under way; they end in order. */
  sync(token: number): void;
}

/** What became of a call: an answer, or silence for `timeoutUs`. Silence never means that nothing happened. */
export type CallResult<M extends Message = Message> =
  { readonly ok: true; readonly message: M } | { readonly ok: false; readonly reason: 'timeout' };

/** What a generator task yields to the scheduler; made only by `env.sleep` and `env.call`. */
export type TaskStep =
  | { readonly kind: 'sleep'; readonly delayUs: number }
  | {
      readonly kind: 'call';
      readonly to: NodeId;
      readonly message: Message;
      readonly timeoutUs: number;
    };

/** A sequence over virtual time: `function* (): Task<number> { yield* env.sleep(5_000); return 1; }`. */
export type Task<T = void> = Generator<TaskStep, T, unknown>;

/**
 * The world as one incarnation of a node sees it; the only door to time, chance, network and disk (DESIGN §2).
 * After the incarnation has ended every effect of a kept `env` is refused silently: the process is gone.
 */
export interface NodeEnv {
  readonly id: NodeId;
  readonly name: string;
  /** How many nodes the topology has, clients included; ids are 0..nodeCount-1. */
  readonly nodeCount: number;
  /** 1 for the first boot, one more after each restart. */
  readonly incarnation: number;
  readonly disk: Disk;

  nameOf(id: NodeId): string;
  /** This node's wall clock in µs; it may be wrong, drift, jump either way and freeze. */
  wallUs(): number;
  /** This node's monotonic clock in µs: never goes back; may drift or freeze. Timers follow it. */
  monotonicUs(): number;
  /** The stream `node/<name>/<purpose>`; the same object every time, also in later incarnations. */
  random(purpose: string): RandomStream;

  /** Sends one way; may be lost, delayed, duplicated, reordered. Sending to oneself goes through the loopback link. */
  send<M extends Message>(to: NodeId, message: M): void;
  /** Answers the request `replyTo` that came from `to`. */
  reply<M extends Message>(to: NodeId, replyTo: number, message: M): void;
  /** Sets (or moves) the named timer; it fires `delayUs` of the monotonic clock from now. Data, not a closure. */
  setTimer(name: string, delayUs: number): void;
  cancelTimer(name: string): void;

  /** Runs a generator task until it ends or the incarnation does. An exception in it is this node's crash. */
  spawn(task: Task<unknown>): void;
  /** In a task: `yield* env.sleep(us)`. */
  sleep(delayUs: number): Task;
  /** In a task: sends a request and waits for its reply, at most `timeoutUs`. */
  call<M extends Message = Message>(
    to: NodeId,
    message: Message,
    timeoutUs: number,
  ): Task<CallResult<M>>;

  /**
   * Runs an async function as a task; the world must be driven by `Simulation.runAsync`. It may await nothing but
   * `sleepAsync` and `callAsync`: any other promise settles in real time.
   */
  spawnAsync(task: () => Promise<unknown>): void;
  /** In an async task: `await env.sleepAsync(us)`. */
  sleepAsync(delayUs: number): Promise<void>;
  /** In an async task: as {@link call}. */
  callAsync<M extends Message = Message>(
    to: NodeId,
    message: Message,
    timeoutUs: number,
  ): Promise<CallResult<M>>;

  /**
   * Ends this process on purpose, as after a failed sync; nothing after the call runs. Unlike an exception it is no failure
   * of the code. A fault that led to it starts the node again when it ends.
   */
  exit(reason: string): never;

  /** Notes a change of state that others may wait for (`when: { mark: leader, node: n1 }`) and the story shows. Hashed. */
  mark(name: string, detail?: Readonly<Record<string, unknown>>): void;
  /** A line for the story. Not hashed, and not even built when nobody reads it. */
  log(text: () => string): void;
}
