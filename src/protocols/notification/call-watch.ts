import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { ShadowLog } from '../shadow-log.ts';
import type { NotificationConfig } from './config.ts';
import type { Call, Fact } from './messages.ts';
import { nameOf } from './messages.ts';
import type { TableRecord } from './records.ts';
import { leastSpacingUs, longestPauseUs } from './schedule.ts';

/** Over how long the figure `peak-calls` counts. */
const PEAK_US = 100_000;

/** What was seen of the calls for one fact. */
interface Told {
  calls: number;
  lastCallUs: number;
  acked: boolean;
  alarmed: boolean;
  /** Who made which attempt. */
  readonly makers: Map<number, NodeId>;
}

/** A row of the table that has not come to its end. */
interface OpenRow {
  attempts: number;
  /** Counted, and neither called nor anything else since: the disk is at work. */
  begun: boolean;
  /** Since when it was seen waiting, on its keeper's clock. */
  waitingSinceUs: number | null;
}

/** Judges who is called, when, how often and by whom; from what is sent, and from the table's log. */
export class CallWatch {
  readonly #config: NotificationConfig;
  readonly #judge: Judge;
  readonly #servers: readonly NodeId[];
  readonly #table: ShadowLog<TableRecord>;
  readonly #told = new Map<string, Told>();
  readonly #open = new Map<string, OpenRow>();
  /** The last attempt that was claimed of each row. */
  readonly #claimed = new Map<string, number>();
  #recentUs: number[] = [];
  calls = 0;
  /** The most calls within a tenth of a second. */
  peak = 0;

  constructor(
    config: NotificationConfig,
    judge: Judge,
    servers: readonly NodeId[],
    table: ShadowLog<TableRecord>,
  ) {
    this.#config = config;
    this.#judge = judge;
    this.#servers = servers;
    this.#table = table;
  }

  /** The table's log has one record more. */
  written(record: TableRecord): void {
    const name = nameOf(record);
    if (record.kind === 'attempt') this.#claimed.set(name, (this.#claimed.get(name) ?? 0) + 1);
    if (record.kind === 'success' || record.kind === 'failed') this.#open.delete(name);
    if (record.kind === 'pending')
      this.#open.set(name, { attempts: 0, begun: false, waitingSinceUs: null });
    const row = this.#open.get(name);
    if (row === undefined) return;
    row.waitingSinceUs = null;
    if (record.kind !== 'attempt') return;
    row.attempts += 1;
    row.begun = this.#config.storage === 'db';
  }

  /** The table's keeper has begun anew, with these records. */
  recovered(records: readonly TableRecord[]): void {
    this.#open.clear();
    this.#claimed.clear();
    for (const record of records) this.written(record);
    for (const row of this.#open.values()) row.begun = false;
  }

  /**
   * MQ-M1, of what the notifiers can do about it: a row is called again when its pause is over (and the lease, if its notifier
   * may have died), at the next look of whoever keeps the table. Measured on the keeper's clock, from look to look: what stops
   * the keeper itself is no delay.
   */
  attended(clockUs: number): void {
    for (const [name, row] of this.#open) {
      if (row.begun || row.attempts >= this.#config.scheduleUs.length) continue;
      row.waitingSinceUs ??= clockUs;
      const waitedUs = clockUs - row.waitingSinceUs;
      if (waitedUs <= this.#longestWaitUs(row)) continue;
      this.#violated(
        'none-held-up',
        `${name} has waited ${waitedUs / 1_000} ms for call ${row.attempts + 1}, and was passed over.`,
        [
          `Its pause is at most ${longestPauseUs(this.#config, row.attempts) / 1_000} ms by the schedule.`,
        ],
      );
    }
  }

  #longestWaitUs({ attempts }: OpenRow): number {
    const { storage, claimLeaseUs } = this.#config;
    const leaseUs = storage === 'shared' ? claimLeaseUs : 0;
    return longestPauseUs(this.#config, attempts) + leaseUs;
  }

  called(from: NodeId, call: Call, nowUs: number): void {
    this.calls += 1;
    this.#recentUs = [...this.#recentUs.filter((us) => us > nowUs - PEAK_US), nowUs];
    this.peak = Math.max(this.peak, this.#recentUs.length);
    const told = this.#toldOf(call);
    // Rows in memory die with their schedule; only durable ones are held to it.
    if (this.#config.storage !== 'memory') {
      this.#judgeSchedule(call, told, nowUs);
      this.#judgeMaker(from, call, told);
    }
    told.calls += 1;
    told.lastCallUs = nowUs;
    const row = this.#open.get(nameOf(call));
    if (row === undefined) return;
    row.attempts = Math.max(row.attempts, call.attempt);
    row.begun = false;
    row.waitingSinceUs = null;
  }

  #judgeSchedule(call: Call, { calls, lastCallUs }: Told, nowUs: number): void {
    const { scheduleUs } = this.#config;
    const spacingUs = nowUs - lastCallUs;
    const leastUs = leastSpacingUs(this.#config, call.attempt - 1);
    if (calls >= scheduleUs.length)
      this.#violated(
        'schedule-kept',
        `${nameOf(call)} is told for the ${calls + 1}th time; the schedule has ${scheduleUs.length}.`,
      );
    else if (calls > 0 && spacingUs < leastUs)
      this.#violated(
        'schedule-kept',
        `${nameOf(call)} is told again after ${spacingUs / 1_000} ms; the schedule says ${(scheduleUs[call.attempt - 1] ?? 0) / 1_000} ms, and not less than ${leastUs / 1_000} ms with its jitter and wrong clocks.`,
      );
  }

  /** The first broken rule tells most: who makes it, for whose claim, and whether it had to be made at all. */
  #judgeMaker(from: NodeId, call: Call, { makers }: Told): void {
    const { attempt } = call;
    const maker = makers.get(attempt);
    const claimed = this.#claimed.get(nameOf(call)) ?? 0;
    const told = `${this.#judge.name(from)} makes attempt ${attempt} of ${nameOf(call)}`;
    if (maker !== undefined && maker !== from)
      this.#violated(
        'one-sender-per-attempt',
        `${told}, which ${this.#judge.name(maker)} has made.`,
      );
    else if (claimed > attempt && this.#config.storage === 'shared')
      this.#violated(
        'one-sender-per-attempt',
        `${told}, and attempt ${claimed} was claimed meanwhile.`,
      );
    else if (this.#table.isDurable(`success:${nameOf(call)}`))
      this.#violated('success-is-final', `${told}, and the table has it as delivered.`);
    makers.set(attempt, from);
  }

  acked(fact: Fact): void {
    this.#toldOf(fact).acked = true;
  }

  succeeded(fact: Fact): void {
    if (!this.#toldOf(fact).acked)
      this.#violated(
        'success-is-acknowledged',
        `${nameOf(fact)} is held for delivered, and B never said so.`,
      );
  }

  alarmed(fact: Fact): void {
    this.#toldOf(fact).alarmed = true;
  }

  isAlarmed(fact: Pick<Fact, 'key' | 'version'>): boolean {
    return this.#told.get(nameOf(fact))?.alarmed ?? false;
  }

  #toldOf(fact: Pick<Fact, 'key' | 'version'>): Told {
    const name = nameOf(fact);
    const known = this.#told.get(name);
    if (known !== undefined) return known;
    const told = { calls: 0, lastCallUs: 0, acked: false, alarmed: false, makers: new Map() };
    this.#told.set(name, told);
    return told;
  }

  #violated(invariant: string, sentence: string, because: readonly string[] = []): void {
    this.#judge.violated(invariant, this.#servers, sentence, because);
  }
}
