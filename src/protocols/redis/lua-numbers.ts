import { strtod } from './floats.ts';
import { MAX_INTEGER, MIN_INTEGER, integerReply } from './integers.ts';
import type { Reply } from './reply.ts';

/** A text as Lua's `tonumber` reads it: a double, with space around it. Null for what Lua has as nil. */
export function luaNumber(text: string | undefined): number | null {
  return text === undefined ? null : strtod(text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, ''));
}

/** What a script gets of a command's reply: Lua has doubles alone, and rounds an integer that is none. */
export function toLua(reply: Reply): Reply {
  return typeof reply === 'object' && reply !== null && 'integer' in reply
    ? Number(reply.integer)
    : reply;
}

/** What a client gets of a script's: Redis cuts a double to a 64-bit integer. */
export function fromLua(reply: Reply): Reply {
  // A sum with 0 is never a negative zero, which is no integer.
  if (typeof reply === 'number')
    return Number.isSafeInteger(reply) ? reply + 0 : integerReply(cut(reply));
  return Array.isArray(reply) ? (reply as readonly Reply[]).map(fromLua) : reply;
}

/** C's cast; of what is no 64-bit integer, x86 makes the least one. */
function cut(number: number): bigint {
  if (!Number.isFinite(number)) return MIN_INTEGER;
  const whole = BigInt(Math.trunc(number));
  return whole > MAX_INTEGER || whole < MIN_INTEGER ? MIN_INTEGER : whole;
}
