import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RedisStore } from '../../src/protocols/redis/store.ts';
import { normalised, sequence, SEQUENCES, SHORT_MS } from './redis-sequences.ts';
import { RespClient } from './resp-client.ts';

/**
 * `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to
 * test/golden. `REDIS_SERVER` names the binary when it is not in the path.
 */
const MODE = process.env['CONFORMANCE'] ?? '';
const BINARY = process.env['REDIS_SERVER'] ?? 'redis-server';
const PORT = 19_001;
const GOLDEN = new URL('../golden/redis-7.0.15.json', import.meta.url);

/** Each different reply once, then by number: the file stays small. */
function pack(real: readonly (readonly string[])[]): string {
  const texts = [...new Set(real.flat())];
  const numbers = new Map(texts.map((text, at) => [text, at]));
  const rows = real.map((replies) => JSON.stringify(replies.map((text) => numbers.get(text))));
  return `{\n"texts": ${JSON.stringify(texts)},\n"sequences": [\n${rows.join(',\n')}\n]\n}\n`;
}

const LUA: Readonly<Record<string, string>> = {
  release:
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
  extend:
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end",
};

/** As a real server wants it: the script itself where ours takes its name. */
function forServer(command: readonly string[]): readonly string[] {
  return command[0] === 'EVAL' ? ['EVAL', LUA[command[1]!]!, ...command.slice(2)] : command;
}

describe.skipIf(MODE === '')('a real Redis server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-redis-'));
  let server: ChildProcess | undefined;
  let client: RespClient | undefined;

  beforeAll(async () => {
    if (spawnSync(BINARY, ['--version']).status !== 0)
      throw new Error(
        `${BINARY} does not run. Install it (Debian: apt-get install redis-server), or name it in REDIS_SERVER.`,
      );
    const options = ['--port', String(PORT), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    server = spawn(BINARY, options, { stdio: 'ignore' });
    await pause(1_000);
    client = new RespClient(PORT);
  });

  afterAll(() => {
    client?.close();
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers every random sequence as the simulated one does', { timeout: 120_000 }, async () => {
    const sequences = Array.from({ length: SEQUENCES }, (_, index) => sequence(index));
    const real: string[][] = sequences.map(() => []);
    for (let block = 0; block < sequences[0]!.length; block += 1) {
      for (const [index, blocks] of sequences.entries()) {
        const commands = blocks[block]!;
        const replies = await Promise.all(commands.map((words) => client!.send(forServer(words))));
        real[index]!.push(...replies.map((reply, at) => normalised(commands[at]!, reply)));
      }
      await pause(SHORT_MS + 100);
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    const simulated = sequences.map((blocks) => {
      const store = new RedisStore();
      return blocks.flatMap((commands, block) =>
        commands.map((words) =>
          normalised(words, store.execute(words, 1_000_000 + block * 2 * SHORT_MS)),
        ),
      );
    });
    expect(simulated).toEqual(real);
  });
});
