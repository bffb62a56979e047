import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

import { BALANCE, type NamedCall, ROWS, type XaCall } from './xa-sequences.ts';

/** MariaDB's error numbers of the XA verbs, and of a row that another has. */
const CODES: Readonly<Record<number, string>> = {
  1397: 'NOTA',
  1398: 'INVAL',
  1399: 'RMFAIL',
  1400: 'OUTSIDE',
  1401: 'RMERR',
  1402: 'RBROLLBACK',
  1440: 'DUPID',
  1205: 'locked',
};

/** A MariaDB server of our own on loopback, and a connection for each branch. */
export class MariaDb {
  readonly #folder: string;
  readonly #port: number;
  #server: ChildProcess | null = null;
  readonly #threads = new Map<string, Connection>();

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  /** Creates the data directory and starts the server. @throws when the binaries are not there: says what to install */
  async create(): Promise<void> {
    const data = join(this.#folder, 'data');
    mkdirSync(data, { recursive: true });
    const made = spawnSync(
      'mariadb-install-db',
      [
        '--no-defaults',
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--user=root',
      ],
      { stdio: 'ignore' },
    );
    if (made.error !== undefined || made.status !== 0)
      throw new Error(
        'mariadb-install-db does not run. Install it (Debian: apt-get install mariadb-server).',
      );
    await this.#start();
    const root = await this.#connect();
    await root.query('CREATE DATABASE bank');
    await root.query(
      'CREATE TABLE bank.rows_ (name VARCHAR(9) PRIMARY KEY, amount INT) ENGINE=InnoDB',
    );
    await root.end();
  }

  async #start(): Promise<void> {
    this.#server = spawn(
      'mariadbd',
      [
        '--no-defaults',
        `--datadir=${join(this.#folder, 'data')}`,
        `--port=${this.#port}`,
        `--socket=${join(this.#folder, 'socket')}`,
        '--bind-address=127.0.0.1',
        '--user=root',
        '--innodb-buffer-pool-size=16M',
      ],
      { stdio: 'ignore' },
    );
    this.#server.on('error', () => undefined);
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

  #connect(): Promise<Connection> {
    return createConnection({ host: '127.0.0.1', port: this.#port, user: 'root' });
  }

  /** All rows as they were in the beginning, nothing prepared. */
  async reset(): Promise<void> {
    for (const connection of this.#threads.values()) connection.destroy();
    this.#threads.clear();
    const root = await this.#connect();
    await root.query('DELETE FROM bank.rows_');
    for (const row of ROWS)
      await root.query('INSERT INTO bank.rows_ VALUES (?, ?)', [row, BALANCE]);
    await root.end();
  }

  async #thread(name: string): Promise<Connection> {
    const known = this.#threads.get(name);
    if (known !== undefined) return known;
    const connection = await this.#connect();
    this.#threads.set(name, connection);
    return connection;
  }

  async call(call: XaCall): Promise<string> {
    if (call.verb === 'restart') return this.#restart();
    if (call.verb === 'recover') {
      const [rows] = await (await this.#thread('')).query<RowDataPacket[]>('XA RECOVER');
      return (
        rows
          .map((row) => String(row['data']))
          .sort(byName)
          .join(' ') || 'none'
      );
    }
    if (call.verb === 'read') {
      const [rows] = await (
        await this.#thread('')
      ).query<RowDataPacket[]>('SELECT amount FROM bank.rows_ WHERE name = ?', [call.row]);
      return String(rows[0]!['amount']);
    }
    const thread = await this.#thread(call.verb === 'again' ? `${call.name} again` : call.name);
    try {
      if (call.verb === 'work') {
        await thread.query('SELECT amount FROM bank.rows_ WHERE name = ? FOR UPDATE NOWAIT', [
          call.row,
        ]);
        await thread.query('UPDATE bank.rows_ SET amount = amount + ? WHERE name = ?', [
          call.delta,
          call.row,
        ]);
      } else await thread.query(statement(call));
      return 'OK';
    } catch (error) {
      const number = (error as { readonly errno?: number }).errno ?? 0;
      return CODES[number] ?? `error ${number}`;
    }
  }

  async #restart(): Promise<string> {
    const server = this.#server!;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    for (const connection of this.#threads.values()) connection.destroy();
    this.#threads.clear();
    await this.#start();
    return 'up';
  }

  stop(): void {
    for (const connection of this.#threads.values()) connection.destroy();
    this.#server?.kill('SIGKILL');
  }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function statement({ verb, name }: NamedCall): string {
  switch (verb) {
    case 'start':
    case 'again':
      return `XA START '${name}'`;
    case 'onePhase':
      return `XA COMMIT '${name}' ONE PHASE`;
    case 'end':
    case 'prepare':
    case 'commit':
    case 'rollback':
      return `XA ${verb.toUpperCase()} '${name}'`;
  }
}
