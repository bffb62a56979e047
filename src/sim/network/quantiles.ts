/**
 * Quantile tables of the exponential and the normal distribution. `Math.log` and `Math.exp` may differ between engines
 * in the last digit, so the tables are computed from the four basic operations, which IEEE 754 fixes exactly (DESIGN §2).
 */

/** Points per table; a draw picks one cell, so a sample costs one draw and no interpolation. */
export const QUANTILE_CELLS = 4096;

const LN_2 = 0.693147180559945309;

/** e^x by halving the argument and a Taylor series. */
export function exponential(x: number): number {
  let halvings = 0;
  let reduced = x;
  while (reduced > 0.125 || reduced < -0.125) {
    reduced /= 2;
    halvings += 1;
  }
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 12; n += 1) {
    term = (term * reduced) / n;
    sum += term;
  }
  for (; halvings > 0; halvings -= 1) sum *= sum;
  return sum;
}

/** ln(x) for x > 0, by ln(x) = k ln 2 + 2 artanh((m-1)/(m+1)). */
export function naturalLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= 1.5; exponent += 1) mantissa /= 2;
  for (; mantissa < 0.75; exponent -= 1) mantissa *= 2;
  const ratio = (mantissa - 1) / (mantissa + 1);
  let power = ratio;
  let sum = 0;
  for (let n = 1; n <= 25; n += 2) {
    sum += power / n;
    power *= ratio * ratio;
  }
  return exponent * LN_2 + 2 * sum;
}

/** The standard normal distribution function, by the power series of its integral (|z| <= 4.5). */
function normalBelow(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; n < 200; n += 2) {
    term = (term * z * z) / n;
    sum += term;
  }
  return 0.5 + sum * exponential((-z * z) / 2) * 0.3989422804014327;
}

function midpoint(cell: number): number {
  return (cell + 0.5) / QUANTILE_CELLS;
}

/** Quantiles of the exponential distribution with mean 1, at the middle of each cell. */
export function exponentialQuantiles(): Float64Array {
  const table = new Float64Array(QUANTILE_CELLS);
  for (let cell = 0; cell < QUANTILE_CELLS; cell += 1)
    table[cell] = -naturalLog(1 - midpoint(cell));
  return table;
}

/** Quantiles of the standard normal distribution, at the middle of each cell; by bisection, symmetric about 0. */
export function normalQuantiles(): Float64Array {
  const table = new Float64Array(QUANTILE_CELLS);
  let low = 0;
  for (let cell = QUANTILE_CELLS / 2; cell < QUANTILE_CELLS; cell += 1) {
    const wanted = midpoint(cell);
    let high = 4.5;
    for (let round = 0; round < 45; round += 1) {
      const middle = (low + high) / 2;
      if (normalBelow(middle) < wanted) low = middle;
      else high = middle;
    }
    table[cell] = low;
    table[QUANTILE_CELLS - 1 - cell] = -low;
  }
  return table;
}
