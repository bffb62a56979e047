import {
  check,
  simulate,
  type Message,
  type NodeEnv,
  type NodeProgram,
  type Recorder,
} from 'splitbrain';
import { expect, test } from 'vitest';

type Request = Message & { readonly value?: number };

/** A primary that answers at once and copies to a backup later; reads may come from the backup. */
class Replica implements NodeProgram {
  value = 0;
  readonly env: NodeEnv;
  constructor(env: NodeEnv) {
    this.env = env;
  }
  onMessage(from: number, message: Message, replyTo: number): void {
    const { type, value } = message as Request;
    if (type === 'write' || type === 'copy') this.value = value ?? 0;
    if (type === 'write') this.env.send(1, { type: 'copy', value } as Message);
    if (type !== 'copy')
      this.env.reply(from, replyTo, { type: 'done', value: this.value } as Message);
  }
}

const client = (env: NodeEnv, record: Recorder): NodeProgram => ({
  onStart: () => {
    env.spawn(run(env, record));
  },
});

function* run(env: NodeEnv, record: Recorder) {
  for (let turn = 1; turn <= 20; turn += 1) {
    const reads = env.random('mix').chance(500_000);
    const operation = reads ? record('read') : record('write', undefined, turn * 10 + env.id);
    const request = { type: reads ? 'read' : 'write', value: turn * 10 + env.id } as Message;
    const result = yield* env.call(reads ? 1 : 0, request, 50_000);
    if (result.ok) operation.ok(reads ? (result.message as Request).value : undefined);
    else operation.info('no answer');
  }
}

test('reads from an asynchronous backup are stale', () => {
  const nodes = {
    primary: (env: NodeEnv) => new Replica(env),
    backup: (env: NodeEnv) => new Replica(env),
    c1: client,
    c2: client,
  };
  const { history } = simulate({ seed: '1', nodes, durationUs: 2_000_000 });
  const verdict = check(history, { model: 'register', initial: 0 });
  expect(verdict.verdict).toBe('violated');
});
