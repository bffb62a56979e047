import type { Reply } from '../../src/protocols/redis/index.ts';

/** What a server did while one connection listened and another spoke; golden/redis-7.0.15-pubsub.json has the real one's. */
export interface PubSubStory {
  /** All bytes that the listening connection was sent (RESP 2). */
  readonly heard: string;
  /** What the speaking connection was answered. */
  readonly replies: readonly unknown[];
}

/** How a server is made to tell it; the real and the simulated one are driven alike. */
export interface PubSubServer {
  /** By the speaking connection. */
  readonly send: (command: readonly string[]) => Promise<unknown>;
  /** By the listening one, whole once its effect is there. */
  readonly listen: (line: string) => Promise<void>;
  readonly heard: () => string;
}

export async function pubSubStory({ send, listen, heard }: PubSubServer): Promise<PubSubStory> {
  const replies: unknown[] = [];
  const say = async (line: string): Promise<void> => {
    replies.push(await send(line.split(' ')));
  };
  await say('PUBLISH news early');
  await listen('SUBSCRIBE');
  await listen('SUBSCRIBE news');
  await listen('SUBSCRIBE other');
  await say('PUBLISH news one');
  await say('PUBLISH nobody two');
  await say('PUBLISH news');
  // A lock is taken and refused, and its release is told to who listens.
  await say('EVAL try-acquire 1 lock a 60000');
  await say('PERSIST lock');
  await say('EVAL try-acquire 1 lock b 60000');
  await say('EVAL release-and-tell 1 lock b news');
  await say('EVAL release-and-tell 1 lock a news');
  await say('EVAL release-and-tell 1 lock a news');
  // The first of a queue is told on a channel of its own.
  const keys = '3 fair queue times';
  await listen('SUBSCRIBE turn:b');
  await say(`EVAL fair-acquire ${keys} a 60000 9000`);
  await say(`EVAL fair-acquire ${keys} b 60000 9000`);
  await say(`EVAL fair-acquire ${keys} c 60000 9000`);
  await say('PERSIST fair');
  await say(`EVAL fair-try-acquire ${keys} c 60000 9000`);
  await say(`EVAL fair-release-and-tell ${keys} c 9000`);
  await say(`EVAL fair-release-and-tell ${keys} a 9000`);
  await listen('UNSUBSCRIBE news');
  await listen('UNSUBSCRIBE news');
  await say('PUBLISH news three');
  await say('PUBLISH other four');
  return { heard: heard(), replies };
}

/** A reply as its bytes on the wire (RESP 2). */
export function bytes(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if ('integer' in reply) return `:${reply.integer}\r\n`;
  if ('simple' in reply) return `+${reply.simple}\r\n`;
  if ('error' in reply) return `-${reply.error}\r\n`;
  return `*${reply.length}\r\n${reply.map(bytes).join('')}`;
}
