import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RedisStore } from '../../src/protocols/redis/store.ts';
import { RealRedis } from './real-redis.ts';
import { pack } from './packed.ts';
import { EDGE_SEQUENCES, edgeSequence } from './redis-edge-sequences.ts';
import { bytes } from './redis-pubsub.ts';
import { SHORT_MS, normalised } from './redis-replies.ts';
import { SEQUENCES, sequence, simulated } from './redis-sequences.ts';

/**
 * `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to test/golden.
 */
const MODE = process.env['CONFORMANCE'] ?? '';
/** What the server writes for these lines, as it stands on the wire. */
function wire(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end(lines.map((line) => `${line}\r\n`).join(''));
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

describe.skipIf(MODE === '')('a real Redis server', () => {
  // A database for each sequence: whatever word is taken for a key, sequences do not meet.
  const server = new RealRedis(19_001, '--databases', String(Math.max(SEQUENCES, EDGE_SEQUENCES)));
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it.each([
    { file: 'redis-7.0.15', count: SEQUENCES, drawn: sequence },
    { file: 'redis-7.0.15-edges', count: EDGE_SEQUENCES, drawn: edgeSequence },
  ])(
    'answers all sequences of $file as the simulated one does',
    { timeout: 120_000 },
    async (set) => {
      await server.send(['FLUSHALL']);
      const sequences = Array.from({ length: set.count }, (_, index) => set.drawn(index));
      const real: string[][] = sequences.map(() => []);
      for (let block = 0; block < sequences[0]!.length; block += 1) {
        for (const [index, blocks] of sequences.entries()) {
          const commands = blocks[block]!;
          await server.send(['SELECT', String(index)]);
          const replies = await Promise.all(commands.map((words) => server.send(words)));
          real[index]!.push(...replies.map((reply, at) => normalised(commands[at]!, reply)));
        }
        await pause(SHORT_MS + 100);
      }
      if (MODE === 'record')
        writeFileSync(new URL(`../golden/${set.file}.json`, import.meta.url), pack(real));
      expect(sequences.map(simulated)).toEqual(real);
    },
  );

  it('writes the same bytes, statuses and strings told apart', async () => {
    const lines = [
      ...['SET wire a NX PX 100000', 'SET wire b NX', 'SET wire b XX GET', 'GET wire', 'PTTL wire'],
      ...['SET wire c PX 0', 'SET wire c PX -5', 'SET wire c NX XX', 'INCR wire', 'DEL wire wire'],
      ...[
        'RPUSH wire a b',
        'GET wire',
        'INCR wire',
        'SET wire x GET',
        'LPOP wire',
        'LRANGE wire 0 -1',
      ],
      ...['LLEN wire', 'ZADD wire 1 a', 'ZSCORE wire a', 'LPOP wire', 'EXISTS wire', 'LPOP wire'],
      ...['ZADD wire 1.5 a 1 b', 'ZRANGE wire 0 -1 WITHSCORES', 'ZINCRBY wire inf a', 'LLEN wire'],
      ...['ZSCORE wire c', 'ZADD wire x a', 'ZREM wire a b', 'EXISTS wire', 'LRANGE wire 0 9'],
      ...['PING', 'PING hi', 'EXISTS wire', 'PTTL wire', 'GET', 'PEXPIRE wire x', 'NOSUCH a b'],
      ...[
        'SET n 9007199254740992',
        'INCR n',
        'GETEX n PX 9223372036854775807',
        'FLUSHALL',
        'GET n',
      ],
      ...['ZADD z -0 a', 'ZINCRBY z -0 a', 'ZINCRBY z -0 b', 'ZADD z GT CH 5 a', 'FLUSHALL x'],
      ...[
        'constructor',
        '__proto__ a',
        'toString',
        'PING a b',
        'TIME x',
        'UNLINK z',
        'FLUSHALL async',
      ],
    ];
    const store = new RedisStore();
    const simulated = lines.map((line) => bytes(store.execute(line.split(' '), 1_000_000)));
    expect(simulated.join('')).toBe(await wire(server.port, lines));
  });

  it('tells the time as seconds and microseconds', async () => {
    const shape = [expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d{1,6}$/)];
    expect(await server.send(['TIME'])).toEqual(shape);
    expect(new RedisStore().execute(['TIME'], 1_234)).toEqual(shape);
  });
});
