import { describe, expect, it } from 'vitest';

import { ReservationBook } from '../../../src/protocols/tcc/reservation-book.ts';

/** One delivery: which branch gets which call. */
type Delivery = `${'debit' | 'credit'} ${'try' | 'confirm' | 'cancel'}`;

const CHANGE = {
  debit: [{ account: 'x', delta: -30 }],
  credit: [{ account: 'y', delta: 30 }],
} as const;

/** Two services in any state that deliveries can bring them to. */
class TwoBranches {
  readonly debit = new ReservationBook(100, 0);
  readonly credit = new ReservationBook(100, 0);
  readonly reserved = new Set<string>();

  deliver(delivery: Delivery): void {
    const [branch, call] = delivery.split(' ') as [
      'debit' | 'credit',
      'try' | 'confirm' | 'cancel',
    ];
    const book = this[branch];
    if (call === 'try') {
      if (book.tryIt('g', CHANGE[branch]).ok) this.reserved.add(branch);
    } else if (call === 'confirm') book.confirm('g', CHANGE[branch]);
    else book.cancel('g');
  }

  /** What is left: x, y, and whether something is still reserved. */
  end(): readonly [number, number, number] {
    return [
      this.debit.amount('x'),
      this.credit.amount('y'),
      this.debit.frozen.size + this.credit.frozen.size,
    ];
  }
}

/** Every order of every part of `deliveries` that has at least one of each `needed`. */
function* orders(
  deliveries: readonly Delivery[],
  needed: readonly Delivery[],
): Generator<Delivery[]> {
  function* extend(chosen: Delivery[], rest: readonly Delivery[]): Generator<Delivery[]> {
    if (needed.every((one) => chosen.includes(one))) yield chosen;
    const next = [...new Set(rest)];
    for (const one of next) {
      const left = [...rest];
      left.splice(left.indexOf(one), 1);
      yield* extend([...chosen, one], left);
    }
  }
  yield* extend([], deliveries);
}

const twice = (deliveries: readonly Delivery[]): Delivery[] => [...deliveries, ...deliveries];

describe('two branches, with every loss, repetition, delay and order of deliveries', () => {
  it('a cancelled transaction leaves nothing, whatever arrives when', () => {
    const cancels: Delivery[] = ['debit cancel', 'credit cancel'];
    let explored = 0;
    for (const order of orders(twice(['debit try', 'credit try', ...cancels]), cancels)) {
      const branches = new TwoBranches();
      for (const delivery of order) branches.deliver(delivery);
      if (branches.end().join() !== '100,100,0')
        expect.fail(`${order.join(', ')}: ${branches.end().join()}`);
      explored += 1;
    }
    expect(explored).toBeGreaterThan(2_000);
  });

  it('a confirmed transaction moves the money once, whatever arrives when', () => {
    const tries: Delivery[] = ['debit try', 'credit try'];
    const confirms: Delivery[] = ['debit confirm', 'credit confirm'];
    let explored = 0;
    // It is decided when both have reserved; a second Try may be under way still.
    for (const first of orders(tries, tries))
      for (const rest of orders(twice([...tries.slice(0, 2), ...confirms]), confirms)) {
        const branches = new TwoBranches();
        for (const delivery of [...first, ...rest]) branches.deliver(delivery);
        expect(branches.reserved.size).toBe(2);
        if (branches.end().join() !== '70,130,0')
          expect.fail(`${rest.join(', ')}: ${branches.end().join()}`);
        explored += 1;
      }
    expect(explored).toBeGreaterThan(2_000);
  });

  it('a debit without cover reserves nothing, and its cancel is empty', () => {
    const book = new ReservationBook(10, 0);
    expect(book.tryIt('g', CHANGE.debit)).toEqual({ ok: false, write: null });
    expect(book.cancel('g')).toEqual({ ok: true, write: 'suspended' });
    expect(book.tryIt('g', [{ account: 'x', delta: -1 }]).ok).toBe(false);
    expect(book.amount('x')).toBe(10);
  });
});
