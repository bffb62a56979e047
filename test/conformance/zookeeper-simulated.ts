import { parseConfig } from '../../src/protocols/zookeeper/parse-config.ts';
import type { WatchEvent, ZkReply } from '../../src/protocols/zookeeper/messages.ts';
import { ZookeeperServer } from '../../src/protocols/zookeeper/server.ts';
import type { OperationResult, Txn } from '../../src/protocols/zookeeper/txn.ts';
import { WatchCallbacks } from '../../src/protocols/zookeeper/watch-callbacks.ts';
import { simulate } from '../../src/scenario/simulate.ts';
import type { Message, NodeEnv, NodeProgram, Task } from '../../src/sim/engine/env.ts';
import { TICK_MS, TIMEOUT_MS, type Step } from './zookeeper-sequences.ts';
import { transcript, type Observed } from './zookeeper-transcript.ts';

const SERVER = 0;
const RESOURCE = 9;
/** Messages and a tick's own grain between the last that the server heard and the first that is seen of the end. */
const SLACK_US = 20_000;

interface Client {
  session: number;
  connection: number;
  lastZxid: number;
  /** Everything on this connection has come up to this number; the network keeps the order. */
  received: number;
  readonly watches: WatchCallbacks;
  events: WatchEvent[];
}

/** Two clients of the simulated server, played by one node that speaks the wire's messages. */
class Driver implements NodeProgram {
  readonly observed: Observed[] = [];
  readonly sessions: number[] = [];
  readonly #env: NodeEnv;
  readonly #steps: readonly Step[];
  readonly #clients: Client[] = [0, 1].map(() => ({
    session: 0,
    connection: 0,
    lastZxid: 0,
    received: 0,
    watches: new WatchCallbacks(),
    events: [],
  }));
  #connections = 0;
  #eventUs = 0;

  constructor(env: NodeEnv, steps: readonly Step[]) {
    this.#env = env;
    this.#steps = steps;
  }

  onStart(): void {
    this.#env.spawn(this.#run());
  }

  onMessage(_from: number, message: Message): void {
    if (message.type !== 'WatchEvent') return;
    const event = message as WatchEvent;
    const client = this.#clients.find(({ connection }) => connection === event.connection);
    if (client === undefined || event.number <= client.received) return;
    client.received = event.number;
    this.#eventUs = this.#env.monotonicUs();
    client.watches.take(event);
    client.events.push(event);
  }

  *#run(): Task {
    for (const step of this.#steps) {
      const answer = yield* this.#do(step);
      for (const client of this.#clients)
        if (client.connection !== 0 && client.session !== 0)
          yield* this.#ask(client, { type: 'Ping' });
      const events = this.#clients.map((client) => {
        const told = client.events.map(({ event, path }) => [event, path] as const);
        client.events = [];
        return told;
      });
      this.observed.push({ ...answer, events });
    }
  }

  *#do(step: Step): Task<Omit<Observed, 'events'>> {
    const client = this.#clients[step.client]!;
    switch (step.does) {
      case 'open':
        return yield* this.#open(client);
      case 'close':
        yield* this.#write(client, { op: 'closeSession', session: client.session });
        this.#drop(client, true);
        return { status: 'closed' };
      case 'drop':
        this.#drop(client, false);
        return { status: 'dropped' };
      case 'resume':
        return yield* this.#resume(client);
      case 'expire':
        return yield* this.#expire(client);
      case 'read': {
        const { type, path, watch } = step;
        const reply = yield* this.#ask(client, { type, path, watch });
        if (watch) client.watches.add(type, path, reply, () => undefined);
        const { status, stat, value } = reply;
        if (status !== 'ok' || type === 'Exists') return { status, stat };
        if (type === 'GetData') return { status, stat, data: value as string | null };
        return { status, stat, children: value as readonly string[] };
      }
      case 'multi': {
        const { session } = client;
        const { value } = yield* this.#write(client, { op: 'multi', session, ops: step.ops });
        const results = (value as readonly OperationResult[]).map((result, at) =>
          step.ops[at]?.op === 'setData' ? result : { ...result, stat: null },
        );
        return { status: 'multi', results };
      }
      case 'single': {
        const { session } = client;
        const { operation } = step;
        const reply = yield* this.#write(client, { ...operation, session });
        const { status, value, stat } = reply;
        // Only setData answers with a Stat on the wire; create tells the path.
        if (operation.op === 'setData') return { status, stat };
        return { status, path: value as string | null };
      }
    }
  }

  *#open(client: Client): Task<{ status: string }> {
    client.session = 0;
    client.lastZxid = 0;
    while (client.session === 0) {
      const reply = yield* this.#connect(client);
      if (reply.status === 'ok') client.session = reply.value as number;
      else yield* this.#env.sleep(50_000);
    }
    this.sessions.push(client.session);
    return { status: 'opened' };
  }

  *#resume(client: Client): Task<{ status: string }> {
    const { status } = yield* this.#connect(client);
    if (status !== 'ok') {
      this.#drop(client, true);
      return { status };
    }
    const lists = client.watches.lists();
    const relativeZxid = client.lastZxid;
    yield* this.#ask(client, { type: 'SetWatches', relativeZxid, ...lists });
    return { status: 'resumed' };
  }

  *#expire(client: Client): Task<Omit<Observed, 'events'>> {
    const silentUs = this.#env.monotonicUs();
    this.#drop(client, false);
    const other = this.#clients.find((one) => one !== client)!;
    this.#eventUs = 0;
    for (let waitedMs = 0; waitedMs < TIMEOUT_MS + 2 * TICK_MS; waitedMs += 200) {
      yield* this.#ask(other, { type: 'Ping' });
      yield* this.#env.sleep(200_000);
    }
    if (this.#eventUs === 0) return { status: 'expired' };
    const lifeUs = this.#eventUs - silentUs;
    const inWindow =
      lifeUs > TIMEOUT_MS * 1_000 - SLACK_US && lifeUs <= (TIMEOUT_MS + TICK_MS) * 1_000 + SLACK_US;
    return { status: 'expired', inWindow };
  }

  #drop(client: Client, forGood: boolean): void {
    client.connection = 0;
    if (forGood) client.watches.clear();
  }

  *#connect(client: Client): Task<ZkReply> {
    this.#connections += 1;
    client.connection = this.#connections;
    client.received = 0;
    const { session, lastZxid, connection } = client;
    const timeoutUs = TIMEOUT_MS * 1_000;
    return yield* this.#call({ type: 'Connect', session, timeoutUs, lastZxid, connection });
  }

  *#write(client: Client, txn: Txn): Task<ZkReply> {
    return yield* this.#ask(client, { type: 'Write', txn });
  }

  *#ask(client: Client, request: object): Task<ZkReply> {
    const { session, received } = client;
    const reply = yield* this.#call({ ...request, session, received });
    if (reply.number > 0) {
      client.received = reply.number;
      client.lastZxid = Math.max(client.lastZxid, reply.zxid);
    }
    return reply;
  }

  *#call(message: object): Task<ZkReply> {
    const result = yield* this.#env.call<ZkReply>(SERVER, message as Message, 1_000_000);
    if (!result.ok) throw new Error(`no answer to ${JSON.stringify(message)}`);
    return result.message;
  }
}

/** What the simulated server answers to these steps. */
export function simulated(index: number, steps: readonly Step[]): readonly string[] {
  const input = { weakEnsemble: true, tick: `${TICK_MS}ms`, sessionTimeout: `${TIMEOUT_MS}ms` };
  const config = parseConfig(input, 2);
  let driver: Driver | null = null;
  const run = simulate({
    seed: String(index),
    durationUs: 20_000_000,
    network: { latency: { kind: 'constant', us: 500 }, fifo: true },
    nodes: {
      server: (env) => new ZookeeperServer(env, config, [SERVER, RESOURCE], null),
      driver: (env) => (driver = new Driver(env, steps)),
    },
  });
  const [failure] = run.failures;
  if (failure !== undefined) throw failure.error;
  const { observed, sessions } = driver!;
  if (observed.length < steps.length)
    throw new Error(`sequence ${index} ended at step ${observed.length}`);
  return transcript(observed, sessions, { fromMs: 0, toMs: run.virtualUs / 1_000 });
}
