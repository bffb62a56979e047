import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { NotificationConfig } from './config.ts';
import type {
  Claim,
  ClaimDue,
  Claimed,
  Fact,
  Insert,
  NotificationMessage,
  Settle,
} from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import type { TableRecord } from './records.ts';
import { drawnPauseUs } from './schedule.ts';

/** A notification, and who may work at it when. */
export interface Row extends Fact {
  /** Counts claims; with it a result is compared. */
  attempts: number;
  /** Claimed, and nothing is known yet of what became of it. */
  claimed: boolean;
  /** When it may be claimed again, on this node's clock. */
  dueUs: number;
  state: 'pending' | 'success' | 'failed';
}

/**
 * The database that several notifiers share: the statements they run, each one transaction. Time is this node's alone: leases
 * and pauses are measured by one clock, whichever notifier is meant.
 */
export class Database extends LoggedNode<TableRecord> {
  protected readonly config: NotificationConfig;
  protected readonly observer: NotificationObserver | null;
  readonly table = new Map<string, Row>();
  /** The last answer to each notifier, for a question that comes twice. */
  readonly #answers = new Map<NodeId, { round: number; claims: readonly Claim[] }>();

  constructor(env: NodeEnv, config: NotificationConfig, observer: NotificationObserver | null) {
    super(env, observer?.tableLog() ?? null);
    this.config = config;
    this.observer = observer;
  }

  /** How much of a lease or a pause was left is not on disk: after a restart each begins anew. */
  protected override replay(records: readonly TableRecord[]): void {
    this.table.clear();
    this.#answers.clear();
    for (const { kind, key, version, effect } of records) {
      const row = this.#row({ key, version, effect });
      row.claimed = kind === 'attempt';
      if (kind === 'attempt') row.attempts += 1;
      else if (kind === 'success' || kind === 'failed') row.state = kind;
      else row.state = 'pending';
    }
    for (const row of this.table.values())
      row.dueUs = this.#dueUs(row) + (row.claimed ? this.config.claimLeaseUs : 0);
  }

  protected override resume(): void {
    this.env.log(() => `the table has ${this.table.size} rows`);
  }

  protected override timeout(): void {
    // Leases run out by themselves: a row is looked at when somebody asks for what is due.
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Insert') this.#insert(from, message as Insert, replyTo);
    else if (message.type === 'ClaimDue') this.#claimDue(from, message as ClaimDue, replyTo);
    else if (message.type === 'Settle') this.#settle(from, message as Settle, replyTo);
  }

  #row(fact: Fact): Row {
    const name = nameOf(fact);
    const known = this.table.get(name);
    if (known !== undefined) return known;
    const row: Row = { ...fact, attempts: 0, claimed: false, dueUs: 0, state: 'pending' };
    this.table.set(name, row);
    return row;
  }

  /** Now, and the pause before the row's next attempt. */
  #dueUs({ attempts }: Row): number {
    return (
      this.env.monotonicUs() + drawnPauseUs(this.config, attempts, this.env.random('schedule'))
    );
  }

  /** INSERT ... ON CONFLICT DO NOTHING. */
  #insert(from: NodeId, { key, version, effect }: Insert, replyTo: number): void {
    const fact = { key, version, effect };
    if (!this.table.has(nameOf(fact))) {
      const row = this.#row(fact);
      row.dueUs = this.#dueUs(row);
      this.write('pending', row);
    }
    this.#answer(from, replyTo, { type: 'Inserted' });
  }

  /** A question that comes twice gets its answer twice, and an older one none: nobody waits for that any more. */
  #claimDue(from: NodeId, { round }: ClaimDue, replyTo: number): void {
    const last = this.#answers.get(from);
    if (last !== undefined && round < last.round) return;
    let claims = last?.claims ?? [];
    if (round !== last?.round) {
      const due = [...this.table.values()].filter((row) => this.isDue(row));
      claims = due.map((row) => {
        const { key, version, effect } = row;
        const attempt = this.take(row);
        this.env.mark('claimed', { key, version, attempt, by: this.env.nameOf(from) });
        return { key, version, effect, attempt };
      });
      this.#answers.set(from, { round, claims });
      this.observer?.attended(this.env.monotonicUs());
    }
    const claimed: Claimed = { type: 'Claimed', claims };
    if (claims.length === 0) this.#reply(from, replyTo, claimed);
    else this.#answer(from, replyTo, claimed);
  }

  /** Pending, and neither claimed nor in its pause. Rows do not wait for each other. */
  protected isDue(row: Row): boolean {
    return row.state === 'pending' && row.dueUs <= this.env.monotonicUs();
  }

  /**
   * UPDATE ... SET attempts = attempts + 1, due = now + lease + pause: what makes the row one notifier's. The attempt is
   * counted before it is made, and if its notifier dies, the row comes up again by itself when the lease is over.
   */
  protected take(row: Row): number {
    row.attempts += 1;
    row.claimed = true;
    row.dueUs = this.#dueUs(row) + this.config.claimLeaseUs;
    this.write('attempt', row);
    return row.attempts;
  }

  /** UPDATE ... WHERE attempts = this attempt. */
  #settle(from: NodeId, settle: Settle, replyTo: number): void {
    const { attempt, outcome } = settle;
    const row = this.table.get(nameOf(settle));
    const written = row !== undefined && this.accepts(row, attempt);
    if (written) {
      row.claimed = false;
      row.state = outcome === 'unanswered' ? 'pending' : outcome;
      row.dueUs = this.#dueUs(row);
      if (outcome === 'success') this.observer?.succeeded(row);
      this.write(outcome, row);
    }
    this.#answer(from, replyTo, { type: 'Settled', written });
  }

  /** A notifier that was away for longer than its lease must not write over what others did meanwhile. */
  protected accepts(row: Row, attempt: number): boolean {
    return row.state === 'pending' && row.attempts === attempt;
  }

  protected write(kind: TableRecord['kind'], { key, version, effect }: Fact): void {
    this.log.append({ kind, key, version, effect });
  }

  /** Answers leave when everything written so far is on disk. */
  #answer(to: NodeId, replyTo: number, message: NotificationMessage): void {
    this.log.force(() => {
      this.#reply(to, replyTo, message);
    });
  }

  #reply(to: NodeId, replyTo: number, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.reply(to, replyTo, message);
  }
}
