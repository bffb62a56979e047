const UNIT_US: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
};

/** What a duration looks like; also in the exported JSON Schema. */
export const DURATION_PATTERN: RegExp = /^\d+(\.\d+)?(us|ms|s|m)$/;
export const SIGNED_DURATION_PATTERN: RegExp = /^[+-]?\d+(\.\d+)?(us|ms|s|m)$/;
export const PERCENT_PATTERN: RegExp = /^\d+(\.\d+)?%$/;

/** `150ms` as whole µs; the text has passed {@link SIGNED_DURATION_PATTERN}. */
export function parseDurationUs(text: string): number {
  const unit = /[a-z]+$/.exec(text)![0];
  return Math.round(Number(text.slice(0, -unit.length)) * UNIT_US[unit]!);
}

/** `2.5%` as millionths; the text has passed {@link PERCENT_PATTERN}. */
export function parsePercentPpm(text: string): number {
  return Math.round(Number(text.slice(0, -1)) * 10_000);
}

/** Virtual time for people: `1.204 s`, `12.5 ms`, `80 us`. */
export function formatDuration(us: number): string {
  const abs = Math.abs(us);
  if (abs >= 1_000_000) return `${(us / 1_000_000).toFixed(3)} s`;
  if (abs >= 1_000) return `${trim(us / 1_000, 3)} ms`;
  return `${us} us`;
}

/** The duration as a scenario file writes it; read back it is exactly `us`. */
export function writeDuration(us: number): string {
  const abs = Math.abs(us);
  if (abs >= 1_000_000) return `${trim(us / 1_000_000, 6)}s`;
  return abs >= 1_000 ? `${trim(us / 1_000, 3)}ms` : `${us}us`;
}

function trim(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/\.?0+$/, '');
}
