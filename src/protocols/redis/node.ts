import type { DiskError, Message, NodeEnv, NodeId, NodeProgram } from '../../sim/engine/env.ts';
import { AppendOnlyFile } from './append-only-file.ts';
import type { AofMode } from './append-only-file.ts';
import type { Published, RedisReply, RedisRequest, Replicate } from './messages.ts';
import type { Copy, RedisObserver } from './observer.ts';
import { error } from './reply.ts';
import { Replication } from './replication.ts';
import type { ReplicationOptions } from './replication.ts';
import { RedisStore } from './store.ts';
import type { Effect } from './store.ts';
import { Subscriptions } from './subscriptions.ts';
import { listItems } from './value.ts';
import type { StoredValue } from './value.ts';

export interface RedisOptions {
  readonly aof: AofMode;
  /** How long a restarted server stays silent, µs. */
  readonly restartDelayUs: number;
  /** Null: an independent server. */
  readonly replication: ReplicationOptions | null;
  /** Time between rounds of the active expiry cycle, µs; Redis' `hz 10` makes it 100,000. */
  readonly activeExpiryUs: number;
  /** What judges time to live. Redis has only `wall`; `monotonic` is for the contrast. */
  readonly expiryClock: 'wall' | 'monotonic';
}

const EXPIRY_TIMER = 'active-expiry';
const OPEN_TIMER = 'open';

/** One Redis server. Time to live is judged on its wall clock, which may jump; that is Redis' own choice. What it promises is in the protected methods. */
export class RedisNode implements NodeProgram {
  readonly store: RedisStore;
  readonly replication: Replication | null;
  readonly #env: NodeEnv;
  readonly #options: RedisOptions;
  readonly #observer: RedisObserver | null;
  readonly #aof: AppendOnlyFile;
  #open = false;
  #client: NodeId | null = null;
  /** What the command being carried out has changed so far; null between commands. */
  #effects: Effect[] | null = null;
  readonly #subscriptions = new Subscriptions();
  /** What the command being carried out has published so far. */
  #published: { readonly to: NodeId; readonly message: Published }[] = [];
  /** When the active cycle last removed all that was overdue; null: it has not run. */
  #cycleUs: number | null = null;

  constructor(env: NodeEnv, options: RedisOptions, observer: RedisObserver | null) {
    this.#env = env;
    this.#options = options;
    this.#observer = observer;
    this.#aof = new AppendOnlyFile(env, options.aof);
    this.store = new RedisStore(
      (effect, before) => {
        this.#changed(effect, before);
      },
      (channel, text) => this.#publish(channel, text),
      () => !this.#aof.refuses,
    );
    this.replication =
      options.replication === null ? null : new Replication(env, options.replication, this.store);
  }

  onStart(): void {
    for (const effect of this.recovered()) this.store.apply(effect);
    const silenceUs = this.#env.incarnation > 1 ? this.silenceUs() : 0;
    if (silenceUs > 0) this.#env.setTimer(OPEN_TIMER, silenceUs);
    else this.#begin();
    this.#env.setTimer(EXPIRY_TIMER, this.#options.activeExpiryUs);
    this.replication?.start();
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Replicate') {
      this.#aof.write(this.replication?.receive(message as Replicate) ?? []);
      // Nobody waits for an answer, and `always` forces it all the same.
      this.#aof.whenSafe(() => undefined);
      for (const [key] of this.store.entries()) this.#tellStored(key, null);
      return;
    }
    if (!this.#open) return;
    const { command } = message as RedisRequest;
    const answer = (reply: RedisReply['reply']): void => {
      this.whenSafe(() => {
        this.#observer?.answered(this.#env.id, command, reply);
        this.#env.reply(from, replyTo, { type: 'RedisReply', reply });
      });
    };
    if (this.role === 'replica') {
      answer(error("READONLY You can't write against a read only replica."));
      return;
    }
    this.#client = from;
    this.#observer?.asked(this.#env.id, command, from);
    this.#effects = [];
    const reply =
      this.#subscriptions.execute(command, from) ?? this.store.execute(command, this.#nowMs());
    this.#aof.write(this.#effects);
    this.#effects = null;
    this.#client = null;
    this.#tellListeners();
    answer(reply);
  }

