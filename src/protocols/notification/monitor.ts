import type { NodeId } from '../../sim/engine/env.ts';
import { addsUp } from '../audit-watch.ts';
import { type Kind, kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { Spans } from '../spans.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { NotificationConfig } from './config.ts';
import type { Call, Fact, NotificationMessage } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import type { NotifierRecord, ReceiverRecord, SourceRecord } from './records.ts';

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  calls: 'count',
  'window-max': 'us',
  alarms: 'count',
  'never-told': 'count',
  audits: 'count',
  'torn-audits': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Clocks may drift; a pause shorter than this share of the schedule is no drift. */
const LEAST_SHARE = 0.4;

interface Ghost extends Fact {
  calls: number;
  lastCallUs: number;
  acked: boolean;
  alarmed: boolean;
}

/** Judges the invariants at every event, from what the nodes say, and from the disks. */
export class NotificationMonitor implements NotificationObserver {
  readonly #servers: readonly NodeId[];
  readonly #config: NotificationConfig;
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #ghosts = new Map<string, Ghost>();
  readonly #facts = new Map<string, number>();
  readonly #applied = new Map<string, number>();
  /** Facts that A knows now, by name. */
  readonly #known = new Map<string, Fact>();
  readonly #drifts = new Map<'source' | 'receiver', ReadonlyMap<string, number>>();
  /** From A's commit until B knows. */
  readonly #window = new Spans();
  #audits = 0;
  #torn = 0;
  #messages = 0;
  #calls = 0;
  #alarms = 0;
  readonly #source: ShadowLog<SourceRecord>;
  readonly #notifier: ShadowLog<NotifierRecord>;
  readonly #receiver: ShadowLog<ReceiverRecord>;

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
    this.#notifier = new ShadowLog<NotifierRecord>(keyOf, {});
    this.#receiver = new ShadowLog<ReceiverRecord>(keyOf, {
      onAppended: ({ key, version }) => {
        this.#apply(key, version);
      },
      onRecovered: (records) => {
        this.#applied.clear();
        for (const { key, version } of records) this.#applied.set(key, version);
      },
    });
  }

  #ghost({ key, version, effect }: Fact): Ghost {
    const name = nameOf({ key, version });
    const known = this.#ghosts.get(name);
    if (known !== undefined) return known;
    const ghost = { key, version, effect, calls: 0, lastCallUs: 0, acked: false, alarmed: false };
    this.#ghosts.set(name, ghost);
    return ghost;
  }

  sourceLog(): ShadowLog<SourceRecord> {
    return this.#source;
  }
  notifierLog(): ShadowLog<NotifierRecord> {
    return this.#notifier;
  }
  receiverLog(): ShadowLog<ReceiverRecord> {
    return this.#receiver;
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
  amounts(side: 'source' | 'receiver', drift: ReadonlyMap<string, number>): void {
    this.#drifts.set(side, drift);
    if (this.#drifts.size < 2) return;
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

  sending(_from: NodeId, message: NotificationMessage): void {
    this.#messages += 1;
    const { type } = message;
    if (type === 'Publish')
      this.#needs(
        this.#source.isDurable(`fact:${nameOf(message)}`),
        message,
        'committed-facts-only',
      );
    else if (type === 'PublishAck' && this.#config.storage === 'db')
      this.#needs(
        this.#notifier.isDurable(`pending:${nameOf(message)}`),
        message,
        'durable-before-talk',
      );
    else if (type === 'CallAck') {
      this.#ghost(message).acked = true;
      const { key } = message;
      const durable = [...Array((this.#applied.get(key) ?? 0) + 1).keys()].some(
        (version) =>
          version >= message.version &&
          this.#receiver.isDurable(`applied:${nameOf({ key, version })}`),
      );
      this.#needs(durable, message, 'durable-before-talk');
    } else if (type === 'Call') this.#called(message);
  }

  #needs(durable: boolean, message: Fact & { readonly type: string }, invariant: string): void {
    if (!durable)
      this.#violated(
        invariant,
        `${message.type} of ${nameOf(message)} leaves, and it is not on its sender's disk.`,
      );
  }

  #called(message: Call): void {
    this.#calls += 1;
    const ghost = this.#ghost(message);
    const nowUs = this.#nowUs();
    const { scheduleUs } = this.#config;
    const pauseUs = scheduleUs[ghost.calls] ?? 0;
    // Rows in memory die with their schedule; only durable ones are held to it.
    if (this.#config.storage === 'db') {
      if (ghost.calls >= scheduleUs.length)
        this.#violated(
          'schedule-kept',
          `${nameOf(ghost)} is told for the ${ghost.calls + 1}th time; the schedule has ${scheduleUs.length}.`,
        );
      else if (ghost.calls > 0 && nowUs - ghost.lastCallUs < pauseUs * LEAST_SHARE)
        this.#violated(
          'schedule-kept',
          `${nameOf(ghost)} is told again after ${(nowUs - ghost.lastCallUs) / 1_000} ms; the schedule says ${pauseUs / 1_000} ms.`,
        );
    }
    ghost.calls += 1;
    ghost.lastCallUs = nowUs;
  }

  succeeded(fact: Fact): void {
    if (!this.#ghost(fact).acked)
      this.#violated(
        'success-is-acknowledged',
        `the notifier holds ${nameOf(fact)} for delivered, and B never said so.`,
      );
  }

  alarmed(fact: Fact): void {
    this.#alarms += 1;
    this.#ghost(fact).alarmed = true;
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }

  figures(): readonly Figure[] {
    const logs = [this.#source, this.#notifier, this.#receiver];
    return figuresOf(UNITS, {
      messages: this.#messages,
      'forced-writes': logs.reduce((sum, { forces }) => sum + forces, 0),
      calls: this.#calls,
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
        this.#config.reconcileEveryUs === 0 && this.#ghost({ key, version, effect: [] }).alarmed;
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
