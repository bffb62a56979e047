import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

import { BALANCE, type NamedCall, ROWS, type WorkCall, type XaCall } from './xa-sequences.ts';

const BINARIES = process.env['POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin';

/** PostgreSQL's SQLSTATEs, in the words of XA. */
const CODES: Readonly<Record<string, string>> = {
  '42704': 'NOTA',
  '42710': 'DUPID',
  '55P03': 'locked',
  '23514': 'RBINTEGRITY',
  '25P02': 'RBROLLBACK',
};

/**
 * A PostgreSQL cluster of our own on loopback, as an unprivileged user when this process has privileges: PostgreSQL refuses
 * them. A branch is a connection's transaction until it is prepared.
 */
export class Postgres {
  readonly #folder: string;
  readonly #port: number;
  readonly #user: { readonly uid: number; readonly gid: number } | null;
  #server: ChildProcess | null = null;
  readonly #threads = new Map<string, Client>();
  /** Who has begun and not ended: `BEGIN` twice is no error in PostgreSQL, and commit means two different things. */
  readonly #open = new Set<string>();

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.#user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : null;
  }

  /** Creates the cluster and starts it. @throws when the binaries are not there: says what to install */
  async create(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    chmodSync(this.#folder, 0o755);
    if (this.#user !== null) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    const made = spawnSync(
      join(BINARIES, 'initdb'),
      ['-D', join(this.#folder, 'data'), '-A', 'trust', '-U', 'postgres', '--no-sync'],
      { ...this.#user, stdio: 'ignore', cwd: this.#folder },
    );
    if (made.error !== undefined || made.status !== 0)
      throw new Error(
        `initdb does not run in ${BINARIES}. Install it (Debian: apt-get install postgresql-15), or name the folder in POSTGRES_BIN.`,
      );
    await this.#start();
    const root = await this.#connect();
    await root.query('CREATE TABLE bank (name text PRIMARY KEY, amount int CHECK (amount >= 0))');
    await root.end();
  }

  async #start(): Promise<void> {
    const options = {
      listen_addresses: '127.0.0.1',
      port: String(this.#port),
      unix_socket_directories: this.#folder,
      max_prepared_transactions: '20',
      shared_buffers: '16MB',
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#server = spawn(
      join(BINARIES, 'postgres'),
      ['-D', join(this.#folder, 'data'), ...settings],
      { ...this.#user, stdio: 'ignore', cwd: this.#folder },
    );
    for (let tries = 0; ; tries += 1) {
      try {
        await (await this.#connect()).end();
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await pause(200);
      }
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      host: '127.0.0.1',
      port: this.#port,
      user: 'postgres',
      database: 'postgres',
    });
    // A killed server ends its connections: that is what is tested.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** All rows as they were in the beginning, nobody connected. */
  async reset(): Promise<void> {
    for (const client of this.#threads.values()) await client.end().catch(() => undefined);
    this.#threads.clear();
    this.#open.clear();
    const root = await this.#connect();
    await root.query('DELETE FROM bank');
    for (const row of ROWS) await root.query('INSERT INTO bank VALUES ($1, $2)', [row, BALANCE]);
    await root.end();
  }

  async #thread(name: string): Promise<Client> {
    const known = this.#threads.get(name);
    if (known !== undefined) return known;
    const client = await this.#connect();
    this.#threads.set(name, client);
    return client;
  }

  async call(call: XaCall): Promise<string> {
    if (call.verb === 'restart') return this.#restart();
    const thread = await this.#thread('name' in call ? call.name : '');
    if (call.verb === 'recover') {
      const { rows } = await thread.query<{ gid: string }>(
        'SELECT gid FROM pg_prepared_xacts ORDER BY gid',
      );
      return rows.map(({ gid }) => gid).join(' ') || 'none';
    }
    if (call.verb === 'read') {
      const { rows } = await thread.query<{ amount: number }>(
        'SELECT amount FROM bank WHERE name = $1',
        [call.row],
      );
      return String(rows[0]!.amount);
    }
    try {
      return await this.#perform(thread, call);
    } catch (error) {
      // The error is told before the transaction is undone and its locks are free: wait for the next answer, too.
      await thread.query('SELECT 1').catch(() => undefined);
      const state = (error as { readonly code?: string }).code ?? 'none';
      return CODES[state] ?? `error ${state}`;
    }
  }

  async #perform(thread: Client, call: NamedCall | WorkCall): Promise<string> {
    const { name } = call;
    const open = this.#open.has(name);
    switch (call.verb) {
      case 'work':
        await thread.query('SELECT 1 FROM bank WHERE name = $1 FOR UPDATE NOWAIT', [call.row]);
        await thread.query('UPDATE bank SET amount = amount + $1 WHERE name = $2', [
          call.delta,
          call.row,
        ]);
        return 'OK';
      case 'start':
        await thread.query('BEGIN');
        this.#open.add(name);
        return 'OK';
      case 'again':
        return await this.#prepareAgain(name);
      case 'prepare': {
        this.#open.delete(name);
        // In a failed transaction this is no error: the answer is the tag ROLLBACK.
        const { command } = await thread.query(`PREPARE TRANSACTION '${name}'`);
        return command === 'PREPARE' ? 'OK' : 'RBROLLBACK';
      }
      case 'onePhase': {
        this.#open.delete(name);
        const { command } = await thread.query('COMMIT');
        return command === 'COMMIT' ? 'OK' : 'RBROLLBACK';
      }
      case 'rollback':
        this.#open.delete(name);
        await thread.query(open ? 'ROLLBACK' : `ROLLBACK PREPARED '${name}'`);
        return 'OK';
      case 'end':
      case 'commit':
        await thread.query(`COMMIT PREPARED '${name}'`);
        return 'OK';
    }
  }

  /** Another transaction wants the name of a prepared one. */
  async #prepareAgain(name: string): Promise<string> {
    const other = await this.#thread(`${name} again`);
    await other.query('BEGIN');
    try {
      await other.query(`PREPARE TRANSACTION '${name}'`);
      // The name was free: it shall be so again.
      await other.query(`ROLLBACK PREPARED '${name}'`);
      return 'OK';
    } finally {
      await other.query('ROLLBACK');
    }
  }

  async #restart(): Promise<string> {
    const server = this.#server!;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    // An immediate shutdown: no checkpoint, recovery from the write-ahead log.
    server.kill('SIGQUIT');
    await gone;
    this.#threads.clear();
    this.#open.clear();
    await this.#start();
    return 'up';
  }

  async stop(): Promise<void> {
    for (const client of this.#threads.values()) await client.end().catch(() => undefined);
    this.#server?.kill('SIGQUIT');
  }
}

function idOf(flag: '-u' | '-g'): number {
  const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      'PostgreSQL does not run with privileges, and there is no user postgres to run it as.',
    );
  return Number(stdout);
}
