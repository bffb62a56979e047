import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerRecord, HalfEnd } from './records.ts';

/** Judges how half messages end, from the broker's log. */
export class HalfWatch {
  readonly #judge: Judge;
  readonly #broker: NodeId;
  readonly #checkMax: number;
  readonly #state: () => BrokerState;
  /** `CheckTx` that were sent, by half message. */
  readonly #checks = new Map<string, number>();
  checks = 0;
  openMax = 0;

  /** `state`: what the broker's log says, without the record that is judged. */
  constructor(judge: Judge, broker: NodeId, checkMax: number, state: () => BrokerState) {
    this.#judge = judge;
    this.#broker = broker;
    this.#checkMax = checkMax;
    this.#state = state;
  }

  checking(half: string): void {
    this.checks += 1;
    this.#checks.set(half, (this.#checks.get(half) ?? 0) + 1);
  }

  did(record: BrokerRecord): void {
    if (record.kind === 'half')
      this.openMax = Math.max(this.openMax, this.#state().halves.size + 1);
    else if (record.kind === 'message') this.#became(record.half, record.content.key);
    else if (record.kind === 'ops') for (const { half, end } of record.ends) this.#ended(half, end);
  }

  #became(half: string | null, key: string): void {
    if (half !== null && this.#state().ended.has(half))
      this.#violated(
        'message-once',
        `the half message ${half} has ended, and becomes a message of ${key} once more.`,
      );
  }

  #ended(half: string, end: HalfEnd): void {
    const before = this.#state().ended.get(half);
    if (before !== undefined && before !== end)
      this.#violated(
        'half-ends-once',
        `the half message ${half} ended as ${before} and as ${end}.`,
      );
    const checks = this.#checks.get(half) ?? 0;
    if (end === 'discarded' && checks < this.#checkMax)
      this.#violated(
        'checked-in-full',
        `the half message ${half} is discarded after ${checks} checks; it is entitled to ${this.#checkMax}.`,
      );
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, [this.#broker], sentence);
  }
}
