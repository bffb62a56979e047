const SPECIAL = /^([+-]?)(inf(?:inity)?|nan)$/i;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x([\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p([+-]?\d+))?$/i;

/** The text as C's strtod reads it when it reads all of it; null when it does not. */
export function strtod(text: string): number | null {
  const special = SPECIAL.exec(text);
  if (special !== null) {
    if (special[2]!.toLowerCase() === 'nan') return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  if (DECIMAL.test(text)) return Number(text);
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal === null) return null;
  const [, sign, digits, power = '0'] = hexadecimal as unknown as [string, string, string, string?];
  const [whole, fraction = ''] = digits.split('.') as [string, string?];
  const size = scaled(Number(BigInt(`0x${whole}${fraction}`)), Number(power) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}

/** A score as Redis reads it, or null: no NaN, and no finite number that a double makes 0 or infinite. */
export function floatOf(text: string): number | null {
  const value = strtod(text);
  if (value === null || Number.isNaN(value)) return null;
  if (Math.abs(value) === Infinity) return SPECIAL.test(text) ? value : null;
  const [mantissa] = text.split(/^[+-]?0x/i.test(text) ? /p/i : /e/i) as [string];
  return value === 0 && /[1-9a-f]/i.test(mantissa.replace(/x/i, '')) ? null : value;
}

/** `size` times 2 to this power. */
function scaled(size: number, power: number): number {
  let value = size;
  // A value that has left the doubles does not come back.
  for (let left = power; left > 0 && value !== 0 && value !== Infinity; left -= 1) value *= 2;
  for (let left = power; left < 0 && value !== 0 && value !== Infinity; left += 1) value /= 2;
  return value;
}

/** A score as Redis 7.0 writes it, and Lua a number: C's `%.17g`, with `inf` for infinity. */
export function floatText(score: number): string {
  if (Number.isNaN(score)) return 'nan';
  if (!Number.isFinite(score)) return score > 0 ? 'inf' : '-inf';
  if (Object.is(score, -0)) return '-0';
  const size = Math.abs(score);
  const scientific = size !== 0 && (size < 1e-4 || size >= 1e17);
  const text = scientific ? score.toExponential(16) : score.toPrecision(17);
  const [digits, exponent] = text.split('e') as [string, string | undefined];
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  if (exponent === undefined) return short;
  return `${short}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`;
}
