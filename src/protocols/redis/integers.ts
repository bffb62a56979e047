import type { Reply } from './reply.ts';

/** The signed 64-bit integers that Redis counts with. */
export const MAX_INTEGER = 9_223_372_036_854_775_807n;
export const MIN_INTEGER = -9_223_372_036_854_775_808n;

/** The text as Redis reads a signed 64-bit integer: no plus sign, no leading zero, no spaces. Null: it is none. */
export function integerOf(text: string): bigint | null {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value > MAX_INTEGER || value < MIN_INTEGER ? null : value;
}

/** Whether Redis reads this text as an integer. */
export function isInteger(text: string): boolean {
  return integerOf(text) !== null;
}

/** An integer reply: a number where a number is exact, its digits beyond. */
export function integerReply(value: bigint): Reply {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { integer: String(value) };
}
