import type { NodeId } from '../../sim/engine/env.ts';
import { addsUp } from '../audit-watch.ts';
import { type Kind, kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { Spans } from '../spans.ts';
import { ShadowLog } from '../shadow-log.ts';
import { CallWatch } from './call-watch.ts';
import type { NotificationConfig } from './config.ts';
import type { Fact, NotificationMessage } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import { rolesOf } from './roles.ts';
import type { ReceiverRecord, SourceRecord, TableRecord } from './records.ts';

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  calls: 'count',
  'peak-calls': 'count',
  'results-refused': 'count',
  'window-max': 'us',
  alarms: 'count',
  'never-told': 'count',
  audits: 'count',
  'torn-audits': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Judges the invariants at every event, from what the nodes say, and from the disks. */
export class NotificationMonitor implements NotificationObserver {
  readonly #servers: readonly NodeId[];
  readonly #config: NotificationConfig;
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #watch: CallWatch;
  readonly #facts = new Map<string, number>();
  /** Which version of a key its receiver has. */
  readonly #applied = new Map<string, number>();
  /** Facts that A knows now, by name. */
  readonly #known = new Map<string, Fact>();
  readonly #drifts = new Map<NodeId, ReadonlyMap<string, number>>();
  /** From A's commit until B knows. */
  readonly #window = new Spans();
  #audits = 0;
  #torn = 0;
  #messages = 0;
  #alarms = 0;
  #refused = 0;
  readonly #source: ShadowLog<SourceRecord>;
  readonly #table: ShadowLog<TableRecord>;
  readonly #receivers = new Map<NodeId, ShadowLog<ReceiverRecord>>();

  constructor(
    servers: readonly NodeId[],
    config: NotificationConfig,
    namer: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#servers = servers;
    this.#config = config;
    this.#judge = new Judge(report, namer);
    this.#nowUs = nowUs;
    const keyOf = (record: Pick<Fact, 'key' | 'version'> & { readonly kind: string }): string =>
      `${record.kind}:${nameOf(record)}`;
    this.#source = new ShadowLog<SourceRecord>(keyOf, {
      onAppended: (record) => {
        if (record.kind === 'fact') this.#known.set(nameOf(record), record);
      },
      onDurable: (record) => {
        const { kind, key, version } = record;
        if (kind !== 'fact') return;
        this.#facts.set(key, Math.max(version, this.#facts.get(key) ?? 0));
        if (version > (this.#applied.get(key) ?? 0))
          this.#window.begin(nameOf(record), this.#nowUs());
      },
      onRecovered: (records) => {
        this.#known.clear();
        for (const record of records)
          if (record.kind === 'fact') this.#known.set(nameOf(record), record);
      },
    });
    this.#table = new ShadowLog<TableRecord>(keyOf, {
      onAppended: (record) => {
        this.#watch.written(record);
      },
      onRecovered: (records) => {
        this.#watch.recovered(records);
      },
    });
    this.#watch = new CallWatch(config, this.#judge, servers, this.#table);
    for (const receiver of rolesOf(config, servers).receivers)
      this.#receivers.set(receiver, this.#logOf(keyOf));
  }

  #logOf(keyOf: (record: ReceiverRecord) => string): ShadowLog<ReceiverRecord> {
    // Keys are each receiver's own: what another one has stays.
    const own = new Set<string>();
    return new ShadowLog<ReceiverRecord>(keyOf, {
      onAppended: ({ key, version }) => {
        own.add(key);
        this.#apply(key, version);
      },
      onRecovered: (records) => {
        for (const key of own) this.#applied.delete(key);
        for (const { key, version } of records) this.#applied.set(key, version);
      },
    });
  }

  sourceLog(): ShadowLog<SourceRecord> {
    return this.#source;
  }
  tableLog(): ShadowLog<TableRecord> {
    return this.#table;
  }
  receiverLog(receiver: NodeId): ShadowLog<ReceiverRecord> {
    return this.#receivers.get(receiver)!;
  }

  #apply(key: string, version: number): void {
    const before = this.#applied.get(key) ?? 0;
    if (version < before)
      this.#violated('never-back', `B had ${key} at v${before} and went back to v${version}.`);
    if (version === before)
      this.#violated('effect-once', `B applied ${key} v${version} a second time.`);
    this.#applied.set(key, version);
    for (let told = before + 1; told <= version; told += 1)
      this.#window.end(nameOf({ key, version: told }), this.#nowUs());
  }

  /** What A has given, B has, or will have when it is told. */
  amounts(node: NodeId, drift: ReadonlyMap<string, number>): void {
    this.#drifts.set(node, drift);
    if (this.#drifts.size <= this.#receivers.size) return;
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    const add = (account: string, delta: number): void => {
      sums[kindOf(account)] += delta;
    };
    for (const one of this.#drifts.values())
      one.forEach((delta, account) => {
        add(account, delta);
      });
    for (const { key, version, effect } of this.#known.values())
      if ((this.#applied.get(key) ?? 0) < version)
        for (const { account, delta } of effect) add(account, delta);
    for (const kind of ['money', 'goods'] as const)
      if (sums[kind] !== 0)
        this.#violated(
          'conservation',
          `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}.`,
        );
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    this.#audits += 1;
    if (!addsUp(amounts, this.#config.balance, this.#config.stock)) this.#torn += 1;
  }

  sending(from: NodeId, message: NotificationMessage): void {
    this.#messages += 1;
    const { type } = message;
    if (type === 'Publish')
      this.#needs(
        this.#source.isDurable(`fact:${nameOf(message)}`),
        message,
        'committed-facts-only',
      );
    else if (type === 'PublishAck' && this.#config.storage !== 'memory')
      this.#needs(
        this.#table.isDurable(`pending:${nameOf(message)}`),
        message,
        'durable-before-talk',
      );
    else if (type === 'CallAck') {
      this.#watch.acked(message);
      const { key } = message;
      const durable = [...Array((this.#applied.get(key) ?? 0) + 1).keys()].some(
        (version) =>
          version >= message.version &&
          this.#receivers.get(from)!.isDurable(`applied:${nameOf({ key, version })}`),
      );
      this.#needs(durable, message, 'durable-before-talk');
    } else if (type === 'Call') this.#watch.called(from, message, this.#nowUs());
    else if (type === 'Settled' && !message.written) this.#refused += 1;
  }

  attended(clockUs: number): void {
    this.#watch.attended(clockUs);
  }

  #needs(durable: boolean, message: Fact & { readonly type: string }, invariant: string): void {
    if (!durable)
      this.#violated(
        invariant,
        `${message.type} of ${nameOf(message)} leaves, and it is not on its sender's disk.`,
      );
  }

  succeeded(fact: Fact): void {
    this.#watch.succeeded(fact);
  }

  alarmed(fact: Fact): void {
    this.#alarms += 1;
    this.#watch.alarmed(fact);
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }

  figures(): readonly Figure[] {
    const logs = [this.#source, this.#table, ...this.#receivers.values()];
    return figuresOf(UNITS, {
      messages: this.#messages,
      'forced-writes': logs.reduce((sum, { forces }) => sum + forces, 0),
      calls: this.#watch.calls,
      'peak-calls': this.#watch.peak,
      'results-refused': this.#refused,
      'window-max': this.#window.maxUs,
      alarms: this.#alarms,
      'never-told': this.unfinished().length,
      audits: this.#audits,
      'torn-audits': this.#torn,
    });
  }

  /** Facts that B does not know and nobody was alarmed about. */
  unfinished(): readonly InvariantViolation[] {
    return [...this.#facts].flatMap(([key, version]) => {
      const alarmed =
        this.#config.reconcileEveryUs === 0 && this.#watch.isAlarmed({ key, version });
      if ((this.#applied.get(key) ?? 0) >= version || alarmed) return [];
      return [
        {
          invariant: 'converges',
          sentence: `A has ${key} at v${version}, B at v${this.#applied.get(key) ?? 0}, and nobody was told.`,
          because: [],
          nodes: this.#servers,
        },
      ];
    });
  }
}
