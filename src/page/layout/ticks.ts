/** Places of about `count` round numbers between two others. */
export function ticksBetween(from: number, to: number, count: number): number[] {
  const span = to - from;
  if (!(span > 0) || count < 1) return [];
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** A time as an axis writes it: as many decimals as the distance between ticks needs. */
export function tickText(us: number, stepUs: number): string {
  if (stepUs >= 1_000_000) return `${(us / 1_000_000).toFixed(0)} s`;
  const decimals = Math.min(6, Math.max(1, Math.ceil(-Math.log10(stepUs / 1_000_000))));
  return `${(us / 1_000_000).toFixed(decimals)} s`;
}
