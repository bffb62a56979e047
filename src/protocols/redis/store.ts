import { NOT_INTEGER, SYNTAX, WRONG_TYPE, wrongArity } from './errors.ts';
import { integerText, isInteger } from './integers.ts';
import type { KeyAccess } from './key-access.ts';
import { listVerbs } from './lists.ts';
import { runScript, scripts } from './scripts.ts';
import type { Reply } from './reply.ts';
import { NIL, OK, error } from './reply.ts';
import { sortedSetVerbs } from './sorted-sets.ts';
import type { Value } from './value.ts';

/** What the append-only file keeps of one change: effects, not commands, with absolute deadlines. */
export type Effect =
  | {
      readonly op: 'set';
      readonly key: string;
      readonly value: Value;
      readonly deadlineMs: number | null;
    }
  | { readonly op: 'del'; readonly key: string; readonly why: Removal };

/** Why a key went: a command deleted it, its time was over, or another command stored a value over it. */
export type Removal = 'deleted' | 'expired' | 'overwritten';

export interface StoredValue {
  readonly value: Value;
  /** Wall clock milliseconds at which the key is gone; null: it has no time to live. */
  readonly deadlineMs: number | null;
}

/** Told of every change, in order: the node persists and replicates them, the monitor counts copies. */
export type OnEffect = (effect: Effect, before: StoredValue | undefined) => void;

/** Sends a message to whoever listens to a channel, and answers how many those are. */
export type Publish = (channel: string, text: string) => number;

/** Verbs on keys that hold more than a string. */
const verbs = { ...listVerbs, ...sortedSetVerbs };
/** Redis keeps deadlines in signed 64-bit milliseconds; this is as far as a JavaScript number is exact. */
const MAX_DEADLINE_MS = Number.MAX_SAFE_INTEGER;

/**
 * The data set of one Redis server: strings, lists and sorted sets with an optional deadline on the wall clock. A key
 * whose deadline has come is gone for every command (lazy expiry), whether or not the active cycle has removed it. Edge
 * semantics are those of Redis 7.0.15.
 */
export class RedisStore {
  readonly #keys = new Map<string, StoredValue>();
  readonly #loaded = new Set<string>();
  readonly #onEffect: OnEffect;
  readonly #publish: Publish;

  constructor(onEffect: OnEffect = () => undefined, publish: Publish = () => 0) {
    this.#onEffect = onEffect;
    this.#publish = publish;
  }

  /** Runs one command, words as a client would send them, at this wall clock time in ms. */
  execute(command: readonly string[], nowMs: number): Reply {
    const [verb = '', ...args] = command;
    switch (verb.toUpperCase()) {
      case 'PING':
        return args.length === 0 ? { simple: 'PONG' } : args[0]!;
      case 'TIME':
        return [String(Math.floor(nowMs / 1000)), String((nowMs % 1000) * 1000)];
      case 'SET':
        return args.length < 2 ? wrongArity('set') : this.#set(args, nowMs);
      case 'GET':
        return args.length === 1 ? this.#get(args[0]!, nowMs) : wrongArity('get');
      case 'DEL':
        return args.length === 0
          ? wrongArity('del')
          : this.#count(args, (k) => this.#del(k, nowMs));
      case 'EXISTS':
        return args.length === 0
          ? wrongArity('exists')
          : this.#count(args, (key) => this.live(key, nowMs) !== undefined);
      case 'PTTL':
        return args.length === 1 ? this.#pttl(args[0]!, nowMs) : wrongArity('pttl');
      case 'PEXPIRE':
        return args.length === 2 ? this.#pexpire(args[0]!, args[1]!, nowMs) : wrongArity('pexpire');
      case 'PERSIST':
        return args.length === 1 ? this.#persist(args[0]!, nowMs) : wrongArity('persist');
      case 'INCR':
        return args.length === 1 ? this.#incr(args[0]!, nowMs) : wrongArity('incr');
      case 'PUBLISH':
        return args.length === 2 ? this.#publish(args[0]!, args[1]!) : wrongArity('publish');
      case 'EVAL':
      case 'EVALSHA':
        return this.#evaluate(verb.toUpperCase(), args, nowMs);
      case 'SCRIPT':
        return this.#script(args);
      default:
        return this.#onKey(verb, args, nowMs);
    }
  }

  /** The key as every command sees it now; expired keys are removed on the way. */
  live(key: string, nowMs: number): StoredValue | undefined {
    const stored = this.#keys.get(key);
    if (stored === undefined || !isOver(stored, nowMs)) return stored;
    this.#remove(key, 'expired');
    return undefined;
  }

  /** What is stored, overdue or not; changes nothing. */
  stored(key: string): StoredValue | undefined {
    return this.#keys.get(key);
  }

