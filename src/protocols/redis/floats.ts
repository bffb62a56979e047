/** A score as Redis reads it (C's strtod, hexadecimal left out), or null. */
export function floatOf(text: string): number | null {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

/** A score as Redis 7.0 writes it: C's `%.17g`, with `inf` for infinity. */
export function floatText(score: number): string {
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
