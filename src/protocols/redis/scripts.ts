import { fairScripts } from './fair-scripts.ts';
import { floatText } from './floats.ts';
import { fromLua, luaNumber, toLua } from './lua-numbers.ts';
import { setScripts } from './set-scripts.ts';
import { error, isError } from './reply.ts';
import type { Reply } from './reply.ts';

export type Call = (...command: string[]) => Reply;
export type Script = (call: Call, keys: readonly string[], args: readonly string[]) => Reply;

/**
 * The server-side scripts that lock clients use, by name; a real server knows them by the SHA-1 of their Lua text. Each
 * runs without anything in between, as Redis promises for scripts.
 */
const byName: Readonly<Record<string, Script>> = {
  /** Takes the lock and counts its counter in one step, as Redisson's fenced lock does: the token, or nil when it is held. */
  acquire: (call, [key, counter], [value, ttlMs]) =>
    call('SET', key!, value!, 'NX', 'PX', ttlMs!) === null ? null : call('INCR', counter!),
  release,
  /** Gives the key a new time to live if it holds this value: 1, else 0. Never creates it. */
  extend: (call, [key], [value, ttlMs]) =>
    call('GET', key!) === value ? call('PEXPIRE', key!, ttlMs!) : 0,
  /** Raises the counter to at least this number, and answers what it is then. */
  fence: (call, [key], [token]) => {
    const current = luaNumber((call('GET', key!) as string | null) ?? '0');
    const next = luaNumber(token);
    for (const [at, number] of [current, next].entries())
      if (number === null)
        return error(
          `ERR user_script:1: bad argument #${at + 1} to 'max' (number expected, got nil)`,
        );
    const greatest = next! > current! ? next! : current!;
    call('SET', key!, floatText(greatest));
    return greatest;
  },
  /** SET NX PX; one that finds the key answers how long that one has to live, ms. Args: value, ttl ms. */
  'try-acquire': (call, [key], [value, ttlMs]) =>
    call('SET', key!, value!, 'NX', 'PX', ttlMs!) ?? call('PTTL', key!),
  /** As `release`, and tells whoever listens to the channel. Args: value, channel. */
  'release-and-tell': (call, keys, args) => {
    const released = release(call, keys, args);
    if (released === 1) call('PUBLISH', args[1]!, 'released');
    return released;
  },
  ...setScripts,
  ...fairScripts,
};

/** A map, since a name comes from a client and may be one that every object has. */
export const scripts: ReadonlyMap<string, Script> = new Map(Object.entries(byName));

/** Deletes the key if it holds this value: 1, else 0. */
function release(call: Call, [key]: readonly string[], [value]: readonly string[]): Reply {
  return call('GET', key!) === value ? call('DEL', key!) : 0;
}

/** An error reply within a script, on its way out of it. */
class ScriptAborted extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super('a command of the script failed');
    this.reply = reply;
  }
}

/** The errors of a script's own commands differ from a client's. */
const ARITY_PREFIX = 'ERR wrong number of arguments';
const NO_WORD = error('ERR Lua redis lib command arguments must be strings or integers');
const ARITY = error('ERR Wrong number of args calling Redis command from script');

/** Runs a script; a command that answers with an error ends it, and what it did before stays (`redis.call`). */
export function runScript(
  script: Script,
  call: Call,
  keys: readonly string[],
  args: readonly string[],
): Reply {
  const orAbort: Call = (...command) => {
    // A key or an argument that the caller did not send.
    if ((command as readonly unknown[]).includes(undefined)) throw new ScriptAborted(NO_WORD);
    const reply = call(...command);
    if (isError(reply))
      throw new ScriptAborted(reply.error.startsWith(ARITY_PREFIX) ? ARITY : reply);
    return toLua(reply);
  };
  try {
    return fromLua(script(orAbort, keys, args));
  } catch (thrown) {
    if (thrown instanceof ScriptAborted) return thrown.reply;
    throw thrown;
  }
}
