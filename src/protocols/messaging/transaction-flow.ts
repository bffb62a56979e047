import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type { Ledger } from './ledger.ts';
import type { MessagingMessage, SendHalfReply, Transfer, Verdict } from './messages.ts';
import type { Content } from './records.ts';

export interface Running {
  readonly transfer: Transfer;
  readonly askers: { readonly from: NodeId; readonly replyTo: number }[];
  /** A client that asks again begins another run: answers to an earlier one are not for it. */
  readonly run: string;
  sends: number;
  /** The half message that the broker has; null: none yet. */
  half: string | null;
  /** Drawn when the local transaction begins. */
  outboxId: number;
  /** The local transaction is with the database. */
  committing: boolean;
}

/** The process of A that runs transactions: its timers, its way to the broker, its database. */
export interface FlowHost extends Ledger {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  /** The node of A's database: whose accounts these are. */
  readonly service: NodeId;
  toBroker(message: MessagingMessage): void;
}

/** Transactions with half messages as one process of A runs them (seed document, steps 1 to 4); in outbox mode step 2 alone. */
export class TransactionFlow {
  protected readonly host: FlowHost;
  protected readonly running = new Map<string, Running>();
  #runs = 0;

  constructor(host: FlowHost) {
    this.host = host;
  }

  transfer(from: NodeId, transfer: Transfer, replyTo: number): void {
    const { env } = this.host;
    const asker = { from, replyTo };
    const { key } = transfer;
    const asked = this.running.get(key);
    if (asked !== undefined) {
      asked.askers.push(asker);
      return;
    }
    this.#runs += 1;
    const run = `${env.incarnation}-${this.#runs}`;
    const running: Running = {
      transfer,
      askers: [asker],
      run,
      sends: 0,
      half: null,
      outboxId: 0,
      committing: false,
    };
    const known = this.host.known(key);
    if (known !== undefined) {
      this.#answer(running, known === 'barred' ? BARRED : '');
      return;
    }
    this.running.set(key, running);
    this.start(running);
  }

  /** The timer `purpose:key` fired. Returns false when it is none of these. */
  timeout(purpose: string, key: string): boolean {
    const running = this.running.get(key);
    if (purpose === 'half' && running?.half === null) this.sendHalf(running);
    else if (purpose === 'local' && running !== undefined) this.localTransaction(running);
    return purpose === 'half' || purpose === 'local';
  }

  /** Step 1: no local transaction before the broker has the half message. */
  protected start(running: Running): void {
    if (this.host.config.mode === 'half') this.sendHalf(running);
    else this.beginLocal(running);
  }

  protected sendHalf(running: Running): void {
    const { env, config } = this.host;
    if (running.sends > config.sendRetries) {
      this.refuse(running, 'the broker does not answer');
      return;
    }
    running.sends += 1;
    const content = this.contentOf(running);
    this.host.toBroker({ type: 'SendHalf', run: running.run, content });
    env.setTimer(`half:${running.transfer.key}`, config.sendTimeoutUs);
  }

  /** What the broker keeps: every half message of one transaction has the same key. */
  protected contentOf({ transfer: { key, debit, credit } }: Running): Content {
    return { key, credit, producer: this.host.service, shardKey: debit[0]?.account ?? key };
  }

  /** The local transaction that a half message belongs to. */
  protected transactionOf(key: string): string {
    return key;
  }

  halfStored({ key, run, half, status }: SendHalfReply): void {
    const running = this.running.get(this.transactionOf(key));
    if (running === undefined || running.run !== run || running.half !== null) return;
    running.half = half;
    if (status === 'stored') this.beginLocal(running);
    else this.withoutReplica(running);
  }

  /** `SLAVE_NOT_AVAILABLE`, `FLUSH_SLAVE_TIMEOUT`: RocketMQ's producer rolls back and runs no local transaction. */
  protected withoutReplica(running: Running): void {
    this.refuse(running, 'the broker has no replica');
  }

  protected beginLocal(running: Running): void {
    const { env, config } = this.host;
    const { key } = running.transfer;
    running.outboxId = this.host.nextOutboxId();
    env.mark('local', { key });
    const [shortestUs, longestUs] = config.localTxUs;
    const lengthUs =
      shortestUs === longestUs ? shortestUs : env.random('local').between(shortestUs, longestUs);
    env.setTimer(`local:${key}`, lengthUs);
  }

  /** Step 2: the local transaction. Step 3: its end is told. */
  protected localTransaction(running: Running): void {
    const { key } = running.transfer;
    running.committing = true;
    this.host.debit(running.transfer, running.outboxId, (state) => {
      if (state === 'debited') {
        this.host.env.mark('committed', { key });
        this.ended(running, true, '');
      } else this.refuse(running, state === 'barred' ? BARRED : 'no cover');
    });
  }

  /** No is an answer for good: the same request may come again, by the network or another process of A, and must find it. */
  protected refuse(running: Running, reason: string): void {
    this.host.bar(running.transfer.key, (committed) => {
      this.ended(running, committed, committed ? '' : reason);
    });
  }

  protected ended(running: Running, committed: boolean, refusal: string): void {
    this.endTx(running.transfer.key, running.half, committed ? 'commit' : 'rollback');
    this.running.delete(running.transfer.key);
    this.#answer(running, refusal);
  }

  protected endTx(key: string, half: string | null, verdict: Verdict): void {
    if (half !== null) this.host.toBroker({ type: 'EndTx', key, half, verdict });
  }

  /** Step 4. What is still running here is unknown; all else the database decides. */
  check(messageKey: string, half: string): void {
    const key = this.transactionOf(messageKey);
    const running = this.running.get(key);
    if (running !== undefined && (running.committing || running.half !== null))
      this.endTx(key, half, 'unknown');
    else this.resolve(key, half);
  }

  /** Once rollback is said, a late local transaction must find the door shut. */
  protected resolve(key: string, half: string): void {
    this.host.bar(key, (committed) => {
      this.endTx(key, half, committed ? 'commit' : 'rollback');
    });
  }

  /** Step 5 b: A takes it back. */
  reverse(key: string): void {
    this.host.takeBack(key, () => {
      this.host.toBroker({ type: 'Reversed', key });
    });
  }

  #answer({ askers }: Running, reason: string): void {
    for (const { from, replyTo } of askers.splice(0))
      this.host.env.reply(from, replyTo, { type: 'TransferReply', ok: reason === '', reason });
  }
}

const BARRED = 'given up before';
