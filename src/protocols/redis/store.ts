import { FILE_FAILING, NOT_INTEGER, notModelled, wrongArity } from './errors.ts';
import { expiryVerbs } from './expiry.ts';
import { integerOf } from './integers.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { keyspaceVerbs } from './keyspace.ts';
import { listVerbs } from './lists.ts';
import { runScript, scripts } from './scripts.ts';
import { setVerbs } from './set.ts';
import type { Reply } from './reply.ts';
import { error } from './reply.ts';
import { sortedSetVerbs } from './sorted-sets.ts';
import { stringVerbs } from './strings.ts';
import { unknownCommand } from './unknown-command.ts';
import { firstBytes } from '../utf8.ts';
import type { StoredValue, Value } from './value.ts';

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

/** Told of every change, in order: the node persists and replicates them, the monitor counts copies. */
export type OnEffect = (effect: Effect, before: StoredValue | undefined) => void;

/** Sends a message to whoever listens to a channel, and answers how many those are. */
export type Publish = (channel: string, text: string) => number;

/** Whether the append-only file takes what is written. */
export type IsWritable = () => boolean;

/** A map, since a verb comes from a client and may be a word that every object has. */
const verbs: ReadonlyMap<string, Verb> = new Map(
  Object.entries({
    ...keyspaceVerbs,
    ...expiryVerbs,
    ...stringVerbs,
    ...setVerbs,
    ...listVerbs,
    ...sortedSetVerbs,
  }),
);

const NO_LUA = notModelled('Lua: it knows scripts by their name');

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
  readonly #isWritable: IsWritable;

  constructor(
    onEffect: OnEffect = () => undefined,
    publish: Publish = () => 0,
    isWritable: IsWritable = () => true,
  ) {
    this.#onEffect = onEffect;
    this.#publish = publish;
    this.#isWritable = isWritable;
  }

  /** Runs one command, words as a client would send them, at this wall clock time in ms. */
  execute(command: readonly string[], nowMs: number): Reply {
    const [verb = '', ...args] = command;
    const known = verbs.get(verb) ?? verbs.get(verb.toUpperCase());
    if (known === undefined) return this.#onServer(verb, args, nowMs);
    const [least, greatest] = known.arity;
    const tooMany = args.length > greatest;
    // Redis knows one number of arguments, or the least: a greatest number is the command's own affair, after the file.
    if (args.length < least || (tooMany && least === greatest))
      return wrongArity(verb.toLowerCase());
    if (known.needsFile && !this.#isWritable()) return FILE_FAILING;
    if (tooMany) return wrongArity(verb.toLowerCase());
    return known.run(args, this.#accessAt(nowMs));
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

  /** Takes over another server's data set; answers what that changed. */
  replaceBy(entries: readonly (readonly [string, StoredValue])[]): readonly Effect[] {
    const next = new Map(entries);
    const effects: Effect[] = [];
    for (const key of this.#keys.keys())
      if (!next.has(key)) effects.push({ op: 'del', key, why: 'deleted' });
    for (const [key, { value, deadlineMs }] of next) {
      const before = this.#keys.get(key);
      if (before?.value !== value || before.deadlineMs !== deadlineMs)
        effects.push({ op: 'set', key, value, deadlineMs });
    }
    for (const effect of effects) this.apply(effect);
    return effects;
  }

  #accessAt(nowMs: number): KeyAccess {
    return {
      nowMs,
      get: (key) => this.live(key, nowMs)?.value,
      live: (key) => this.live(key, nowMs),
      put: (key, value) => {
        if (value === null) this.#remove(key, 'deleted');
        else this.#store(key, value, this.#keys.get(key)?.deadlineMs ?? null);
      },
      store: (key, value, deadlineMs) => {
        this.#store(key, value, deadlineMs);
      },
      flush: () => {
        for (const key of [...this.#keys.keys()]) this.#remove(key, 'deleted');
      },
    };
  }

  /** The commands that need more of the server than its keys. */
  #onServer(verb: string, args: readonly string[], nowMs: number): Reply {
    switch (verb.toUpperCase()) {
      case 'PUBLISH':
        return args.length === 2 ? this.#publish(args[0]!, args[1]!) : wrongArity('publish');
      case 'EVAL':
      case 'EVALSHA':
        return this.#evaluate(verb.toUpperCase(), args, nowMs);
      case 'SCRIPT':
        return this.#script(args);
      default:
        return unknownCommand(verb, args);
    }
  }

  #evaluate(verb: string, args: readonly string[], nowMs: number): Reply {
    const [name, keyCount, ...rest] = args;
    if (name === undefined || keyCount === undefined) return wrongArity(verb.toLowerCase());
    const script = scripts.get(name);
    const noScript = error('NOSCRIPT No matching script. Please use EVAL.');
    if (script === undefined && verb === 'EVALSHA') return noScript;
    const count = integerOf(keyCount);
    if (count === null) return NOT_INTEGER;
    if (count > rest.length)
      return error("ERR Number of keys can't be greater than number of args");
    if (count < 0n) return error("ERR Number of keys can't be negative");
    if (script === undefined) return NO_LUA;
    if (verb === 'EVALSHA' && !this.#loaded.has(name)) return noScript;
    this.#loaded.add(name);
    return runScript(
      script,
      (...command) => this.execute(command, nowMs),
      rest.slice(0, Number(count)),
      rest.slice(Number(count)),
    );
  }

  #script(args: readonly string[]): Reply {
    const [sub, name] = args;
    if (sub === undefined) return wrongArity('script');
    const word = sub.toUpperCase();
    if (word !== 'LOAD')
      return ['DEBUG', 'EXISTS', 'FLUSH', 'HELP', 'KILL'].includes(word)
        ? notModelled(`SCRIPT ${word}`)
        : error(`ERR unknown subcommand '${firstBytes(sub, 128)}'. Try SCRIPT HELP.`);
    if (name === undefined || args.length > 2) return wrongArity('script|load');
    if (!scripts.has(name)) return NO_LUA;
    this.#loaded.add(name);
    return name;
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
