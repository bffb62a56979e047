import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

import type { AofMode } from '../../src/protocols/redis/append-only-file.ts';
import { integerReply } from '../../src/protocols/redis/integers.ts';
import { FAIR_LUA } from './fair-lua.ts';

/** `REDIS_SERVER` names the binary when it is not in the path. */
const BINARY = process.env['REDIS_SERVER'] ?? 'redis-server';

/** A server's options, by append-only mode. */
export const AOF_OPTIONS: Readonly<Record<AofMode, readonly string[]>> = {
  off: ['--appendonly', 'no'],
  no: ['--appendonly', 'yes', '--appendfsync', 'no'],
  everysec: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
  always: ['--appendonly', 'yes', '--appendfsync', 'always'],
};

/** The scripts that the simulated server knows by name, as a real one wants them. */
const LUA: ReadonlyMap<string, string> = new Map(
  Object.entries({
    acquire:
      "if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('incr', KEYS[2]) else return nil end",
    release:
      "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
    extend:
      "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end",
    fence:
      "local n = math.max(tonumber(redis.call('get', KEYS[1]) or '0'), tonumber(ARGV[1])); redis.call('set', KEYS[1], n); return n",
    'try-acquire':
      "return redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('pttl', KEYS[1])",
    'release-and-tell':
      "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]); redis.call('publish', ARGV[2], 'released'); return 1 else return 0 end",
    'acquire-all':
      "if redis.call('exists', unpack(KEYS)) > 0 then return nil end; for _, key in ipairs(KEYS) do redis.call('set', key, ARGV[1], 'PX', ARGV[2]) end; return redis.status_reply('OK')",
    'release-all':
      "local own = 0; for _, key in ipairs(KEYS) do if redis.call('get', key) == ARGV[1] then own = own + redis.call('del', key) end end; return own",
    'extend-all':
      "for _, key in ipairs(KEYS) do if redis.call('get', key) ~= ARGV[1] then return 0 end end; for _, key in ipairs(KEYS) do redis.call('pexpire', key, ARGV[2]) end; return 1",
    ...FAIR_LUA,
  }),
);

/** A real Redis server of our own on loopback, spoken to through ioredis. */
export class RealRedis {
  readonly port: number;
  readonly #options: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'splitbrain-redis-'));
  #server: ChildProcess | null = null;
  #client: Redis | null = null;

  constructor(port: number, ...options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  /** @throws Error that says what to install. */
  async start(): Promise<void> {
    if (spawnSync(BINARY, ['--version']).status !== 0)
      throw new Error(
        `${BINARY} does not run. Install it (Debian: apt-get install redis-server), or name it in REDIS_SERVER.`,
      );
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    // Over a limit on its files a server would die of the signal, instead of meeting the error.
    const command = ['-c', 'trap "" XFSZ; exec "$0" "$@"', BINARY, ...args, '--save', ''];
    this.#server = spawn('/bin/sh', [...command, ...this.#options], { stdio: 'ignore' });
    this.#client = new Redis(this.port, '127.0.0.1', {
      retryStrategy: () => 50,
      protocol: 2,
      // As numbers, ioredis would round them beyond 2^53.
      stringNumbers: true,
    });
    // Until it listens, every try is an error event.
    this.#client.on('error', () => undefined);
    await this.#client.ping();
  }

  /** What it says of its files, as one text. */
  async persistence(): Promise<string> {
    return JSON.stringify(await this.send(['INFO', 'persistence']));
  }

  /** kill -9: what it had written stays in the page cache. */
  async kill(): Promise<void> {
    this.#client?.disconnect();
    if (this.#server === null) return;
    const gone = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await gone;
    this.#server = null;
  }

  /** No file of the server grows beyond this any more: a write that would answers with an error (EFBIG). */
  limitFiles(sizeBytes: number): void {
    const { pid } = this.#server!;
    const limited = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${sizeBytes}`]);
    if (limited.status !== 0)
      throw new Error('prlimit does not run. Install it (Debian: apt-get install util-linux).');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The reply in the shape of the simulated server's; scripts by their name. */
  async send(command: readonly string[]): Promise<unknown> {
    const [verb, ...args] = forServer(command);
    try {
      return replyOf(await this.#client!.callBuffer(verb!, ...args));
    } catch (error) {
      return { error: (error as Error).message };
    }
  }
}

/** What ioredis tells in buffers, where only integers are strings, as the simulated server does. */
function replyOf(told: unknown): unknown {
  if (Array.isArray(told)) return told.map(replyOf);
  return typeof told === 'string' ? integerReply(BigInt(told)) : (told?.toString() ?? null);
}

function forServer(command: readonly string[]): readonly string[] {
  const [verb = '', word = '', ...rest] = command;
  const lua = LUA.get(verb === 'SCRIPT' ? (rest[0] ?? '') : word);
  if (lua === undefined) return command;
  if (verb === 'EVAL') return [verb, lua, ...rest];
  if (verb === 'SCRIPT') return [verb, word, lua];
  return verb === 'EVALSHA'
    ? [verb, createHash('sha1').update(lua).digest('hex'), ...rest]
    : command;
}
