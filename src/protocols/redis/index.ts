/** The simulated Redis server, for protocols that stand on it. */
export { RedisNode } from './node.ts';
export type { RedisOptions } from './node.ts';
export type { AofMode } from './append-only-file.ts';
export type { Copy, RedisObserver } from './observer.ts';
export type { Published, RedisReply, RedisRequest } from './messages.ts';
export { releaseChannel, turnChannel } from './channels.ts';
export { redisMessageTypes } from './messages.ts';
export { isNoScript, isOk } from './reply.ts';
export type { Reply } from './reply.ts';
export { RedisStore } from './store.ts';
export { shown } from './value.ts';
