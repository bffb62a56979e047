import type { Message, NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { initialAmount, ownerOf } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { PercolatorConfig } from './config.ts';
import type {
  CheckStatus,
  Commit,
  Get,
  Lock,
  PercolatorMessage,
  Prewrite,
  Resolve,
  StatusReply,
  ToStore,
} from './messages.ts';
import type { PercolatorObserver } from './observer.ts';
import type { StoreRecord } from './records.ts';
import { Rows } from './rows.ts';

/** The clocks at hand when a lock's age is in question, in µs. */
export interface Clocks {
  /** Of this store. */
  readonly monotonicUs: number;
  readonly askerWallUs: number;
}

/** A store of rows: it knows no transaction, only locks, versions and what was rolled back. */
export class Store extends LoggedNode<StoreRecord> {
  protected readonly config: PercolatorConfig;
  readonly #stores: readonly NodeId[];
  readonly #observer: PercolatorObserver | null;
  rows = new Rows();
  /** Since when a lock stands here, in µs of the monotonic clock; a restart begins it anew. */
  readonly #bornUs = new Map<string, number>();

  constructor(
    env: NodeEnv,
    config: PercolatorConfig,
    stores: readonly NodeId[],
    observer: PercolatorObserver | null,
  ) {
    super(env, observer?.storeLog(env.id) ?? null);
    this.config = config;
    this.#stores = stores;
    this.#observer = observer;
  }

  protected override replay(records: readonly StoreRecord[]): void {
    this.rows = new Rows();
    for (const record of records) this.rows.apply(record);
    this.#bornUs.clear();
    for (const [row, { lock }] of this.rows.byName)
      if (lock !== null) this.#bornUs.set(row, this.env.monotonicUs());
  }

  protected override resume(): void {
    this.env.setTimer('sweep', this.config.sweepEveryUs);
  }

  protected override timeout(purpose: string): void {
    if (purpose !== 'sweep') return;
    this.sweep();
    this.env.setTimer('sweep', this.config.sweepEveryUs);
  }

  protected write(record: StoreRecord): void {
    this.rows.apply(record);
    this.log.append(record);
    if (record.kind === 'lock') this.#bornUs.set(record.row, this.env.monotonicUs());
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToStore;
    const reply = (answer: PercolatorMessage): void => {
      this.#observer?.replying(this.env.id, answer);
      this.env.reply(from, replyTo, answer);
    };
    const durably = (answer: PercolatorMessage): void => {
      this.log.force(() => {
        reply(answer);
      });
    };
    switch (message.type) {
      case 'Get':
        reply(this.get(message));
        break;
      case 'Prewrite':
        durably(this.#prewritten(message, this.prewrite(message.lock)));
        break;
      case 'Commit': {
        const { row, startTs } = message;
        durably({ type: 'CommitReply', row, startTs, status: this.commit(message) });
        break;
      }
      case 'CheckStatus':
        durably(this.checkStatus(message));
        break;
      case 'Resolve':
        this.resolve(message);
        durably({ type: 'ResolveReply' });
        break;
    }
  }

  /** A reader waits for locks of transactions that began before its snapshot: they may have committed before it, too. */
  protected get({ row, ts }: Get): PercolatorMessage {
    const { lock } = this.rows.row(row);
    const { balance, stock } = this.config;
    const value = this.rows.versionAt(row, ts)?.value ?? initialAmount(row, balance, stock);
    const blocked = lock !== null && this.blocks(lock, ts) ? lock : null;
    return { type: 'GetReply', value, lock: blocked };
  }

  protected blocks(lock: Lock, ts: number): boolean {
    return lock.startTs <= ts;
  }

  #prewritten(
    { lock }: Prewrite,
    status: 'ok' | 'locked' | 'conflict' | 'rolledBack',
  ): PercolatorMessage {
    const { row, startTs } = lock;
    const other = status === 'locked' ? this.rows.row(row).lock : null;
    return { type: 'PrewriteReply', row, startTs, status, lock: other };
  }

  /** First phase: the lock, unless the row is another's, or was changed since the transaction began. */
  protected prewrite(lock: Lock): 'ok' | 'locked' | 'conflict' | 'rolledBack' {
    const { row, startTs } = lock;
    const { lock: there, versions } = this.rows.row(row);
    if (this.isCommitted(row, startTs) || there?.startTs === startTs) return 'ok';
    if (this.isRolledBack(row, startTs)) return 'rolledBack';
    if (there !== null) return 'locked';
    if (versions.some(({ commitTs }) => this.conflicts(commitTs, startTs))) return 'conflict';
    this.write({ kind: 'lock', row, startTs, lock });
    return 'ok';
  }

  /** A late copy of the request must not lock the row again. */
  protected isCommitted(row: string, startTs: number): boolean {
    return this.rows.committed(row, startTs) !== undefined;
  }

  /** A record of the rollback stays: a late request of the first phase must find it. */
  protected isRolledBack(row: string, startTs: number): boolean {
    return this.rows.row(row).rolledBack.has(startTs);
  }

  /** First committer wins. */
  protected conflicts(commitTs: number, startTs: number): boolean {
    return commitTs > startTs;
  }

  /** Second phase: at the primary this is the moment of commit. */
  protected commit({ row, startTs, commitTs }: Commit): 'ok' | 'gone' {
    if (this.rows.row(row).lock?.startTs === startTs)
      this.write({ kind: 'write', row, startTs, commitTs });
    return this.rows.committed(row, startTs) === undefined ? 'gone' : 'ok';
  }

  /** How the transaction of this primary ended: what has no lock and no commit any more never will. */
  protected checkStatus({ primary, startTs, wallUs }: CheckStatus): StatusReply {
    const { lock } = this.rows.row(primary);
    const commitTs = this.commitTsOf(primary, startTs);
    const answer = { type: 'StatusReply', primary, startTs, commitTs } as const;
    if (commitTs > 0) return { ...answer, status: 'committed' };
    if (lock?.startTs === startTs && !this.expired(lock, this.#clocks(wallUs)))
      return { ...answer, status: 'alive' };
    const locked = lock?.startTs === startTs;
    if (locked || !this.rows.row(primary).rolledBack.has(startTs))
      this.rollback(primary, startTs, locked);
    return { ...answer, status: 'rolledBack' };
  }

  /** 0: not committed here. */
  protected commitTsOf(row: string, startTs: number): number {
    return this.rows.committed(row, startTs)?.commitTs ?? 0;
  }

  /** By the clock of the store that holds the primary lock, since it has stood here. */
  protected expired({ row }: Lock, { monotonicUs }: Clocks): boolean {
    return monotonicUs - (this.#bornUs.get(row) ?? 0) >= this.config.ttlUs;
  }

  #clocks(askerWallUs: number): Clocks {
    return { monotonicUs: this.env.monotonicUs(), askerWallUs };
  }

  protected rollback(row: string, startTs: number, expired: boolean): void {
    this.write({ kind: 'rollback', row, startTs, expired });
  }

  protected resolve({ row, startTs, commitTs }: Resolve): void {
    const { lock, rolledBack } = this.rows.row(row);
    if (commitTs > 0) {
      if (lock?.startTs === startTs) this.write({ kind: 'write', row, startTs, commitTs });
    } else if (!rolledBack.has(startTs) && this.rows.committed(row, startTs) === undefined)
      this.rollback(row, startTs, false);
  }

  /** Locks that nobody comes back for: their primaries know. */
  protected sweep(): void {
    for (const { lock } of this.rows.byName.values())
      if (lock !== null && this.expired(lock, this.#clocks(this.env.wallUs())))
        this.env.spawn(this.#settle(lock));
  }

  *#settle({ row, startTs, primary }: Lock): Task {
    const owner = ownerOf(primary, this.#stores);
    const wallUs = this.env.wallUs();
    const request: PercolatorMessage = { type: 'CheckStatus', primary, startTs, wallUs };
    const result = yield* this.env.call<StatusReply>(owner, request, this.config.attemptTimeoutUs);
    if (!result.ok || !this.ready || result.message.status === 'alive') return;
    this.resolve({ type: 'Resolve', row, startTs, commitTs: result.message.commitTs });
  }
}
