import { describe, expect, it } from 'vitest';

import { ReservationBook } from '../../../src/protocols/tcc/reservation-book.ts';

const CHANGES = [{ account: 'x', delta: -30 }];

describe('what a TCC service answers to calls that come wrong', () => {
  it('a Confirm of what was never tried, or never registered: refused, and nothing moves', () => {
    const book = new ReservationBook(100, 10);
    expect(book.confirm('unknown', CHANGES)).toEqual({ ok: false, write: null });
    expect([book.amount('x'), book.frozen.size]).toEqual([100, 0]);
  });

  it('a Confirm after the Cancel, and a Cancel after the Confirm: refused', () => {
    const cancelled = new ReservationBook(100, 10);
    cancelled.tryIt('g', CHANGES);
    cancelled.cancel('g');
    expect(cancelled.confirm('g', CHANGES).ok).toBe(false);
    expect(cancelled.amount('x')).toBe(100);
    const confirmed = new ReservationBook(100, 10);
    confirmed.tryIt('g', CHANGES);
    confirmed.confirm('g', CHANGES);
    expect(confirmed.cancel('g').ok).toBe(false);
    expect(confirmed.amount('x')).toBe(70);
  });
});
