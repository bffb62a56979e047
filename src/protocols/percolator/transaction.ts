import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { askWhile } from '../ask-again.ts';
import { type Change, ownerOf } from '../bank.ts';
import type { PercolatorConfig } from './config.ts';
import type {
  CommitReply,
  GetReply,
  Lock,
  PercolatorMessage,
  PrewriteReply,
  StatusReply,
  TsReply,
} from './messages.ts';

/** `unknown`: the commit was sent, and nobody has said what became of it. */
export type End = 'committed' | 'refused' | 'aborted' | 'unknown';

const BACKOFF_US = 20_000;

/**
 * A client that coordinates its own transactions (Peng & Dabek 2010, §2.2): when it dies, whoever meets its locks ends them by
 * what the primary says.
 */
export class Transaction {
  protected readonly env: NodeEnv;
  protected readonly config: PercolatorConfig;
  readonly #oracle: NodeId;
  readonly #stores: readonly NodeId[];
  readonly #untilUs: number;

  constructor(env: NodeEnv, config: PercolatorConfig, servers: readonly NodeId[]) {
    this.env = env;
    this.config = config;
    this.#oracle = servers[0]!;
    this.#stores = servers.slice(1);
    this.#untilUs = env.monotonicUs() + config.operationTimeoutUs;
  }

  /** Null: no answer in time. */
  *read(rows: readonly string[]): Task<Record<string, number> | null> {
    const ts = yield* this.#timestamp();
    if (ts === null) return null;
    const amounts: Record<string, number> = {};
    for (const row of rows) {
      const amount = yield* this.#get(row, ts);
      if (amount === null) return null;
      amounts[row] = amount;
    }
    return amounts;
  }

  /** Changes all rows or none; begins again after a conflict, as long as there is time. */
  *change(changes: readonly Change[]): Task<End> {
    let end: End = 'aborted';
    while (this.#isTime() && end === 'aborted') {
      end = yield* this.#once(changes);
      if (end === 'aborted') yield* this.#backOff();
    }
    return end;
  }

  *#once(changes: readonly Change[]): Task<End> {
    const startTs = yield* this.#timestamp();
    if (startTs === null) return 'aborted';
    const locks: Lock[] = [];
    for (const { account, delta } of changes) {
      const amount = yield* this.#get(account, startTs);
      if (amount === null) return 'aborted';
      if (delta < 0 && amount + delta < 0) return 'refused';
      const primary = changes[0]!.account;
      const wallUs = this.env.wallUs();
      locks.push({ row: account, startTs, primary, value: amount + delta, wallUs });
    }
    for (const lock of locks)
      if (!(yield* this.#prewrite(lock))) {
        this.#forget(locks);
        return 'aborted';
      }
    this.env.mark('prewritten', { startTs });
    const commitTs = yield* this.#timestamp();
    if (commitTs === null) {
      this.#forget(locks);
      return 'aborted';
    }
    return yield* this.commit(locks, commitTs);
  }

  /** The primary first: with its lock gone and its version there, the transaction is committed, whatever comes. */
  protected *commit(locks: readonly Lock[], commitTs: number): Task<End> {
    const [primary, ...secondaries] = locks;
    const reply = yield* this.commitRow(primary!, commitTs);
    if (reply === null) return 'unknown';
    if (reply === 'gone') {
      this.#forget(locks);
      return 'aborted';
    }
    this.env.mark('committed', { startTs: primary!.startTs });
    for (const lock of secondaries) this.env.spawn(this.commitRow(lock, commitTs));
    return 'committed';
  }

  protected *commitRow({ row, startTs }: Lock, commitTs: number): Task<'ok' | 'gone' | null> {
    const reply = yield* this.#ask<CommitReply>(row, { type: 'Commit', row, startTs, commitTs });
    return reply?.status ?? null;
  }

  *#timestamp(): Task<number | null> {
    const reply = yield* this.#askServer<TsReply>(this.#oracle, { type: 'TsRequest' });
    return reply?.ts ?? null;
  }

  *#get(row: string, ts: number): Task<number | null> {
    while (this.#isTime()) {
      const reply = yield* this.#ask<GetReply>(row, { type: 'Get', row, ts });
      if (reply === null) return null;
      if (reply.lock === null) return reply.value;
      if (!(yield* this.resolveLock(reply.lock))) yield* this.#backOff();
    }
    return null;
  }

  /** False: the transaction cannot go on. It waits for no lock while it holds some: two that did would wait for each other. */
  *#prewrite(lock: Lock): Task<boolean> {
    while (this.#isTime()) {
      const reply = yield* this.#ask<PrewriteReply>(lock.row, { type: 'Prewrite', lock });
      if (reply === null) return false;
      if (reply.status !== 'locked') return reply.status === 'ok';
      if (reply.lock !== null && !(yield* this.resolveLock(reply.lock))) return false;
    }
    return false;
  }

  /**
   * A lock of another: its primary knows whether it was committed, or rolls it back when its time is up. False: the other
   * transaction lives.
   */
  protected *resolveLock({ row, startTs, primary }: Lock): Task<boolean> {
    const wallUs = this.env.wallUs();
    const question: PercolatorMessage = { type: 'CheckStatus', primary, startTs, wallUs };
    const reply = yield* this.#ask<StatusReply>(primary, question);
    if (reply === null || reply.status === 'alive') return false;
    yield* this.#ask(row, { type: 'Resolve', row, startTs, commitTs: reply.commitTs });
    return true;
  }

  /** Its own locks, after a conflict: others need not wait for them. The primary last: until then it decides. */
  #forget(locks: readonly Lock[]): void {
    this.env.spawn(this.#takeOff([...locks].reverse()));
  }

  *#takeOff(locks: readonly Lock[]): Task {
    for (const { row, startTs } of locks) {
      const owner = ownerOf(row, this.#stores);
      const request: PercolatorMessage = { type: 'Resolve', row, startTs, commitTs: 0 };
      yield* this.env.call(owner, request, this.config.attemptTimeoutUs);
    }
  }

  /** Asks the store of a row until it answers; null when the operation's time is over. */
  #ask<M extends PercolatorMessage>(row: string, message: PercolatorMessage): Task<M | null> {
    return this.#askServer<M>(ownerOf(row, this.#stores), message);
  }

  #askServer<M extends PercolatorMessage>(to: NodeId, message: PercolatorMessage): Task<M | null> {
    const { attemptTimeoutUs } = this.config;
    return askWhile<M>(this.env, to, message, attemptTimeoutUs, () => this.#isTime());
  }

  *#backOff(): Task {
    yield* this.env.sleep(BACKOFF_US + this.env.random('backoff').below(BACKOFF_US));
  }

  #isTime(): boolean {
    return this.env.monotonicUs() < this.#untilUs;
  }
}
