import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { pack } from './packed.ts';
import { SEQUENCES, TICK_MS, TIMEOUT_MS, sequence, type Step } from './zookeeper-sequences.ts';
import { simulated } from './zookeeper-simulated.ts';
import { transcript, type Observed } from './zookeeper-transcript.ts';
import { WireClient, type WireReply } from './zookeeper-wire.ts';

/**
 * `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to
 * test/golden. `ZOOKEEPER_CLASSPATH` says where the jars are when they are not in /usr/share/java.
 */
const MODE = process.env['CONFORMANCE'] ?? '';
const CLASSPATH = process.env['ZOOKEEPER_CLASSPATH'] ?? '/usr/share/java/*';
const PORT = 19_021;
const GOLDEN = new URL('../golden/zookeeper-3.8.0.json', import.meta.url);
/** Sequences at a time: with many more, the heartbeats of hundreds of clients in one thread come late. */
const WAVE = 100;
/** From the last message that the server can have heard to the first event that the other client sees. */
const SLACK_MS = 700;

/** Plays the steps on the real server with two clients. */
class Player {
  readonly observed: Observed[] = [];
  readonly sessions: number[] = [];
  readonly #clients = [0, 1].map(() => new WireClient(`127.0.0.1:${PORT}`, TIMEOUT_MS));

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const answer = await this.#do(step);
      // An answer to a read comes after every event of what was changed before.
      for (const client of this.#clients)
        if (client.isConnected) await client.read('Exists', '/', false);
      const events = this.#clients.map((client) => client.events.splice(0));
      this.observed.push({ ...answer, events });
    }
  }

  async end(): Promise<void> {
    for (const client of this.#clients) if (client.isConnected) await client.close();
  }

  async #do(step: Step): Promise<Omit<Observed, 'events'>> {
    const client = this.#clients[step.client]!;
    switch (step.does) {
      case 'open':
        this.sessions.push(await client.open());
        return { status: 'opened' };
      case 'close':
        await client.close();
        return { status: 'closed' };
      case 'drop':
        client.drop();
        return { status: 'dropped' };
      case 'resume':
        return { status: await client.resume() };
      case 'expire':
        return this.#expire(client);
      case 'read':
        return client.read(step.type, step.path, step.watch);
      case 'multi':
        return { status: 'multi', results: multiResults(await client.multi(step.ops)) };
      case 'single':
        return client.write(step.operation);
    }
  }

  async #expire(client: WireClient): Promise<Omit<Observed, 'events'>> {
    const silentMs = Date.now();
    client.drop();
    const other = this.#clients.find((one) => one !== client)!;
    other.eventMs = 0;
    await pause(TIMEOUT_MS + TICK_MS + SLACK_MS);
    if (other.eventMs === 0) return { status: 'expired' };
    const lifeMs = other.eventMs - silentMs;
    return {
      status: 'expired',
      inWindow: lifeMs > TIMEOUT_MS - SLACK_MS && lifeMs <= TIMEOUT_MS + TICK_MS + SLACK_MS,
    };
  }
}

function multiResults({ status, results }: WireReply): Observed['results'] & object {
  return results ?? [{ status }];
}

describe.skipIf(MODE === '')('a real ZooKeeper server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-zookeeper-'));
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    if (spawnSync('java', ['-version']).status !== 0)
      throw new Error(
        'java does not run. Install it (Debian: apt-get install default-jre-headless).',
      );
    if (CLASSPATH === '/usr/share/java/*' && !existsSync('/usr/share/java/zookeeper.jar'))
      throw new Error(
        'There is no /usr/share/java/zookeeper.jar. Install it (Debian: apt-get install libzookeeper-java), or name the jars in ZOOKEEPER_CLASSPATH.',
      );
    const config = [
      `tickTime=${TICK_MS}`,
      `dataDir=${folder}`,
      `clientPort=${PORT}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      'maxClientCnxns=0',
    ];
    writeFileSync(join(folder, 'zoo.cfg'), config.join('\n'));
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const options = ['-Dzookeeper.forceSync=no', '-cp', CLASSPATH, main, join(folder, 'zoo.cfg')];
    server = spawn('java', options, { stdio: 'ignore' });
    const first = new WireClient(`127.0.0.1:${PORT}`, TIMEOUT_MS);
    for (let attempt = 0; !first.isConnected; attempt += 1) {
      if (attempt === 60) throw new Error(`ZooKeeper does not answer on port ${PORT}.`);
      await Promise.race([first.open(), pause(1_000)]);
    }
    await first.close();
  }, 90_000);

  afterAll(() => {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers every random sequence as the simulated one does', { timeout: 600_000 }, async () => {
    const real: (readonly string[])[] = [];
    for (let from = 0; from < SEQUENCES; from += WAVE) {
      const played = Array.from({ length: Math.min(WAVE, SEQUENCES - from) }, async (_, at) => {
        const fromMs = Date.now();
        const player = new Player();
        await player.play(sequence(from + at));
        await player.end();
        return transcript(player.observed, player.sessions, { fromMs, toMs: Date.now() });
      });
      real.push(...(await Promise.all(played)));
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    const ours = real.map((_, index) => simulated(index, sequence(index)));
    const different = real.flatMap((lines, index) =>
      lines.flatMap((line, at) =>
        line === ours[index]![at]
          ? []
          : [
              `sequence ${index}, step ${at} (${JSON.stringify(sequence(index)[at])}): ${ours[index]![at]}, ZooKeeper: ${line}`,
            ],
      ),
    );
    expect(different).toEqual([]);
  });
});
