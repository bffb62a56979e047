import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';

import type { Reply } from '../../src/protocols/redis/index.ts';
import { OneRedis } from '../protocols/redis/one-redis.ts';
import { RealRedis } from './real-redis.ts';
import { bytes, pubSubStory, type PubSubServer, type PubSubStory } from './redis-pubsub.ts';

const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/redis-7.0.15-pubsub.json', import.meta.url);

/** ioredis tells a status like a string. */
const plain = (reply: unknown): unknown =>
  typeof reply === 'object' && reply !== null && 'simple' in reply ? reply.simple : reply;

function simulated(): PubSubServer {
  const redis = new OneRedis({ aof: 'no' });
  const answers: string[] = [];
  let told = 0;
  /** What came since the last call, answers before what is published later. */
  const hear = (): void => {
    for (const { channel, text } of redis.heard.slice(told))
      answers.push(bytes(['message', channel, text]));
    told = redis.heard.length;
  };
  return {
    send: (command) => {
      const reply = plain(redis.send(command));
      redis.wait(5);
      hear();
      return Promise.resolve(reply);
    },
    listen: (line) => {
      answers.push(bytes(redis.send(line) as Reply));
      return Promise.resolve();
    },
    heard: () => answers.join(''),
  };
}

it('a listener hears, byte for byte, what a real server told one', async () => {
  const recorded = JSON.parse(readFileSync(GOLDEN, 'utf8')) as PubSubStory;
  expect(recorded.heard).toContain('message');
  expect(await pubSubStory(simulated())).toEqual(recorded);
});

it.skipIf(MODE === '')('a real Redis server tells the same', { timeout: 30_000 }, async () => {
  const server = new RealRedis(19_020);
  await server.start();
  const socket = connect(19_020, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  try {
    const real = await pubSubStory({
      send: async (command) => {
        const reply = await server.send(command);
        await pause(50);
        return reply;
      },
      listen: async (line) => {
        socket.write(`${line}\r\n`);
        await pause(50);
      },
      heard: () => text,
    });
    if (MODE === 'record') writeFileSync(GOLDEN, `${JSON.stringify(real, null, 2)}\n`);
    expect(await pubSubStory(simulated())).toEqual(real);
  } finally {
    socket.destroy();
    await server.stop();
  }
});
