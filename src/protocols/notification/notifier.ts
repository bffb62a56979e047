import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { NotificationConfig } from './config.ts';
import type { CallAck, Fact, NotificationMessage, Publish } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import { receiverOf, type Roles } from './roles.ts';
import type { TableRecord } from './records.ts';
import { drawnPauseUs } from './schedule.ts';

export interface Notification extends Fact {
  attempts: number;
  /** When the next call, or after the last one the end, is due. */
  dueUs: number;
  state: 'pending' | 'success' | 'failed';
  /** Somebody was told that it has failed. */
  alarmed: boolean;
}

/** The only notifier, with its own table: tells by a schedule, and gives up with a record and an alarm when it is used up. */
export class Notifier extends LoggedNode<TableRecord> {
  protected readonly config: NotificationConfig;
  protected readonly roles: Roles;
  protected readonly observer: NotificationObserver | null;
  readonly table = new Map<string, Notification>();

  constructor(
    env: NodeEnv,
    config: NotificationConfig,
    roles: Roles,
    observer: NotificationObserver | null,
  ) {
    super(env, observer?.tableLog() ?? null);
    this.config = config;
    this.roles = roles;
    this.observer = observer;
  }

  protected override replay(records: readonly TableRecord[]): void {
    this.table.clear();
    for (const { kind, key, version, effect } of records) {
      const row = this.#row({ key, version, effect });
      if (kind === 'attempt') row.attempts += this.countsAttempts();
      else if (kind === 'alarmed') row.alarmed = true;
      else if (kind !== 'unanswered') row.state = kind;
    }
    for (const row of this.table.values()) row.dueUs = this.clockUs() + this.pauseUs(row.attempts);
  }

  /** How much an attempt in the log counts after a restart. */
  protected countsAttempts(): number {
    return 1;
  }

  /** A record of giving up may have survived a crash that the alarm did not. */
  protected override resume(): void {
    for (const row of this.table.values())
      if (row.state === 'failed' && !row.alarmed) this.#alarm(row);
    this.env.setTimer('poll', this.config.pollEveryUs);
  }

  #row(fact: Fact): Notification {
    const name = nameOf(fact);
    const known = this.table.get(name);
    if (known !== undefined) return known;
    const row: Notification = {
      ...fact,
      attempts: 0,
      dueUs: 0,
      state: 'pending',
      alarmed: false,
    };
    this.table.set(name, row);
    return row;
  }

  protected override receive(_from: NodeId, message: Message): void {
    if (message.type === 'Publish') this.accept(message as Publish);
    else if (message.type === 'CallAck') this.#answered(message as CallAck);
  }

  /** The message is acknowledged when the row is on disk; in memory at once. */
  protected accept({ key, version, effect }: Publish): void {
    const fact = { key, version, effect };
    if (!this.table.has(nameOf(fact))) {
      const row = this.#row(fact);
      row.dueUs = this.clockUs() + this.pauseUs(0);
      this.write('pending', row);
    }
    this.afterWrite(() => {
      this.transmit(this.roles.source, { type: 'PublishAck', ...fact });
    });
  }

  /** The clock of the schedule: one that nobody sets. */
  protected clockUs(): number {
    return this.env.monotonicUs();
  }

  protected pauseUs(attempts: number): number {
    return drawnPauseUs(this.config, attempts, this.env.random('schedule'));
  }

  protected override timeout(purpose: string): void {
    if (purpose !== 'poll') return;
    for (const row of this.table.values()) if (this.isDue(row)) this.#due(row);
    this.observer?.attended(this.env.monotonicUs());
    this.env.setTimer('poll', this.config.pollEveryUs);
  }

  /** Every pending row comes up again, called or not, whatever becomes of the others. */
  protected isDue(row: Notification): boolean {
    return row.state === 'pending' && row.dueUs <= this.clockUs();
  }

  #due(row: Notification): void {
    if (row.attempts >= this.attemptsAllowed()) {
      this.giveUp(row);
      return;
    }
    const { key, version, effect } = row;
    row.attempts += 1;
    // The pause begins with the call: a slow disk must not bring two calls together.
    row.dueUs = Infinity;
    // The attempt is counted before it is made: a crash loop must not call for ever.
    this.write('attempt', row);
    this.afterWrite(() => {
      if (row.state !== 'pending') return;
      row.dueUs = this.clockUs() + this.pauseUs(row.attempts);
      const to = receiverOf(row, this.roles.receivers);
      this.transmit(to, { type: 'Call', key, version, effect, attempt: row.attempts });
      this.called(row);
    });
  }

  protected attemptsAllowed(): number {
    return this.config.scheduleUs.length;
  }

  /** Silence is not success: the schedule goes on until B answers. */
  protected called(row: Notification): void {
    this.env.log(() => `call ${row.attempts} for ${nameOf(row)}`);
  }

  protected giveUp(row: Notification): void {
    row.state = 'failed';
    this.write('failed', row);
    this.afterWrite(() => {
      this.#alarm(row);
    });
  }

  #alarm(row: Notification): void {
    row.alarmed = true;
    this.observer?.alarmed(row);
    this.env.mark('alert', { key: row.key, reason: 'B was never reached' });
    this.write('alarmed', row);
  }

  #answered(ack: CallAck): void {
    const row = this.table.get(nameOf(ack));
    if (row?.state === 'pending') this.succeed(row);
  }

  protected succeed(row: Notification): void {
    row.state = 'success';
    this.observer?.succeeded(row);
    this.write('success', row);
  }

  protected write(kind: TableRecord['kind'], { key, version, effect }: Fact): void {
    if (this.config.storage === 'db') this.log.append({ kind, key, version, effect });
  }

  protected afterWrite(then: () => void): void {
    if (this.config.storage === 'db') this.log.force(then);
    else then();
  }

  protected transmit(to: NodeId, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
