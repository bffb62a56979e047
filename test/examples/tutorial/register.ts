import {
  simulate,
  type Fault,
  type NodeEnv,
  type NodeProgram,
  type Recorder,
  type SimulatedRun,
  type Task,
} from 'splitbrain';

/** A value and how new it is: the higher `time` wins, between equal times the higher `writer`. */
export interface Stamped {
  readonly time: number;
  readonly writer: number;
  readonly value: number | null;
}

export type Request =
  { readonly type: 'query' } | { readonly type: 'store'; readonly stamped: Stamped };
export interface Answer {
  readonly type: 'state';
  readonly stamped: Stamped;
}

const NOTHING: Stamped = { time: 0, writer: 0, value: null };
/** Ids follow the order of the nodes in {@link run}: the clients come first. */
const REPLICAS = [3, 4, 5];
const newer = (a: Stamped, b: Stamped): boolean =>
  a.time > b.time || (a.time === b.time && a.writer > b.writer);

/** Chapter 1: keeps the newest value it was told, in memory. */
export class Replica implements NodeProgram {
  protected stamped: Stamped = NOTHING;
  protected readonly env: NodeEnv;

  constructor(env: NodeEnv) {
    this.env = env;
  }

  onMessage(from: number, message: Request, replyTo: number): void {
    if (message.type === 'store' && newer(message.stamped, this.stamped))
      this.keep(message.stamped);
    this.answer(from, replyTo);
  }

  protected keep(stamped: Stamped): void {
    this.stamped = stamped;
  }

  protected answer(to: number, replyTo: number): void {
    this.env.reply<Answer>(to, replyTo, { type: 'state', stamped: this.stamped });
  }
}

/** Chapter 1: reads and writes one register, an operation at a time. Each rule of the protocol is a method. */
export class Client implements NodeProgram {
  protected readonly env: NodeEnv;
  readonly #record: Recorder;

  constructor(env: NodeEnv, record: Recorder) {
    this.env = env;
    this.#record = record;
  }

  onStart(): void {
    this.env.spawn(this.#work());
  }

  *#work(): Task {
    for (let value = this.env.id; value < 60; value += 3) {
      yield* this.env.sleep(this.env.random('think').between(0, 20_000));
      if (this.env.random('mix').chance(600_000)) {
        const operation = this.#record('read');
        const found = yield* this.read();
        if (found === null) operation.fail('no majority');
        else operation.ok(found.value);
      } else {
        const operation = this.#record('write', undefined, value);
        if (yield* this.write(value)) operation.ok();
        else operation.info('no majority');
      }
    }
  }

  /** Learns the newest time from a majority, then stores with a later one at a majority. */
  *write(value: number): Task<boolean> {
    const known = yield* this.ask({ type: 'query' }, 2);
    if (known === null) return false;
    const stamped = { time: this.timeAfter(known.time), writer: this.env.id, value };
    return (yield* this.ask({ type: 'store', stamped }, 2)) !== null;
  }

  protected timeAfter(time: number): number {
    return time + 1;
  }

  /** One replica will know. */
  *read(): Task<Stamped | null> {
    return yield* this.ask({ type: 'query' }, 1);
  }

  /** Asks replicas in a drawn order until `count` have answered; the newest of their values, or null. */
  protected *ask(request: Request, count: number): Task<Stamped | null> {
    let newest = NOTHING;
    let answers = 0;
    for (const replica of this.env.random('order').shuffle(REPLICAS)) {
      const result = yield* this.env.call<Answer>(replica, request, 50_000);
      if (!result.ok) continue;
      if (newer(result.message.stamped, newest)) newest = result.message.stamped;
      answers += 1;
      if (answers === count) return newest;
    }
    return null;
  }
}

/** Chapter 2: a majority always includes a replica that the last write reached. */
export class MajorityReader extends Client {
  override *read(): Task<Stamped | null> {
    return yield* this.ask({ type: 'query' }, 2);
  }
}

/** Chapter 3: what was seen is made to be seen by everybody after (Attiya, Bar-Noy, Dolev 1995). */
export class CarefulReader extends MajorityReader {
  override *read(): Task<Stamped | null> {
    const found = yield* super.read();
    if (found === null || found.time === 0) return found;
    const stored = yield* this.ask({ type: 'store', stamped: found }, 2);
    return stored === null ? null : found;
  }
}

/** Chapter 5: a write that found no majority may still have been stored somewhere; its time is not used again. */
export class CarefulClient extends CarefulReader {
  #last = 0;

  protected override timeAfter(time: number): number {
    this.#last = Math.max(this.#last, time) + 1;
    return this.#last;
  }
}

/** Chapter 7: nothing is said before it is on disk. */
export class DurableReplica extends Replica {
  #syncs = 0;
  readonly #waiting: { to: number; replyTo: number }[] = [];

  onStart(): void {
    this.stamped = (this.env.disk.read('register')[0] as Stamped | undefined) ?? NOTHING;
  }

  protected override keep(stamped: Stamped): void {
    super.keep(stamped);
    this.env.disk.put('register', stamped);
  }

  protected override answer(to: number, replyTo: number): void {
    this.#waiting.push({ to, replyTo });
    this.env.disk.sync((this.#syncs += 1));
  }

  onSynced(): void {
    const { to, replyTo } = this.#waiting.shift()!;
    super.answer(to, replyTo);
  }
}

export interface Setup {
  readonly replica: new (env: NodeEnv) => Replica;
  readonly client: new (env: NodeEnv, record: Recorder) => Client;
  readonly faults?: readonly Fault[];
}

/** Three replicas and three clients, five virtual seconds, 2 % of all messages lost. */
export function run(setup: Setup, seed: number): SimulatedRun {
  const replica = (env: NodeEnv): NodeProgram => new setup.replica(env);
  const client = (env: NodeEnv, record: Recorder): NodeProgram => new setup.client(env, record);
  return simulate({
    seed: String(seed),
    nodes: { c0: client, c1: client, c2: client, r1: replica, r2: replica, r3: replica },
    network: { latency: { kind: 'uniform', minUs: 1_000, maxUs: 10_000 }, lossPpm: 20_000 },
    durationUs: 5_000_000,
    faults: setup.faults ?? [],
  });
}
