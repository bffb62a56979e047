import type { NodeId } from '../../sim/engine/env.ts';
import { AuditWatch } from '../audit-watch.ts';
import { type Change, initialAmount, type Kind, kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { PercolatorConfig } from './config.ts';
import type { Lock, PercolatorMessage } from './messages.ts';
import type { PercolatorObserver } from './observer.ts';
import type { OracleRecord, StoreRecord } from './records.ts';
import { Rows } from './rows.ts';

const UNITS = {
  'forced-writes': 'count',
  commits: 'count',
  rollbacks: 'count',
  'expired-rollbacks': 'count',
  'lock-time-mean': 'us',
  audits: 'count',
  'torn-audits': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Clocks drift: a time to live by a store's clock may be shorter in true time, at most by this factor. */
const DRIFT_ALLOWED = 0.9;

/** What became of a transaction, from the logs of all stores. */
interface Fate {
  readonly locks: Map<string, Lock>;
  readonly committed: Map<string, number>;
  readonly rolledBack: Set<string>;
}

/** Judges the invariants at every event, from the disks and from what the servers say. */
export class PercolatorMonitor implements PercolatorObserver {
  readonly #config: PercolatorConfig;
  readonly #servers: readonly NodeId[];
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #audits: AuditWatch;
  readonly #stores = new Map<NodeId, { readonly log: ShadowLog<StoreRecord>; rows: Rows }>();
  #oracle: ShadowLog<OracleRecord> | null = null;
  readonly #fates = new Map<number, Fate>();
  /** Since when the lock of `row@startTs` stands, in µs of true time. */
  readonly #lockedUs = new Map<string, number>();
  #lastTs = 0;
  readonly #counts = { commits: 0, rollbacks: 0, expired: 0 };
  /** How long rows were locked, in µs of true time: in all, and by how many locks. */
  readonly #locked = { sumUs: 0, locks: 0 };

  constructor(
    servers: readonly NodeId[],
    config: PercolatorConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#servers = servers;
    this.#config = config;
    this.#judge = new Judge(report, nameOf);
    this.#nowUs = nowUs;
    this.#audits = new AuditWatch(config.balance, config.stock);
  }

  oracleLog(): ShadowLog<OracleRecord> {
    this.#oracle ??= new ShadowLog<OracleRecord>(({ kind, ts }) => `${kind}:${ts}`, {});
    return this.#oracle;
  }

  storeLog(node: NodeId): ShadowLog<StoreRecord> {
    const known = this.#stores.get(node);
    if (known !== undefined) return known.log;
    const log = new ShadowLog<StoreRecord>(nameOf, {
      onAppended: (record) => {
        if (record.kind === 'lock') this.#lockedUs.set(placeOf(record), this.#nowUs());
        else if (record.kind === 'rollback') this.#rolledBack(node, record);
        if (record.kind !== 'lock') this.#unlocked(placeOf(record));
        this.#did(node, record);
        if (record.kind === 'write') this.#committed(node, record);
      },
      onRecovered: (records) => {
        this.#recovered(node, records);
      },
    });
    this.#stores.set(node, { log, rows: new Rows() });
    return log;
  }

  #unlocked(place: string): void {
    const sinceUs = this.#lockedUs.get(place);
    if (sinceUs === undefined) return;
    this.#lockedUs.delete(place);
    this.#locked.sumUs += this.#nowUs() - sinceUs;
    this.#locked.locks += 1;
  }

  #fate(startTs: number): Fate {
    const known = this.#fates.get(startTs);
    if (known !== undefined) return known;
    const fate: Fate = { locks: new Map(), committed: new Map(), rolledBack: new Set() };
    this.#fates.set(startTs, fate);
    return fate;
  }

  #did(node: NodeId, record: StoreRecord): void {
    const fate = this.#fate(record.startTs);
    if (record.kind === 'lock') fate.locks.set(record.row, record.lock);
    else if (record.kind === 'write') fate.committed.set(record.row, record.commitTs);
    else fate.rolledBack.add(record.row);
    this.#stores.get(node)!.rows.apply(record);
    const [committed] = fate.committed.keys();
    const [rolledBack] = fate.rolledBack;
    if (committed !== undefined && rolledBack !== undefined)
      this.#violated(
        'one-outcome',
        `transaction ${record.startTs} is committed at ${committed} and rolled back at ${rolledBack}.`,
      );
  }

  /** What is not in the log any more never happened. */
  #recovered(node: NodeId, records: readonly StoreRecord[]): void {
    const store = this.#stores.get(node)!;
    for (const [name, { versions, rolledBack }] of store.rows.byName) {
      for (const { startTs } of versions) this.#fate(startTs).committed.delete(name);
      for (const startTs of rolledBack) this.#fate(startTs).rolledBack.delete(name);
    }
    store.rows = new Rows();
    for (const record of records) this.#did(node, record);
  }

  #rolledBack(node: NodeId, record: StoreRecord & { kind: 'rollback' }): void {
    this.#counts.rollbacks += 1;
    if (!record.expired) return;
    this.#counts.expired += 1;
    const lockedUs = this.#lockedUs.get(placeOf(record)) ?? 0;
    const ageUs = this.#nowUs() - lockedUs;
    if (ageUs < this.#config.ttlUs * DRIFT_ALLOWED)
      this.#judge.violated(
        'live-lock-kept',
        [node],
        `transaction ${record.startTs} is ended by others ${ageUs / 1_000} ms after its primary lock on ${record.row}; it may live for ${this.#config.ttlUs / 1_000} ms.`,
      );
  }

  #committed(node: NodeId, { row, startTs, commitTs }: StoreRecord & { kind: 'write' }): void {
    const { rows } = this.#stores.get(node)!;
    const other = rows
      .row(row)
      .versions.find(
        (version) => version.startTs !== startTs && overlaps(version, startTs, commitTs),
      );
    if (other !== undefined)
      this.#violated(
        'first-committer-wins',
        `transactions ${startTs} and ${other.startTs} ran at the same time, and both have changed ${row}.`,
      );
    const fate = this.#fate(startTs);
    if (fate.locks.get(row)?.primary !== row) return;
    this.#counts.commits += 1;
    this.#weigh(startTs, fate);
  }

  /** The primary has committed: the transaction counts, at all its rows. */
  #weigh(startTs: number, { locks }: Fate): void {
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    for (const { row, value } of locks.values())
      sums[kindOf(row)] += value - this.#amountAt(row, startTs);
    for (const kind of ['money', 'goods'] as const)
      if (sums[kind] !== 0)
        this.#violated(
          'conservation',
          `transaction ${startTs} ${sums[kind] > 0 ? 'makes' : 'destroys'} ${Math.abs(sums[kind])} of ${kind}.`,
        );
  }

  /** What a row was worth at a timestamp, those transactions included that have committed at their primary only. */
  #amountAt(row: string, ts: number): number {
    let best = { commitTs: 0, value: initialAmount(row, this.#config.balance, this.#config.stock) };
    for (const { locks, committed } of this.#fates.values()) {
      const lock = locks.get(row);
      const commitTs = lock === undefined ? undefined : committed.get(lock.primary);
      if (
        lock !== undefined &&
        commitTs !== undefined &&
        commitTs <= ts &&
        commitTs > best.commitTs
      )
        best = { commitTs, value: lock.value };
    }
    return best.value;
  }

  replying(from: NodeId, message: PercolatorMessage): void {
    if (message.type === 'TsReply') {
      if (message.ts <= this.#lastTs)
        this.#judge.violated(
          'timestamps-grow',
          [from],
          `${this.#judge.name(from)} gives out timestamp ${message.ts} after ${this.#lastTs}.`,
        );
      this.#lastTs = Math.max(this.#lastTs, message.ts);
    } else if (message.type === 'PrewriteReply' && message.status === 'ok')
      this.#durable(from, message.type, ['lock', 'write'], `${message.row}@${message.startTs}`);
    else if (message.type === 'CommitReply' && message.status === 'ok')
      this.#durable(from, message.type, ['write'], `${message.row}@${message.startTs}`);
    else if (message.type === 'StatusReply' && message.status !== 'alive')
      this.#durable(
        from,
        message.type,
        [message.status === 'committed' ? 'write' : 'rollback'],
        `${message.primary}@${message.startTs}`,
      );
  }

  #durable(from: NodeId, type: string, kinds: readonly string[], place: string): void {
    const log = this.#stores.get(from)?.log;
    if (kinds.some((kind) => log?.isDurable(`${kind}:${place}`) === true)) return;
    this.#judge.violated(
      'durable-before-talk',
      [from],
      `${this.#judge.name(from)} sends ${type} of ${place}, and that is not on its disk.`,
    );
  }

  changing(changes: readonly Change[]): void {
    this.#audits.touches(changes);
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    const surplus = this.#audits.audited(amounts);
    if (surplus !== null && (surplus.money !== 0 || surplus.goods !== 0))
      this.#violated(
        'audits-add-up',
        `a reader finds ${surplus.money} of money and ${surplus.goods} of goods more than there are, as of one timestamp.`,
      );
  }

  figures(): readonly Figure[] {
    const logs = [...this.#stores.values()].map(({ log }) => log.forces);
    return figuresOf(UNITS, {
      'forced-writes': logs.reduce((sum, forces) => sum + forces, this.#oracle?.forces ?? 0),
      commits: this.#counts.commits,
      rollbacks: this.#counts.rollbacks,
      'expired-rollbacks': this.#counts.expired,
      'lock-time-mean': Math.round(this.#locked.sumUs / Math.max(1, this.#locked.locks)),
      audits: this.#audits.audits,
      'torn-audits': this.#audits.torn,
    });
  }

  unfinished(): readonly InvariantViolation[] {
    for (const [node, { rows }] of this.#stores)
      for (const { lock } of rows.byName.values())
        if (lock !== null)
          return [
            {
              invariant: 'resolved-in-the-end',
              sentence: `${lock.row} is still locked by transaction ${lock.startTs}.`,
              because: [`Its primary is ${lock.primary}.`],
              nodes: [node],
            },
          ];
    return [];
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }
}

function placeOf({ row, startTs }: { readonly row: string; readonly startTs: number }): string {
  return `${row}@${startTs}`;
}

function nameOf(record: StoreRecord): string {
  return `${record.kind}:${placeOf(record)}`;
}

function overlaps(
  other: { readonly startTs: number; readonly commitTs: number },
  startTs: number,
  commitTs: number,
): boolean {
  return other.startTs < commitTs && other.commitTs > startTs;
}
