import { describe, expect, it } from 'vitest';
import { ConfigTable } from '../../src/checker/search/config-table.ts';
import { CrashTable } from '../../src/checker/search/crash-table.ts';
import { keepUndominated } from '../../src/checker/search/dominance.ts';

/** How many of these configurations (state, crash vector, used bits, spared bits) are kept. */
function kept(configs: readonly number[][], crash = new CrashTable()): number {
  const from = new ConfigTable(4);
  for (const config of configs) from.add(Int32Array.from(config), 0);
  const to = new ConfigTable(4);
  keepUndominated(from, to, 1, crash);
  return to.count;
}

describe('one configuration makes another superfluous', () => {
  it('when an operation is spared in it and used or free in the other', () => {
    expect(
      kept([
        [1, 0, 0b0, 0b1],
        [1, 0, 0b1, 0b0],
      ]),
    ).toBe(1);
    expect(
      kept([
        [1, 0, 0b0, 0b1],
        [1, 0, 0b0, 0b0],
      ]),
    ).toBe(1);
  });

  it('but not when an operation is used in it and free in the other, however much else it spares', () => {
    expect(
      kept([
        [1, 0, 0b001, 0b110],
        [1, 0, 0b000, 0b000],
      ]),
    ).toBe(2);
    expect(
      kept([
        [1, 0, 0b000, 0b110],
        [1, 0, 0b001, 0b000],
      ]),
    ).toBe(2);
  });

  it('but not in another state', () => {
    expect(
      kept([
        [1, 0, 0, 0b1],
        [2, 0, 0, 0b0],
      ]),
    ).toBe(2);
  });

  it('only if it has used no more crashed operations of any kind', () => {
    const crash = new CrashTable();
    const one = crash.plus(0, 0);
    const other = crash.plus(0, 1);
    expect(
      kept(
        [
          [1, one, 0, 0],
          [1, 0, 0, 0],
        ],
        crash,
      ),
    ).toBe(1);
    expect(
      kept(
        [
          [1, one, 0, 0],
          [1, other, 0, 0],
        ],
        crash,
      ),
    ).toBe(2);
    expect(
      kept(
        [
          [1, one, 0, 0b11],
          [1, 0, 0, 0],
        ],
        crash,
      ),
    ).toBe(2);
    expect(
      kept(
        [
          [1, crash.plus(one, 1), 0, 0],
          [1, other, 0, 0],
        ],
        crash,
      ),
    ).toBe(1);
  });
});
