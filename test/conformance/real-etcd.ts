import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import type { TimedEtcd } from './etcd-timing.ts';

/** `ETCD` names the binary when it is not in the path. */
const BINARY = process.env['ETCD'] ?? 'etcd';

export type Json = Record<string, unknown>;

export const encoded = (text: string): string => Buffer.from(text).toString('base64');
export const decoded = (text: unknown): string =>
  Buffer.from((text as string | undefined) ?? '', 'base64').toString();
export const revisionOf = (reply: Json): number => Number((reply['header'] as Json)['revision']);

/** A real etcd server of our own on loopback, on `port` and the one after it, spoken to through its HTTP gateway. */
export class RealEtcd implements TimedEtcd {
  readonly #clients: string;
  readonly #peers: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'splitbrain-etcd-'));
  #server: ChildProcess | null = null;

  constructor(port: number) {
    this.#clients = `http://127.0.0.1:${port}`;
    this.#peers = `http://127.0.0.1:${port + 1}`;
  }

  /** @throws Error that says what to install. */
  async start(): Promise<void> {
    if (spawnSync(BINARY, ['--version']).status !== 0)
      throw new Error(
        `${BINARY} does not run. Install it (Debian: apt-get install etcd-server), or name it in ETCD.`,
      );
    const options = [
      ['--data-dir', this.#folder],
      ['--listen-client-urls', this.#clients],
      ['--advertise-client-urls', this.#clients],
      ['--listen-peer-urls', this.#peers],
      ['--initial-advertise-peer-urls', this.#peers],
      ['--initial-cluster', `default=${this.#peers}`],
    ];
    this.#server = spawn(BINARY, [...options.flat(), '--unsafe-no-fsync'], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 600; attempt += 1) {
      const up = await this.ask('kv/range', { key: encoded('x') }).catch(() => null);
      if (up !== null && up['header'] !== undefined) return;
      await pause(50);
    }
    throw new Error(`etcd does not answer on ${this.#clients}.`);
  }

  async stop(): Promise<void> {
    await this.#kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One request; numbers of 64 bits come as text, and zeros not at all. */
  async ask(path: string, body: Json): Promise<Json> {
    const response = await fetch(`${this.#clients}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return (await response.json()) as Json;
  }

  async grant(lease: number, ttlMs: number): Promise<number> {
    const TTL = String(ttlMs / 1_000);
    return Number((await this.ask('lease/grant', { ID: String(lease), TTL }))['TTL']) * 1_000;
  }

  async put(key: string, lease: number): Promise<void> {
    await this.ask('kv/put', { key: encoded(key), lease: String(lease) });
  }

  async exists(key: string): Promise<boolean> {
    return (await this.ask('kv/range', { key: encoded(key) }))['kvs'] !== undefined;
  }

  /** A lease that is not there is answered with a time to live of 0, which the gateway leaves out. */
  async keepAlive(lease: number): Promise<'ok' | 'LeaseNotFound'> {
    const { result } = await this.ask('lease/keepalive', { ID: String(lease) });
    return (result as Json)['TTL'] === undefined ? 'LeaseNotFound' : 'ok';
  }

  async revoke(lease: number): Promise<void> {
    await this.ask('lease/revoke', { ID: String(lease) });
  }

  async revision(): Promise<number> {
    return revisionOf(await this.ask('kv/range', { key: encoded('x') }));
  }

  async restart(): Promise<void> {
    await this.#kill();
    await this.start();
  }

  nowMs(): number {
    return Math.round(performance.now());
  }

  wait(ms: number): Promise<void> {
    return pause(ms);
  }

  async #kill(): Promise<void> {
    if (this.#server === null) return;
    const gone = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await gone;
    this.#server = null;
  }
}
