const MAX = 9_223_372_036_854_775_807n;
const MIN = -9_223_372_036_854_775_808n;

/** Whether Redis reads this text as a signed 64-bit integer: no plus sign, no leading zero, no spaces. */
export function isInteger(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && integerText(BigInt(text)) !== null;
}

/** The integer as Redis stores it, or null beyond 64 bits. */
export function integerText(value: bigint): string | null {
  return value > MAX || value < MIN ? null : String(value);
}
