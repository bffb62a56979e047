import type { NodeId } from '../../sim/engine/env.ts';
import type { NodeChange } from '../../sim/engine/ports.ts';
import { LockJudge, inMs } from '../locks/index.ts';
import type { Grant } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import type { Copy, RedisObserver, Reply } from '../redis/index.ts';
import { driftOf, quorumOf, type RedlockConfig } from './config.ts';
import { ClientTime } from './client-time.ts';
import { Copies } from './copies.ts';
import { ExpiryWindow } from './expiry-window.ts';
import { FairOrder } from './fair-order.ts';
import { LockSets } from './lock-sets.ts';
import { NewsOrder } from './news-order.ts';

interface Moment {
  readonly atUs: number;
  /** What the client had worked, see {@link ClientTime}. */
  readonly workUs: number;
}

interface AttemptRecord {
  readonly client: NodeId;
  /** What it locks, all or nothing. */
  readonly keys: readonly string[];
  extensions: number;
  ended: Moment | null;
  /** When its client died with it. */
  died: Moment | null;
  readonly releasedOn: Set<NodeId>;
  /** By node: until when it promised to keep the key, by true time and less the drift margin. */
  readonly promisesUs: Map<NodeId, number>;
}

interface Promised {
  readonly value: string;
  readonly untilUs: number;
}

interface GrantRecord extends Grant {
  /** On the nodes. */
  readonly value: string;
  readonly needed: number;
}

/**
 * Judges RedLock in true time: what the nodes promised and what they kept (grant), and through {@link LockJudge} what
 * clients believed and what the resource applied. A node that accepts SET NX PX promises the key for the time to live,
 * measured by a clock within the drift margin; a clock that jumps and a restart without memory break that promise.
 */
export class RedlockMonitor implements RedisObserver {
  readonly judge: LockJudge;
  readonly fairOrder: FairOrder;
  /** Null: nobody waits to be told. */
  readonly newsOrder: NewsOrder | null;
  /** Longest life of a copy after its attempt was given up or its client died, until it expired, µs. */
  orphanUs = 0;
  readonly expiryWindow: ExpiryWindow;
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #nodes: readonly NodeId[];
  readonly #quorum: number;
  readonly #failover: boolean;
  readonly #promiseUs: number;
  readonly #ttlMs: number;
  readonly #maxExtensions: number;
  /** How long a client may work until it has sent every node a release, µs. */
  readonly #releaseUs: number;
  readonly #clientTime = new ClientTime();
  readonly #copies: Copies;
  /** Null: no lock is taken with others. */
  readonly #lockSets: LockSets | null;
  readonly #attempts = new Map<string, AttemptRecord>();
  /** The command that a server is at. */
  #command: readonly string[] = [];
  /** By command, as an object: what its answer will promise. One that a power loss takes away is never given. */
  readonly #promising = new WeakMap<readonly string[], Promised>();
  #grants: GrantRecord[] = [];

