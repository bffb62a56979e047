import { NOT_INTEGER, invalidExpireTime } from './errors.ts';
import { MAX_INTEGER, MIN_INTEGER, integerOf } from './integers.ts';
import type { ErrorReply } from './reply.ts';

/** How a time is named: in seconds or milliseconds, from now or since 1970. */
export interface TimeUnit {
  readonly seconds: boolean;
  readonly absolute: boolean;
}

/** The units of SET and GETEX, by their option. */
export const timeUnits: ReadonlyMap<string, TimeUnit> = new Map([
  ['EX', { seconds: true, absolute: false }],
  ['PX', { seconds: false, absolute: false }],
  ['EXAT', { seconds: true, absolute: true }],
  ['PXAT', { seconds: false, absolute: true }],
]);

/**
 * The deadline that these words name, in ms of the wall clock, or the error of a time that ends beyond 64 bits. Redis
 * keeps it exactly; a JavaScript number rounds it beyond 2^53, some 285,000 years from now, by up to half a second.
 */
export function deadlineOf(
  text: string,
  { seconds, absolute }: TimeUnit,
  nowMs: number,
  verb: string,
): number | ErrorReply {
  const amount = integerOf(text);
  if (amount === null) return NOT_INTEGER;
  const ms = seconds ? amount * 1_000n : amount;
  const atMs = absolute ? ms : ms + BigInt(nowMs);
  if (ms < MIN_INTEGER || ms > MAX_INTEGER || atMs > MAX_INTEGER) return invalidExpireTime(verb);
  return Number(atMs);
}

/** As {@link deadlineOf}, where the time must be above 0: a deadline in the past can be named only by its date. */
export function deadlineAhead(
  text: string,
  unit: TimeUnit,
  nowMs: number,
  verb: string,
): number | ErrorReply {
  const amount = integerOf(text);
  if (amount !== null && amount <= 0n) return invalidExpireTime(verb);
  return deadlineOf(text, unit, nowMs, verb);
}