  onTimer(name: string): void {
    if (name === OPEN_TIMER) this.#begin();
    else if (name === EXPIRY_TIMER) {
      if (this.role !== 'replica') this.expireOverdue();
      this.#env.setTimer(EXPIRY_TIMER, this.#options.activeExpiryUs);
    } else if (!this.#aof.onTimer(name)) this.replication?.onTimer(name);
  }

  onSynced(token: number, failure: DiskError | null): void {
    this.#aof.onSynced(token, failure);
  }

  get role(): 'starting' | 'primary' | 'replica' {
    if (!this.#open) return 'starting';
    return this.replication?.isReplica === true ? 'replica' : 'primary';
  }

  /** From here on it answers; until then it could give nothing away, whatever it has forgotten. */
  #begin(): void {
    this.#open = true;
    this.#observer?.started(this.#env.id, (key) => this.#look(key));
    for (const [key] of this.store.entries()) this.#tellStored(key, null);
  }

  /** A round of the active cycle: what is overdue goes, whether or not anybody asks for it. */
  protected expireOverdue(): void {
    this.store.expire(this.#nowMs());
    this.#cycleUs = this.#env.monotonicUs();
  }

  /** What the disk gave back, oldest first. */
  protected recovered(): readonly Effect[] {
    return this.#aof.load();
  }

  /** How long a restarted server answers nobody, µs. */
  protected silenceUs(): number {
    return this.#options.restartDelayUs;
  }

  /** Answers when the append-only file has what the answer promises. */
  protected whenSafe(answer: () => void): void {
    this.#aof.whenSafe(answer);
  }

  #publish(channel: string, text: string): number {
    const listeners = this.#subscriptions.listenersOf(channel);
    const message: Published = { type: 'Published', channel, text };
    this.#published.push(...listeners.map((to) => ({ to, message })));
    return listeners.length;
  }

  /** With the answers, no earlier: Redis writes to no client before the append-only file is as safe as it must be. */
  #tellListeners(): void {
    if (this.#published.length === 0) return;
    const published = this.#published;
    this.#published = [];
    this.whenSafe(() => {
      for (const { to, message } of published) this.#env.send(to, message);
    });
  }

  #nowMs(): number {
    const { expiryClock } = this.#options;
    return Math.floor(
      (expiryClock === 'wall' ? this.#env.wallUs() : this.#env.monotonicUs()) / 1_000,
    );
  }

  /** A key cannot be overdue for longer than this, however far its clock has jumped. */
  #sinceCycleMs(): number {
    return this.#cycleUs === null ? Infinity : (this.#env.monotonicUs() - this.#cycleUs) / 1_000;
  }

  #look(key: string): Copy | null {
    const stored = this.store.stored(key);
    if (stored === undefined) return null;
    const { value, deadlineMs } = stored;
    if (typeof value !== 'string') return null;
    if (deadlineMs === null) return { value, remainingMs: null };
    return { value, remainingMs: Math.max(deadlineMs - this.#nowMs(), -this.#sinceCycleMs()) };
  }

  #changed(effect: Effect, before: StoredValue | undefined): void {
    // An expiry is no part of the command that notices it.
    if (this.#effects === null || (effect.op === 'del' && effect.why === 'expired'))
      this.#aof.write([effect]);
    else this.#effects.push(effect);
    this.replication?.changed();
    if (this.#observer === null) return;
    const { id } = this.#env;
    this.#tellQueue(effect);
    if (
      typeof before?.value === 'string' &&
      (effect.op === 'del' || before.value !== effect.value)
    ) {
      const overdueMs =
        before.deadlineMs === null
          ? 0
          : Math.min(this.#nowMs() - before.deadlineMs, this.#sinceCycleMs());
      const why = effect.op === 'del' ? effect.why : 'overwritten';
      this.#observer.removed(id, effect.key, before.value, why, this.#client, overdueMs);
    }
    if (effect.op === 'set') this.#tellStored(effect.key, this.#client);
  }

  #tellQueue(effect: Effect): void {
    const items = effect.op === 'del' ? [] : listItems(effect.value);
    if (items !== null) this.#observer?.queued(this.#env.id, effect.key, items);
  }

  #tellStored(key: string, by: NodeId | null): void {
    const copy = this.#observer === null ? null : this.#look(key);
    if (copy !== null) this.#observer!.stored(this.#env.id, key, copy, by);
  }
}
