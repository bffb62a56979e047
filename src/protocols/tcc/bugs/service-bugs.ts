import type { Message, NodeId } from '../../../sim/engine/env.ts';
import type { Change } from '../../bank.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { Second, ToService, Try } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import type { ServiceRecord } from '../records.ts';
import { ReservationBook, type Step } from '../reservation-book.ts';
import { Service } from '../service.ts';
import { withBook } from './with-book.ts';

class ForgetfulFence extends Service {
  protected override retentionUs(): number {
    return 0;
  }
}

class ReservationExpires extends Service {
  protected override write(record: ServiceRecord): void {
    super.write(record);
    if (record.kind === 'tried') this.env.setTimer(`expire:${record.gid}`, 60_000);
  }
  protected override expire(gid: string): void {
    const changes = this.book.frozen.get(gid) ?? [];
    const step = this.book.cancel(gid);
    if (step.write !== null) this.write({ kind: step.write, gid, changes });
  }
}

class AnswersBeforeDisk extends Service {
  protected override beforeAnswer(then: () => void): void {
    then();
    super.beforeAnswer(() => undefined);
  }
}

/** A book that can be told to run the business part of a Cancel whatever was tried. */
class BlindBook extends ReservationBook {
  cancelBlindly(gid: string, changes: readonly Change[]): Step {
    if (this.fence.has(gid)) return this.cancel(gid);
    this.fence.set(gid, 'cancelled');
    this.release(gid, changes);
    return { ok: true, write: 'cancelled' };
  }
}

class BarrierErrorIgnored extends withBook(BlindBook) {
  protected override statementFailed(from: NodeId, call: Try | Second): void {
    const { type, gid, changes } = call;
    if (type !== 'Cancel' || !(this.book instanceof BlindBook)) return;
    // The insert of the Try's row came to nothing: so the row is there, and so there is something to give back.
    this.run(gid, changes, this.book.cancelBlindly(gid, changes), (ok) => {
      this.transmit(from, { type: 'CancelReply', gid, ok });
    });
  }
}

/** How long a Cancel takes from its locking read to its insert. */
const READ_TO_INSERT_US = 4_000;

class CancelsDeadlock extends Service {
  /** Cancels between their locking read of a row that is not there and their insert of it. */
  readonly #inGap = new Map<string, () => void>();
  readonly #deadlocked = new Set<string>();

  protected override replay(records: readonly ServiceRecord[]): void {
    this.#inGap.clear();
    this.#deadlocked.clear();
    super.replay(records);
  }
  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToService;
    if (message.type !== 'Cancel' || this.book.fence.has(message.gid)) {
      super.receive(from, received, replyTo);
      return;
    }
    const { gid } = message;
    // Two gap locks go together; each insert waits until the other's is gone.
    if (this.#inGap.has(gid)) this.#deadlocked.add(gid);
    else {
      this.#inGap.set(gid, () => {
        super.receive(from, received, replyTo);
      });
      this.env.setTimer(`insert:${gid}`, READ_TO_INSERT_US);
    }
  }
  protected override timeout(purpose: string, gid: string): void {
    if (purpose !== 'insert') super.timeout(purpose, gid);
    else if (!this.#deadlocked.has(gid)) {
      this.#inGap.get(gid)?.();
      this.#inGap.delete(gid);
    }
  }
}

/** Bugs of a service's local transactions and of how long it keeps things. */
export const serviceBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'fence-cleaned-early',
    'Fence rows go before the last late message.',
    'TC-B09; Seata cleans after a day',
    [
      'no-suspension',
      'idempotence',
      'no-empty-effect',
      'no-lost-reservation',
      'every-transaction-ends',
    ],
    'a Try or a repetition later than the cleaning',
    'hard',
    { service: ForgetfulFence },
  ),
  bug(
    'reservation-expires',
    'A service releases a reservation by itself after a while.',
    'TC-B22',
    ['one-outcome', 'no-empty-effect', 'every-transaction-ends', 'conservation'],
    'a slow Confirm',
    'medium',
    { service: ReservationExpires },
  ),
  bug(
    'answers-before-disk',
    'A service answers before its local transaction is on disk.',
    'TC-B07 (the crash between); Gray 1978',
    ['durable-before-talk'],
    'nothing; power loss makes it visible',
    'easy',
    { service: AnswersBeforeDisk },
  ),
  bug(
    'barrier-error-ignored',
    'A database error at the insert of the barrier row is read as "the row is there": the business part of a Cancel runs without a Try.',
    'TC-B20; dtm handles the error of the first insert apart',
    ['no-empty-effect'],
    'a database error at the Cancel of a branch that was never tried',
    'hard',
    { service: BarrierErrorIgnored },
    { config: { statementErrorPercent: 5 } },
  ),
  bug(
    'cancels-deadlock',
    'Two Cancels of a branch that was never tried lock each other out, each with a gap lock, and nothing ends them.',
    'TC-B21; apache/incubator-seata#6679',
    ['every-transaction-ends'],
    'a Cancel without a Try that is delivered twice at once',
    'medium',
    { service: CancelsDeadlock },
  ),
];