  constructor(
    servers: readonly NodeId[],
    config: RedlockConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.judge = new LockJudge(nowUs, nameOf, report, config.judgeBelief, (grant) =>
      this.#supportEndUs(grant),
    );
    this.fairOrder = new FairOrder(config, nameOf, report, nowUs, (value) => this.#goneUs(value));
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
    // With fail-over, the pair stands for one node; either may keep its promise.
    this.#nodes = servers.slice(0, -1);
    this.#failover = config.failover;
    this.#quorum = config.failover ? 1 : quorumOf(config.nodes);
    this.newsOrder = config.wait === 'notify' ? new NewsOrder(nameOf, report) : null;
    this.#promiseUs = config.ttlUs - driftOf(config);
    this.#ttlMs = config.ttlUs / 1_000;
    this.#maxExtensions = config.extend === 'auto' ? config.maxExtensions : Infinity;
    this.#releaseUs = config.contact === 'sequential' ? config.nodes * config.nodeTimeoutUs : 0;
    this.expiryWindow = new ExpiryWindow(config, nowUs, nameOf, report);
    this.#copies = new Copies(nowUs);
    const sets = Object.keys(config.alsoLocks).length > 0;
    const keysOf = (value: string): readonly string[] => this.#keysOf(value);
    this.#lockSets = sets ? new LockSets(this.#copies, keysOf, nameOf, report) : null;
  }

  // --- told by clients ---

  attemptBegan(
    value: string,
    client: NodeId,
    keys: readonly string[],
    monotonicUs: () => number,
  ): void {
    this.#clientTime.clock(client, monotonicUs);
    const earlier = this.#attempts.get(value);
    if (earlier !== undefined)
      this.#report({
        invariant: 'owner-only-release',
        sentence: `${this.#nameOf(client)} locks with value ${value}, which an earlier attempt used: releasing the one releases the other.`,
        because: ['A lock value must be unique to its attempt.'],
        nodes: [client],
      });
    this.#attempts.set(value, {
      client,
      keys,
      extensions: 0,
      ended: null,
      died: null,
      releasedOn: new Set(),
      promisesUs: earlier?.promisesUs ?? new Map<NodeId, number>(),
    });
  }

  /** The client has counted; `won`: it takes the lock. */
  decided(value: string, votes: number, validityUs: number, won: boolean): void {
    const client = this.#attempts.get(value)?.client;
    if (won || client === undefined || votes < this.#quorum || validityUs <= 0) return;
    this.#report({
      invariant: 'majority-suffices',
      sentence: `${this.#nameOf(client)} gave up with ${votes} of ${this.#nodes.length} votes and ${inMs(validityUs)} of validity left.`,
      because: [`${this.#quorum} votes are a majority; asking for more tolerates fewer failures.`],
      nodes: [client],
    });
  }

  /** The client sends an extension to all nodes. */
  extending(value: string): void {
    const attempt = this.#attempts.get(value);
    if (attempt === undefined) return;
    attempt.extensions += 1;
    if (attempt.extensions <= this.#maxExtensions) return;
    this.#report({
      invariant: 'bounded-extension',
      sentence: `${this.#nameOf(attempt.client)} extends its lock for the ${attempt.extensions}th time; ${this.#maxExtensions} are allowed.`,
      because: ['A holder that is stuck would keep the lock from everybody for ever.'],
      nodes: [attempt.client],
    });
  }

  /** A grant of several locks counts as one of each. */
  granted(grant: Grant, votes: number, validityUs: number): void {
    const value = grant.id;
    for (const key of this.#keysOf(value)) {
      const own = key === grant.key;
      const token = own ? grant.token : null;
      this.#grantedOne(
        { ...grant, key, token, id: idOf(value, key, own) },
        value,
        votes,
        validityUs,
      );
    }
  }

  #grantedOne(grant: Grant, value: string, votes: number, validityUs: number): void {
    const remainingUs = this.#copies.remainingUs(grant.key, value, this.#nodes, this.#quorum);
    if (validityUs <= 0 || validityUs > remainingUs)
      this.#report({
        invariant: 'validity-at-return',
        sentence: `${this.#nameOf(grant.client)} was given lock ${grant.key} with ${inMs(validityUs)} of validity, while a majority keeps it for ${inMs(remainingUs)}.`,
        because: ['What is left must be above 0, and no more than the nodes will keep.'],
        nodes: [grant.client],
      });
    this.#grants = this.#grants.filter((one) => this.#standsUntilUs(one) > this.#nowUs());
    const other = this.#grants.find(({ key, id }) => key === grant.key && id !== grant.id);
    if (other !== undefined) this.#reportOverlap(other, grant);
    this.#grants.push({ ...grant, value, needed: Math.min(this.#quorum, votes) });
    this.judge.granted(grant);
  }

  releaseSent(value: string, node: NodeId): void {
    this.#attempts.get(value)?.releasedOn.add(node);
  }

  /** The client heard of a copy that it no longer wants: what it sent before does not count. */
  lateVote(value: string, node: NodeId): void {
    this.#attempts.get(value)?.releasedOn.delete(node);
  }

  /** The client learned that the node did not carry the release out. */
  releaseRefused(value: string, node: NodeId): void {
    this.#attempts.get(value)?.releasedOn.delete(node);
  }

  /** The attempt failed, or its lock is being released. */
  attemptEnded(value: string): void {
    const attempt = this.#attempts.get(value);
    if (attempt !== undefined) attempt.ended ??= this.#momentOf(attempt.client);
    this.#grants = this.#grants.filter((grant) => grant.value !== value);
  }

  beliefEnded(value: string): void {
    for (const [at, key] of this.#keysOf(value).entries())
      this.judge.beliefEnded(idOf(value, key, at === 0));
  }

  /** When the nodes had ended a grant; null while enough of them keep it. */
  #supportEndUs({ id, key }: Grant): number | null {
    const needed = this.#grants.find((grant) => grant.id === id)?.needed ?? this.#quorum;
    return this.#copies.supportEndUs(key, valueOf(id), this.#nodes, needed);
  }

  changed(node: NodeId, change: NodeChange): void {
    if (change === 'clock-step') this.#copies.clockStepped(node);
    else if (change === 'pause') this.#clientTime.paused(node);
    else if (change === 'resume') {
      this.#clientTime.resumed(node);
      this.expiryWindow.awake(node);
    } else this.crashed(node);
  }

  crashed(node: NodeId): void {
    this.#clientTime.resumed(node);
    for (const attempt of this.#attempts.values())
      if (attempt.client === node) attempt.died ??= this.#momentOf(node);
    this.judge.crashed(node);
  }

  // --- told by nodes ---

  started(node: NodeId, peek: (key: string) => Copy | null): void {
    this.fairOrder.restarted();
    this.expiryWindow.awake(node);
    this.#copies.started(node, peek);
    for (const value of this.#copies.heldBy(node)) this.#copies.ended(node, value, 0);
  }

  stored(node: NodeId, key: string, copy: Copy, by: NodeId | null): void {
    if (key.startsWith('fence:')) return;
    this.#copies.began(node, copy.value);
    if (by === null) return;
    this.fairOrder.granted(key, copy.value);
    if (copy.remainingMs === null)
      this.#report({
        invariant: 'no-immortal-key',
        sentence: `${this.#nameOf(by)} left lock ${key} on ${this.#nameOf(node)} without a time to live.`,
        because: ['If it dies now, nobody ever gets the lock again.'],
        nodes: [node, by],
      });
    else if (copy.remainingMs > this.#ttlMs)
      this.#report({
        invariant: 'no-immortal-key',
        sentence: `${this.#nameOf(by)} left lock ${key} on ${this.#nameOf(node)} for ${copy.remainingMs} ms; the time to live is ${this.#ttlMs} ms.`,
        because: ['If it dies now, everybody waits for longer than was agreed.'],
        nodes: [node, by],
      });
    this.#promising.set(this.#command, {
      value: copy.value,
      untilUs: this.#nowUs() + this.#promiseUs,
    });
  }

  removed(
    node: NodeId,
    key: string,
    value: string,
    why: 'deleted' | 'expired' | 'overwritten',
    by: NodeId | null,
    overdueMs: number,
  ): void {
    if (key.startsWith('fence:')) return;
    this.#copies.ended(node, value, why === 'expired' ? overdueMs : 0);
    const attempt = this.#attempts.get(value);
    if (attempt === undefined) return;
    if (why !== 'expired') {
      if (by === attempt.client) attempt.promisesUs.delete(node);
      else if (by !== null) this.#reportForeign(node, key, attempt.client, by);
      return;
    }
    const since = this.#goneUs(value);
    if (since !== null) this.orphanUs = Math.max(this.orphanUs, this.#nowUs() - since);
    this.expiryWindow.expired(node, key, overdueMs);
    if (!this.#wasTold(attempt, node)) this.#checkForgotten(attempt, node, key);
  }

  /** A release to either of a pair counts: what becomes of it at a fail-over is the pair's affair. */
  #wasTold({ releasedOn }: AttemptRecord, node: NodeId): boolean {
    return this.#failover ? releasedOn.size > 0 : releasedOn.has(node);
  }

  /** Whoever is done with a lock tells every node so, unless it dies first. */
  #checkForgotten(attempt: AttemptRecord, node: NodeId, key: string): void {
    const { client, ended, died } = attempt;
    if (ended === null) return;
    const workedUs = (died?.workUs ?? this.#clientTime.of(client)) - ended.workUs;
    if (workedUs > this.#releaseUs)
      this.#report({
        invariant: 'no-forgotten-orphan',
        sentence: `a copy of lock ${key} lay on ${this.#nameOf(node)} for ${inMs(this.#nowUs() - ended.atUs)} after ${this.#nameOf(client)} was done with it, until it expired.`,
        because: [`No release that ${this.#nameOf(node)} could carry out was ever sent there.`],
        nodes: [node, client],
      });
  }

  queued(_node: NodeId, key: string, items: readonly string[]): void {
    this.fairOrder.queued(key, items);
  }

  asked(node: NodeId, command: readonly string[], by: NodeId): void {
    this.#command = command;
    this.fairOrder.asked(command, by);
    this.newsOrder?.carriedOut(node, command, by);
  }

  answered(node: NodeId, command: readonly string[], reply: Reply): void {
    const promise = this.#promising.get(command);
    if (promise !== undefined)
      this.#attempts.get(promise.value)?.promisesUs.set(node, promise.untilUs);
    this.fairOrder.answered(command, reply);
    this.#lockSets?.answered(node, command);
  }

  /** Until when enough nodes have promised to keep this grant. */
  #standsUntilUs({ value, needed }: GrantRecord): number {
    const promises = [...(this.#attempts.get(value)?.promisesUs.values() ?? [])].sort(
      (a, b) => b - a,
    );
    return promises[needed - 1] ?? 0;
  }

  /** When whoever made the attempt gave it up, released its lock or died. */
  #goneUs(value: string): number | null {
    const attempt = this.#attempts.get(value);
    return (attempt?.ended ?? attempt?.died)?.atUs ?? null;
  }

  #momentOf(client: NodeId): Moment {
    return { atUs: this.#nowUs(), workUs: this.#clientTime.of(client) };
  }

  /** What an attempt locks, the lock that was asked for first. */
  #keysOf(value: string): readonly string[] {
    return this.#attempts.get(value)?.keys ?? [];
  }

  #reportOverlap(other: GrantRecord, grant: Grant): void {
    const leftUs = this.#standsUntilUs(other) - this.#nowUs();
    this.#report({
      invariant: 'mutual-exclusion-grant',
      sentence: `${this.#nameOf(grant.client)} was granted lock ${grant.key} while the grant of ${this.#nameOf(other.client)} had ${inMs(leftUs)} to run.`,
      because: [
        `${other.needed} nodes had promised it to ${this.#nameOf(other.client)} until then, clock drift allowed for.`,
        'At least one of them gave it to another within that time.',
      ],
      nodes: [other.client, grant.client],
    });
  }

  #reportForeign(node: NodeId, key: string, owner: NodeId, by: NodeId): void {
    this.#report({
      invariant: 'owner-only-release',
      sentence: `${this.#nameOf(by)} removed lock ${key} of ${this.#nameOf(owner)} on ${this.#nameOf(node)}.`,
      because: ['A release must compare the value it deletes with its own.'],
      nodes: [node, owner, by],
    });
  }
}

/** A grant's name: the value, and for the other locks of a set their keys as well. */
function idOf(value: string, key: string, first: boolean): string {
  return first ? value : `${value} ${key}`;
}

function valueOf(id: string): string {
  return id.split(' ', 1)[0]!;
}
