import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RedisStore } from '../../src/protocols/redis/store.ts';
import { RealRedis } from './real-redis.ts';
import { bytes } from './redis-pubsub.ts';
import { normalised, sequence, SEQUENCES, SHORT_MS, START_MS } from './redis-sequences.ts';

/**
 * `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to test/golden.
 */
const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/redis-7.0.15.json', import.meta.url);

/** Each different reply once, then by number: the file stays small. */
function pack(real: readonly (readonly string[])[]): string {
  const texts = [...new Set(real.flat())];
  const numbers = new Map(texts.map((text, at) => [text, at]));
  const rows = real.map((replies) => JSON.stringify(replies.map((text) => numbers.get(text))));
  return `{\n"texts": ${JSON.stringify(texts)},\n"sequences": [\n${rows.join(',\n')}\n]\n}\n`;
}

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
  const server = new RealRedis(19_001);
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('answers every random sequence as the simulated one does', { timeout: 120_000 }, async () => {
    const sequences = Array.from({ length: SEQUENCES }, (_, index) => sequence(index));
    const real: string[][] = sequences.map(() => []);
    for (let block = 0; block < sequences[0]!.length; block += 1) {
      for (const [index, blocks] of sequences.entries()) {
        const commands = blocks[block]!;
        const replies = await Promise.all(commands.map((words) => server.send(words)));
        real[index]!.push(...replies.map((reply, at) => normalised(commands[at]!, reply)));
      }
      await pause(SHORT_MS + 100);
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    const simulated = sequences.map((blocks) => {
      const store = new RedisStore();
      return blocks.flatMap((commands, block) =>
        commands.map((words) =>
          normalised(words, store.execute(words, START_MS + block * 2 * SHORT_MS)),
        ),
      );
    });
    expect(simulated).toEqual(real);
  });

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