  /** One round of the active expiry cycle: removes every key whose deadline has come. */
  expire(nowMs: number): void {
    for (const [key, stored] of [...this.#keys])
      if (isOver(stored, nowMs)) this.#remove(key, 'expired');
  }

  /** Takes over a change from the append-only file or from the primary, without telling anybody. */
  apply(effect: Effect): void {
    if (effect.op === 'del') this.#keys.delete(effect.key);
    else this.#keys.set(effect.key, { value: effect.value, deadlineMs: effect.deadlineMs });
  }

  entries(): readonly (readonly [string, StoredValue])[] {
    return [...this.#keys];
  }

  clear(): void {
    this.#keys.clear();
  }

  /** Commands on lists and sorted sets. */
  #onKey(verb: string, args: readonly string[], nowMs: number): Reply {
    const known = verbs[verb.toUpperCase()];
    if (known === undefined)
      return error(
        `ERR unknown command '${verb}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}`,
      );
    const [least, greatest] = known.arity;
    if (args.length < least || args.length > greatest) return wrongArity(verb.toLowerCase());
    const keys: KeyAccess = {
      get: (key) => this.live(key, nowMs)?.value,
      put: (key, value) => {
        if (value === null) this.#remove(key, 'deleted');
        else this.#store(key, value, this.#keys.get(key)?.deadlineMs ?? null);
      },
    };
    return known.run(args, keys);
  }

  #get(key: string, nowMs: number): Reply {
    const value = this.live(key, nowMs)?.value ?? NIL;
    return typeof value === 'object' && value !== null ? WRONG_TYPE : value;
  }

  #set(args: readonly string[], nowMs: number): Reply {
    const [key, value, ...options] = args as [string, string, ...string[]];
    let condition: 'NX' | 'XX' | null = null;
    let px: string | null = null;
    let keepTtl = false;
    let get = false;
    for (let at = 0; at < options.length; at += 1) {
      const option = options[at]!.toUpperCase();
      if ((option === 'NX' || option === 'XX') && (condition === null || condition === option))
        condition = option;
      else if (option === 'GET') get = true;
      else if (option === 'KEEPTTL' && px === null) keepTtl = true;
      else if (option === 'PX' && px === null && !keepTtl && at + 1 < options.length) {
        at += 1;
        px = options[at]!;
      } else return SYNTAX;
    }
    let deadlineMs: number | null = null;
    if (px !== null) {
      if (!isInteger(px)) return NOT_INTEGER;
      const ttlMs = Number(px);
      if (ttlMs <= 0 || nowMs + ttlMs > MAX_DEADLINE_MS)
        return error("ERR invalid expire time in 'set' command");
      deadlineMs = nowMs + ttlMs;
    }
    const before = this.live(key, nowMs);
    const old = get ? this.#get(key, nowMs) : NIL;
    if (old === WRONG_TYPE) return old;
    const refused = condition === 'NX' ? before !== undefined : condition === 'XX' && !before;
    // A plain SET takes the time to live away with the value it replaces.
    if (!refused) this.#store(key, value, keepTtl ? (before?.deadlineMs ?? null) : deadlineMs);
    if (get) return old;
    return refused ? NIL : OK;
  }

  #del(key: string, nowMs: number): boolean {
    if (this.live(key, nowMs) === undefined) return false;
    this.#remove(key, 'deleted');
    return true;
  }

  #pttl(key: string, nowMs: number): number {
    const stored = this.live(key, nowMs);
    if (stored === undefined) return -2;
    return stored.deadlineMs === null ? -1 : stored.deadlineMs - nowMs;
  }

  #pexpire(key: string, text: string, nowMs: number): Reply {
    if (!isInteger(text)) return NOT_INTEGER;
    const ttlMs = Number(text);
    if (Math.abs(ttlMs) > MAX_DEADLINE_MS - nowMs)
      return error("ERR invalid expire time in 'pexpire' command");
    const stored = this.live(key, nowMs);
    if (stored === undefined) return 0;
    // A deadline in the past deletes at once.
    if (ttlMs <= 0) this.#remove(key, 'deleted');
    else this.#store(key, stored.value, nowMs + ttlMs);
    return 1;
  }

  #persist(key: string, nowMs: number): number {
    const stored = this.live(key, nowMs);
    if (stored === undefined || stored.deadlineMs === null) return 0;
    this.#store(key, stored.value, null);
    return 1;
  }

  #incr(key: string, nowMs: number): Reply {
    const stored = this.live(key, nowMs);
    const text = stored?.value ?? '0';
    if (typeof text !== 'string') return WRONG_TYPE;
    if (!isInteger(text)) return NOT_INTEGER;
    const next = integerText(BigInt(text) + 1n);
    if (next === null) return error('ERR increment or decrement would overflow');
    this.#store(key, next, stored?.deadlineMs ?? null);
    return Number(next);
  }

  #evaluate(verb: string, args: readonly string[], nowMs: number): Reply {
    const [name, keyCount, ...rest] = args;
    if (name === undefined || keyCount === undefined) return wrongArity(verb.toLowerCase());
    const script = scripts[name];
    if (script === undefined || (verb === 'EVALSHA' && !this.#loaded.has(name)))
      return error('NOSCRIPT No matching script. Please use EVAL.');
    this.#loaded.add(name);
    const count = Number(keyCount);
    return runScript(
      script,
      (...command) => this.execute(command, nowMs),
      rest.slice(0, count),
      rest.slice(count),
    );
  }

  #script(args: readonly string[]): Reply {
    const [sub, name] = args;
    if (sub?.toUpperCase() !== 'LOAD' || name === undefined || !(name in scripts))
      return error('ERR only SCRIPT LOAD of a named script is modelled');
    this.#loaded.add(name);
    return name;
  }

  #count(keys: readonly string[], test: (key: string) => boolean): number {
    return keys.reduce((sum, key) => sum + (test(key) ? 1 : 0), 0);
  }

  #store(key: string, value: Value, deadlineMs: number | null): void {
    const before = this.#keys.get(key);
    this.#keys.set(key, { value, deadlineMs });
    this.#onEffect({ op: 'set', key, value, deadlineMs }, before);
  }

  #remove(key: string, why: Removal): void {
    const before = this.#keys.get(key);
    this.#keys.delete(key);
    this.#onEffect({ op: 'del', key, why }, before);
  }
}

function isOver({ deadlineMs }: StoredValue, nowMs: number): boolean {
  return deadlineMs !== null && nowMs >= deadlineMs;
}
