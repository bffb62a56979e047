import type { NodeId } from '../../sim/engine/env.ts';
import { type Kind, kindOf } from '../bank.ts';
import type { Judge } from '../judge.ts';
import type { InvariantViolation } from '../protocol.ts';
import type { Credit } from './messages.ts';
import type { Drift } from './observer.ts';
import type { ProducerRecord } from './records.ts';
import type { Roles } from './roles.ts';

/** Where the money of one key is. */
interface Ghost {
  readonly key: string;
  credit: Credit;
  debits: number;
  /** Receipts that A has booked. */
  receipts: number;
  reversals: number;
  /** Effects, by consumer group. */
  readonly credits: number[];
  alarmed: boolean;
  /** Its client has heard no. */
  refused: boolean;
  /** True time of the durable debit and of B's first credit, in µs. */
  committedUs: number | null;
  creditedUs: number | null;
}

/** Judges that every key is debited once at A, has its effect once at each group, and that nothing comes from nowhere. */
export class MoneyWatch {
  /** From A's commit to B's effect, in µs, the longest. */
  windowMaxUs = 0;
  readonly #judge: Judge;
  readonly #servers: readonly NodeId[];
  readonly #roles: Roles;
  readonly #nowUs: () => number;
  readonly #ghosts = new Map<string, Ghost>();
  /** Which keys a producer has written. */
  readonly #keys = new Map<NodeId, Set<string>>();
  readonly #drifts = new Map<NodeId, Drift>();

  constructor(judge: Judge, servers: readonly NodeId[], roles: Roles, nowUs: () => number) {
    this.#judge = judge;
    this.#servers = servers;
    this.#roles = roles;
    this.#nowUs = nowUs;
  }

  #ghost(key: string): Ghost {
    const known = this.#ghosts.get(key);
    if (known !== undefined) return known;
    const ghost: Ghost = {
      key,
      credit: [],
      debits: 0,
      receipts: 0,
      reversals: 0,
      credits: this.#roles.consumers.map(() => 0),
      alarmed: false,
      refused: false,
      committedUs: null,
      creditedUs: null,
    };
    this.#ghosts.set(key, ghost);
    return ghost;
  }

  producerDid(node: NodeId, record: ProducerRecord): void {
    const ghost = this.#ghost(record.key);
    if (record.kind === 'debit') {
      const keys = this.#keys.get(node) ?? new Set();
      this.#keys.set(node, keys.add(record.key));
      ghost.credit = record.credit;
      ghost.debits += 1;
      if (ghost.debits > 1)
        this.#violated(
          'effectively-once',
          `A took the amount of ${record.key} ${ghost.debits} times.`,
        );
      this.#noMeansNo(ghost);
    } else if (record.kind === 'reversed') ghost.reversals += 1;
    else if (record.kind === 'receipt') {
      const keys = this.#keys.get(node) ?? new Set();
      this.#keys.set(node, keys.add(record.key));
      ghost.receipts += 1;
      if (ghost.receipts > 1)
        this.#violated('one-receipt', `A has booked ${ghost.receipts} receipts for ${record.key}.`);
    }
  }

  debitDurable(key: string): void {
    this.#ghost(key).committedUs ??= this.#nowUs();
  }

  /** What is not in the log any more never happened. */
  producerRecovered(node: NodeId, records: readonly ProducerRecord[]): void {
    for (const key of this.#keys.get(node) ?? []) {
      const ghost = this.#ghost(key);
      ghost.debits = 0;
      ghost.reversals = 0;
      ghost.receipts = 0;
    }
    for (const record of records) this.producerDid(node, record);
  }

  credited(group: number, key: string): void {
    const ghost = this.#ghost(key);
    ghost.credits[group]! += 1;
    if (group === 0 && ghost.creditedUs === null && ghost.committedUs !== null) {
      ghost.creditedUs = this.#nowUs();
      this.windowMaxUs = Math.max(this.windowMaxUs, ghost.creditedUs - ghost.committedUs);
    }
    if (ghost.credits[group]! > 1)
      this.#violated(
        'effectively-once',
        `${this.#judge.name(this.#roles.consumers[group]!)} carried ${key} out ${ghost.credits[group]!} times.`,
      );
  }

  consumerRecovered(group: number, keys: readonly string[]): void {
    for (const ghost of this.#ghosts.values()) ghost.credits[group] = 0;
    for (const key of keys) this.credited(group, key);
  }

  refused(key: string): void {
    const ghost = this.#ghost(key);
    ghost.refused = true;
    this.#noMeansNo(ghost);
  }

  #noMeansNo({ key, refused, debits, reversals }: Ghost): void {
    if (refused && debits > reversals)
      this.#violated('no-means-no', `the client of ${key} was refused, and A has the debit.`);
  }

  alarmed(key: string): void {
    this.#ghost(key).alarmed = true;
  }

  /** Debits of A = credits of B + what is under way + what was taken back. */
  amounts(node: NodeId, drift: Drift): void {
    const { producers, consumers } = this.#roles;
    if (!producers.includes(node) && node !== consumers[0]) return;
    this.#drifts.set(node, drift);
    if (this.#drifts.size <= producers.length) return;
    const sums = this.#sums();
    for (const kind of ['money', 'goods'] as const)
      if (sums[kind] !== 0)
        this.#violated(
          'conservation',
          `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}: debits are not credits, reversals and what is under way.`,
        );
  }

  #sums(): Record<Kind, number> {
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    for (const drift of this.#drifts.values())
      for (const [account, amount] of drift) sums[kindOf(account)] += amount;
    for (const { debits, reversals, credits, credit } of this.#ghosts.values())
      if (debits === 1 && reversals === 0 && credits[0] === 0)
        for (const { account, delta } of credit) sums[kindOf(account)] += delta;
    return sums;
  }

  /** Committed debits whose effect has neither happened nor been given up with an alarm or a reversal. */
  unfinished(
    lost: 'no-loss' | 'every-row-sent',
    isMessage: (key: string) => boolean,
  ): readonly InvariantViolation[] {
    for (const { key, credit, committedUs, credits, reversals, alarmed } of this.#ghosts.values()) {
      const group = credits.indexOf(0);
      if (committedUs === null || group < 0 || reversals > 0 || alarmed) continue;
      const text = credit.map(({ account, delta }) => `${delta} of ${account}`).join(', ');
      return [
        {
          invariant: isMessage(key) ? 'consumed-in-the-end' : lost,
          sentence: `A committed ${key}, and its ${text} never happened at ${this.#judge.name(this.#roles.consumers[group]!)}; nobody was told.`,
          because: [],
          nodes: this.#servers,
        },
      ];
    }
    return [];
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }
}
