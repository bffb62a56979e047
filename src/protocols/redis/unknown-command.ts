import { notModelled } from './errors.ts';
import { error } from './reply.ts';
import type { ErrorReply } from './reply.ts';
import { byteLength, firstBytes } from '../utf8.ts';

/** The commands of Redis 7.0.15 (COMMAND LIST) that the simulated server does not have. */
const NOT_MODELLED = new Set(
  (
    'acl asking auth bgrewriteaof bgsave bitcount bitfield bitfield_ro bitop bitpos blmove blmpop ' +
    'blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client cluster command config copy dbsize debug ' +
    'discard dump echo eval_ro evalsha_ro exec failover fcall fcall_ro flushdb function geoadd ' +
    'geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch ' +
    'geosearchstore getbit getrange hdel hello hexists hget hgetall hincrby hincrbyfloat hkeys hlen ' +
    'hmget hmset hrandfield hscan hset hsetnx hstrlen hvals incrbyfloat info keys lastsave latency ' +
    'lcs linsert lmove lmpop lolwut lpos lpush lpushx lset ltrim memory mget migrate module monitor ' +
    'move mset msetnx multi object pfadd pfcount pfdebug pfmerge pfselftest psubscribe psync pubsub ' +
    'punsubscribe quit randomkey readonly readwrite rename renamenx replconf replicaof reset restore ' +
    'restore-asking role rpoplpush rpushx sadd save scan scard sdiff sdiffstore select setbit ' +
    'setrange shutdown sinter sintercard sinterstore sismember slaveof slowlog smembers smismember ' +
    'smove sort sort_ro spop spublish srandmember srem sscan ssubscribe subscribe substr sunion ' +
    'sunionstore sunsubscribe swapdb sync touch type unsubscribe unwatch wait watch xack xadd ' +
    'xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim ' +
    'zcount zdiff zdiffstore zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin ' +
    'zrandmember zrangebylex zrangebyscore zrangestore zrank zremrangebylex zremrangebyrank ' +
    'zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zunion zunionstore'
  ).split(' '),
);

/** How much of a name, and of all arguments together, Redis repeats in its error, in bytes. */
const MOST_BYTES = 128;

/** The error for a verb that the simulated server does not have; Redis' own when Redis does not have it either. */
export function unknownCommand(verb: string, args: readonly string[]): ErrorReply {
  if (NOT_MODELLED.has(verb.toLowerCase())) return notModelled(verb.toUpperCase());
  let shown = '';
  for (const arg of args) {
    const left = MOST_BYTES - byteLength(shown);
    if (left <= 0) break;
    shown += `'${firstBytes(untilNul(arg), left)}' `;
  }
  const name = firstBytes(untilNul(verb), MOST_BYTES);
  // A line break would end the reply.
  return error(
    `ERR unknown command '${name}', with args beginning with: ${shown}`.replace(/[\r\n]/g, ' '),
  );
}

/** C's text ends there. */
function untilNul(text: string): string {
  return text.split('\0', 1)[0]!;
}
