/** Runs out between two blocks of commands. */
export const SHORT_MS = 400;
export const LONG_MS = 100_000;

/** Dates that both servers have before them; the last is the greatest, in ms and in s. */
export const DATES_MS = ['9000000000000', '9000000000500', '9223372036854775807'];
export const DATES_S = ['9000000000', '9000000001', '9223372036854775'];

/**
 * A reply as text; times to live only as their kind, because the servers' clocks differ by how long commands take, and a
 * status like a string, because ioredis tells them alike.
 */
export function normalised(command: readonly string[], reply: unknown): string {
  const integer = integerIn(reply);
  if (integer !== null && integer > 0) {
    const kind = kindOfTime(command, integer);
    if (kind !== null) return kind;
  }
  const status = typeof reply === 'object' && reply !== null && 'simple' in reply;
  // Redis adds which script it was.
  return JSON.stringify(status ? reply.simple : reply).replace(
    / script: [0-9a-f]{40}, on @user_script:1\./,
    '',
  );
}

function integerIn(reply: unknown): number | null {
  if (typeof reply === 'number') return reply;
  const isLarge = typeof reply === 'object' && reply !== null && 'integer' in reply;
  return isLarge ? Number(reply.integer) : null;
}

/** Null: the integer is no time, or one that is the same on every server. */
function kindOfTime([verb = '', name]: readonly string[], integer: number): string | null {
  const word = verb.toUpperCase();
  const dates = word === 'PEXPIRETIME' ? DATES_MS : word === 'EXPIRETIME' ? DATES_S : null;
  if (dates !== null) return dates.some((date) => Number(date) === integer) ? null : 'a date';
  const unitMs = word === 'TTL' ? 1_000 : word === 'PTTL' || name === 'try-acquire' ? 1 : null;
  if (unitMs === null) return null;
  if (integer * unitMs <= SHORT_MS) return 'short';
  return integer * unitMs <= LONG_MS ? 'long' : 'far';
}
