import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { RaftView } from '../observer.ts';
import type { Elections } from './elections.ts';
import type { Judge } from './judge.ts';

/** What clients were told: a read reflects everything acknowledged before it arrived (Raft §8). */
export class Answers {
  highest = 0;
  readonly #judge: Judge;
  readonly #elections: Elections;
  /** False when the configuration promises no fresh reads: stale ones are then no fault of the servers. */
  readonly #freshReads: boolean;
  #acknowledgedBy = -1;
  #acknowledgedTerm = 0;

  [INNER_STATE](): unknown {
    return [this.#acknowledgedBy, this.#acknowledgedTerm];
  }

  constructor(judge: Judge, elections: Elections, freshReads: boolean) {
    this.#judge = judge;
    this.#elections = elections;
    this.#freshReads = freshReads;
  }

  acknowledged(node: RaftView, index: number): void {
    if (index <= this.highest) return;
    this.highest = index;
    this.#acknowledgedBy = node.id;
    this.#acknowledgedTerm = node.currentTerm;
  }

  readServed(node: RaftView, key: string, index: number, floor: number, leased: boolean): void {
    if (!this.#freshReads) return;
    const name = this.#judge.name(node.id);
    if (index < floor)
      this.#judge.violated(
        'reads-are-fresh',
        [node.id],
        `${name} answered a read of ${key} from index ${index}, although index ${floor} was acknowledged to a client before the read arrived.`,
        [
          `the latest acknowledgement came from ${this.#acknowledgedBy < 0 ? 'nobody' : this.#judge.name(this.#acknowledgedBy)} in term ${this.#acknowledgedTerm}`,
          `${name} is ${node.role} of term ${node.currentTerm}`,
        ],
      );
    if (leased && this.#elections.highestLeaderTerm > node.currentTerm)
      this.#judge.violated(
        'lease-is-exclusive',
        [node.id],
        `${name} served a read of ${key} on its lease of term ${node.currentTerm}, but term ${this.#elections.highestLeaderTerm} already has a leader.`,
        ['while a lease holds no other leader may be elected'],
      );
  }
}
