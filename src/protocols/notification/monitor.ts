import type { NodeId } from '../../sim/engine/env.ts';
import { Judge } from '../judge.ts';
import type { InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { NotificationConfig } from './config.ts';
import type { Call, Fact, NotificationMessage } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import type { NotifierRecord, ReceiverRecord, SourceRecord } from './records.ts';

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
    const keyOf = (record: Fact & { readonly kind: string }): string =>
      `${record.kind}:${nameOf(record)}`;
    this.#source = new ShadowLog<SourceRecord>(keyOf, {
      onDurable: ({ kind, key, version }) => {
        if (kind === 'fact') this.#facts.set(key, Math.max(version, this.#facts.get(key) ?? 0));
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

  #ghost({ key, version }: Fact): Ghost {
    const name = nameOf({ key, version });
    const known = this.#ghosts.get(name);
    if (known !== undefined) return known;
    const ghost = { key, version, calls: 0, lastCallUs: 0, acked: false, alarmed: false };
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
  }

  sending(_from: NodeId, message: NotificationMessage): void {
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
    this.#ghost(fact).alarmed = true;
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }

  /** Facts that B does not know and nobody was alarmed about. */
  unfinished(): readonly InvariantViolation[] {
    return [...this.#facts].flatMap(([key, version]) => {
      const alarmed = this.#config.reconcileEveryUs === 0 && this.#ghost({ key, version }).alarmed;
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
