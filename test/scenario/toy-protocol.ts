import {
  ConfigError,
  type ClientContext,
  type ClientProgram,
  type OperationRequest,
  type ProtocolDefinition,
  type ReportViolation,
  type ServerContext,
} from '../../src/protocols/protocol.ts';
import type { Message, NodeId, NodeProgram } from '../../src/sim/engine/env.ts';

interface Request extends Message {
  readonly type: 'Request';
  readonly token: number;
  readonly operation: OperationRequest;
}
interface Answer extends Message {
  readonly type: 'Answer';
  readonly token: number;
  readonly value: unknown;
}
interface ToyConfig {
  readonly timeoutUs: number;
}
interface Monitor {
  onWrite(node: NodeId, count: number): void;
}

const TIMEOUT = 'timeout';

/** A register on the first server; what goes wrong in it is the planted bug. */
class ToyServer implements NodeProgram {
  readonly #context: ServerContext<ToyConfig, Monitor>;
  readonly #values = new Map<string | null, unknown>();
  readonly #before = new Map<string | null, unknown>();
  #writes = 0;

  constructor(context: ServerContext<ToyConfig, Monitor>) {
    this.#context = context;
  }

  onStart(): void {
    if (this.#context.env.id === 0) this.#context.env.mark('leader');
  }

  onMessage(from: NodeId, message: Message): void {
    const { token, operation } = message as Request;
    const { env, bug } = this.#context;
    if (bug === 'mute') return;
    const value = this.#apply(operation);
    const answer: Answer = { type: 'Answer', token, value };
    env.send(from, answer);
  }

  #apply({ f, key, value }: OperationRequest): unknown {
    const { bug, env, monitor } = this.#context;
    if (f === 'read') return (bug === 'stale' ? this.#before : this.#values).get(key) ?? null;
    this.#writes += 1;
    if (bug === 'throws' && this.#writes === 3) throw new TypeError('the third write is too much');
    if (bug === 'reads-the-clock' && this.#writes === 3) return Date.now();
    monitor?.onWrite(env.id, this.#writes);
    this.#before.set(key, this.#values.get(key));
    this.#values.set(key, value);
    return null;
  }
}

class ToyClient implements ClientProgram {
  readonly #context: ClientContext<ToyConfig>;
  #token = 0;

  constructor(context: ClientContext<ToyConfig>) {
    this.#context = context;
  }

  perform(operation: OperationRequest, token: number): void {
    const { env, servers, config } = this.#context;
    this.#token = token;
    env.setTimer(TIMEOUT, config.timeoutUs);
    const request: Request = { type: 'Request', token, operation };
    env.send(servers[0]!, request);
  }

  onMessage(_from: NodeId, message: Message): void {
    const { token, value } = message as Answer;
    if (token !== this.#token) return;
    this.#context.env.cancelTimer(TIMEOUT);
    this.#context.complete(token, { type: 'ok', value });
  }

  onTimer(): void {
    this.#context.complete(this.#token, { type: 'info', error: 'timeout' });
  }
}

const bug = (id: string, caughtBy: string): ProtocolDefinition['bugs'][number] => ({
  id,
  mutation: id,
  source: 'test',
  caughtBy: [caughtBy],
  needs: [],
  rarity: 'easy',
});

/** As small as a protocol can be: one register, one server that matters, no retries. */
export const toy: ProtocolDefinition<ToyConfig, Monitor> = {
  name: 'toy',
  parseConfig: ({ timeoutMs = 50, ...rest }) => {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined)
      throw new ConfigError(unknown, `toy has no config key "${unknown}"`, 'remove it');
    return { timeoutUs: Number(timeoutMs) * 1_000 };
  },
  createMonitor: (_servers, _config, nameOf, report: ReportViolation) => ({
    onWrite: (node, count) => {
      if (count > 5)
        report({
          invariant: 'at-most-five-writes',
          sentence: `${nameOf(node)} took write number ${count}; five are allowed.`,
          because: [`${nameOf(node)} has counted ${count} writes.`, 'The bound is 5.'],
          nodes: [node],
        });
    },
  }),
  createServer: (context) =>
    new ToyServer(context.bug === 'counts' ? context : { ...context, monitor: null }),
  createClient: (context) => new ToyClient(context),
  view: {
    role: () => 'leader',
    rank: () => 1,
    describe: () => 'a register',
  },
  invariants: [{ name: 'at-most-five-writes', statement: 'At most five writes.', source: 'test' }],
  bugs: [
    bug('throws', 'no-exceptions'),
    bug('reads-the-clock', 'no-exceptions'),
    bug('stale', 'linearizable'),
    bug('mute', 'liveness'),
    bug('counts', 'at-most-five-writes'),
  ],
  model: 'kv',
  operations: ['read', 'write'],
  messageTypes: ['Request', 'Answer'],
  marks: ['leader'],
  configKeys: { timeoutMs: 'how long a client waits, in ms' },
};
