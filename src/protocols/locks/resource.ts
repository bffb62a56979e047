import { TORN_RECORD } from '../../sim/engine/env.ts';
import type { DiskError, Message, NodeEnv, NodeId, NodeProgram } from '../../sim/engine/env.ts';
import type { LockJudge } from './lock-judge.ts';
import type { ResourceRead, ResourceReply, ResourceWrite } from './resource-messages.ts';

/** What one key's counter has come to. */
interface Cell {
  value: number;
  maxToken: number;
  readonly applied: Set<string>;
}

type LogRecord = Pick<ResourceWrite, 'key' | 'value' | 'token' | 'grant'>;

const FILE = 'resource.log';

/**
 * What the lock protects: one counter a key, on a server of its own. With fencing it remembers the greatest token it
 * has seen, of reads too (a reader's write must not be undercut by an older one), and refuses smaller ones. It answers
 * only what is durable, and stops when its disk fails.
 */
export class ResourceNode implements NodeProgram {
  readonly cells = new Map<string, Cell>();
  protected readonly env: NodeEnv;
  readonly #checksTokens: boolean;
  readonly #judge: LockJudge | null;
  readonly #answers = new Map<number, () => void>();
  #nextSync = 1;

  constructor(env: NodeEnv, checksTokens: boolean, judge: LockJudge | null) {
    this.env = env;
    this.#checksTokens = checksTokens;
    this.#judge = judge;
  }

  onStart(): void {
    const records = this.env.disk.read(FILE);
    const torn = records.indexOf(TORN_RECORD);
    if (torn >= 0) this.env.disk.truncate(FILE, torn);
    const readable = torn >= 0 ? records.slice(0, torn) : records;
    const whole = (readable as readonly (LogRecord | readonly LogRecord[])[]).flat();
    for (const record of whole) this.recover(record);
    // What a failed sync was about is read from the page cache, and no later sync would write it: all is written anew.
    if (whole.length > 0) this.env.disk.put(FILE, whole);
    for (const [key, { value }] of this.cells) this.#judge?.resourceRecovered(key, value);
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    const request = message as ResourceRead | ResourceWrite;
    const cell = this.#cell(request.key);
    if (this.#isStale(cell, request)) {
      this.#judge?.resourceRefused(request);
      this.#reply(from, replyTo, 'stale', cell.value);
      return;
    }
    if (request.token !== null) cell.maxToken = Math.max(cell.maxToken, request.token);
    if (request.type === 'ResourceRead') this.#judge?.resourceRead(request.key, request.grant);
    else if (!cell.applied.has(request.grant)) {
      cell.applied.add(request.grant);
      cell.value = request.value;
      this.#judge?.resourceApplied(request);
    }
    const { key, grant, token } = request;
    this.env.disk.append(FILE, {
      key,
      value: cell.value,
      token,
      grant: request.type === 'ResourceWrite' ? grant : '',
    } satisfies LogRecord);
    this.#reply(from, replyTo, 'ok', cell.value);
  }

  onSynced(token: number, error: DiskError | null): void {
    const answer = this.#answers.get(token);
    this.#answers.delete(token);
    if (error !== null) this.env.exit('a sync failed');
    answer?.();
  }

  /** The rule of fencing: nobody comes after somebody with a greater token. */
  protected isOlder(token: number, maxToken: number): boolean {
    return token < maxToken;
  }

  protected recover({ key, value, token, grant }: LogRecord): void {
    const cell = this.#cell(key);
    cell.value = value;
    if (token !== null) cell.maxToken = Math.max(cell.maxToken, token);
    cell.applied.add(grant);
  }

  #isStale(cell: Cell, { token, grant }: ResourceRead | ResourceWrite): boolean {
    if (!this.#checksTokens || cell.applied.has(grant)) return false;
    return token === null || this.isOlder(token, cell.maxToken);
  }

  #cell(key: string): Cell {
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = { value: 0, maxToken: 0, applied: new Set() };
      this.cells.set(key, cell);
    }
    return cell;
  }

  #reply(to: NodeId, replyTo: number, status: ResourceReply['status'], value: number): void {
    const token = this.#nextSync;
    this.#nextSync += 1;
    this.#answers.set(token, () => {
      this.env.reply(to, replyTo, { type: 'ResourceReply', status, value });
    });
    this.env.disk.sync(token);
  }
}

/** `resource x=3`: what it keeps. */
export function describeResource({ cells }: ResourceNode): string {
  const words = [...cells].map(([key, { value }]) => `${key}=${value}`);
  return `resource ${words.join(' ') || 'untouched'}`;
}
