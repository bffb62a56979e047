import { check, simulate, type NodeEnv, type NodeProgram, type Recorder } from 'splitbrain';
import { expect, test } from 'vitest';

type Request = { readonly type: 'read' | 'write' | 'copy' | 'done'; readonly value: number };

/** Node 0 takes writes, answers at once, and copies to node 1, the backup, later. */
const replica = (env: NodeEnv): NodeProgram => {
  let value = 0;
  return {
    onMessage(from, message, replyTo) {
      const request = message as Request;
      if (request.type !== 'read') value = request.value;
      if (request.type === 'write') env.send(1, { ...request, type: 'copy' });
      if (request.type !== 'copy') env.reply(from, replyTo, { ...request, type: 'done', value });
    },
  };
};

function* client(env: NodeEnv, record: Recorder) {
  for (let value = env.id; value < 80; value += 4) {
    const type = env.random('mix').chance(500_000) ? 'read' : 'write';
    const operation = record(type, undefined, type === 'write' ? value : undefined);
    const request: Request = { type, value };
    const result = yield* env.call<Request>(type === 'read' ? 1 : 0, request, 50_000);
    if (result.ok) operation.ok(type === 'read' ? result.message.value : undefined);
    else operation.info('no answer');
  }
}

test('reads from an asynchronous backup are stale', () => {
  const start = (env: NodeEnv, record: Recorder): NodeProgram => ({
    onStart() {
      env.spawn(client(env, record));
    },
  });
  const nodes = { primary: replica, backup: replica, c1: start, c2: start };
  const { history } = simulate({ seed: '1', nodes, durationUs: 2_000_000 });
  expect(check(history, { model: 'register', initial: 0 }).verdict).toBe('violated');
});
