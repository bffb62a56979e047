import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { PercolatorConfig } from './config.ts';
import type { PercolatorObserver } from './observer.ts';
import type { OracleRecord } from './records.ts';

/** Gives out timestamps, each higher than all before, over restarts too (Peng & Dabek 2010, §2.3). */
export class Oracle extends LoggedNode<OracleRecord> {
  readonly #config: PercolatorConfig;
  readonly #observer: PercolatorObserver | null;
  protected lastTs = 0;
  /** What the disk has reserved. */
  #reservedTs = 0;
  #reserving = false;
  #waiting: { readonly from: NodeId; readonly replyTo: number }[] = [];

  constructor(env: NodeEnv, config: PercolatorConfig, observer: PercolatorObserver | null) {
    super(env, observer?.oracleLog() ?? null);
    this.#config = config;
    this.#observer = observer;
  }

  get last(): number {
    return this.lastTs;
  }

  protected override replay(records: readonly OracleRecord[]): void {
    this.lastTs = this.afterRestart(records.at(-1)?.ts ?? 0);
    this.#reservedTs = this.lastTs;
    this.#reserving = false;
    this.#waiting = [];
  }

  /** Whatever was reserved may have been given out. */
  protected afterRestart(reservedTs: number): number {
    return reservedTs;
  }

  protected override resume(): void {
    // Nothing was under way that clients would not ask for again.
  }

  protected override timeout(): void {
    // There are no timers.
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type !== 'TsRequest') return;
    this.#waiting.push({ from, replyTo });
    this.#answer();
  }

  #answer(): void {
    while (this.#waiting.length > 0 && this.lastTs < this.#reservedTs) {
      const { from, replyTo } = this.#waiting.shift()!;
      this.lastTs += 1;
      const reply = { type: 'TsReply', ts: this.lastTs } as const;
      this.#observer?.replying(this.env.id, reply);
      this.env.reply(from, replyTo, reply);
    }
    if (this.#waiting.length > 0 && !this.#reserving) this.#reserve();
  }

  /** One forced write for many timestamps. */
  #reserve(): void {
    this.#reserving = true;
    const ts = this.#reservedTs + this.#config.window;
    this.log.append({ kind: 'upTo', ts });
    this.log.force(() => {
      this.#reserving = false;
      this.#reservedTs = ts;
      this.#answer();
    });
  }
}
