import { nearestWord } from './nearest.ts';
import { ConfigError } from './protocol.ts';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 };

/** Longer times are slips, and added up they would leave what a number holds exactly. */
export const LONGEST_US = 500_000 * UNIT_US['m']!;

/** What is done more often fills a run with events of its own, and no network answers sooner, µs. */
export const LEAST_PERIOD_US = 1_000;

/** Reads a `config:` section key by key; every complaint is a {@link ConfigError} with the key, the reason and the fix. */
export class ConfigReader {
  readonly #input: Readonly<Record<string, unknown>>;

  /** `keys`: all keys the protocol knows, as in `ProtocolDefinition.configKeys`. */
  constructor(
    protocol: string,
    keys: Readonly<Record<string, string>>,
    input: Readonly<Record<string, unknown>>,
  ) {
    this.#input = input;
    for (const key of Object.keys(input))
      if (!(key in keys))
        throw new ConfigError(key, `${protocol} has no config key "${key}"`, fixFor(key, keys));
    for (const [key, value] of Object.entries(input))
      if (value === null)
        throw new ConfigError(key, `${key} has no value`, 'write one, or leave the key out');
  }

  has(key: string): boolean {
    return this.#input[key] !== undefined;
  }

  /**
   * Refuses a key that is written and that another switches off: whoever wrote it believes that it does something.
   * `needs`: what it takes, as one would write it.
   */
  refuseIdle(key: string, works: boolean, needs: string): void {
    if (this.has(key) && !works)
      throw new ConfigError(
        key,
        `${key} has no effect without ${needs}`,
        `write ${needs}, or leave ${key} out`,
      );
  }

  /** As written; for what no other method reads. */
  value(key: string): unknown {
    return this.#input[key];
  }

  flag(key: string, preset: boolean): boolean {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'boolean') return value;
    throw new ConfigError(key, `${key} is ${show(value)}, not a switch`, 'write true or false');
  }

  /** A whole number in [least, most]. */
  count(key: string, preset: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
      return value;
    const range =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(
      key,
      `${key} is ${show(value)}, not a whole number ${range}`,
      `write a whole number, for example ${Math.max(preset, least)}`,
    );
  }

  /** One of `words`; the first is the preset. */
  choice<T extends string>(key: string, words: readonly T[]): T {
    const value = this.#input[key] ?? words[0]!;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ConfigError(key, `${key} is ${show(value)}`, `write one of: ${words.join(', ')}`);
  }

  durationUs(key: string, preset: string): number {
    return durationUs(key, this.#input[key] ?? preset);
  }

  /**
   * How long until something is done again, or given up: at least `leastUs`, or a run would do nothing else. `because`: what is
   * wrong with less, of so many ms.
   */
  periodUs(
    key: string,
    preset: string,
    leastUs = LEAST_PERIOD_US,
    because?: (ms: number) => string,
  ): number {
    const us = this.durationUs(key, preset);
    if (us >= leastUs) return us;
    throw new ConfigError(
      key,
      because?.(us / 1_000) ??
        `${key} is ${show(this.#input[key])}, less than the ${leastUs / 1_000} ms that it must be`,
      `write ${preset}, or at least ${leastUs / 1_000}ms`,
    );
  }

  /** A list of at least one duration; µs. */
  durationsUs(key: string, preset: readonly string[]): readonly number[] {
    const value = this.#input[key] ?? preset;
    if (!Array.isArray(value) || value.length === 0)
      throw new ConfigError(
        key,
        `${key} is ${show(value)}, not a list of durations`,
        'write at least one, for example [0s, 15s, 30s]',
      );
    return value.map((entry) => durationUs(key, entry));
  }

  /** `[shortest, longest]`, or one duration for both; µs. */
  rangeUs(key: string, preset: readonly [string, string]): readonly [number, number] {
    const value = this.#input[key] ?? preset;
    if (!Array.isArray(value)) {
      const us = durationUs(key, value);
      return [us, us];
    }
    if (value.length === 2) {
      const [shortestUs, longestUs] = [durationUs(key, value[0]), durationUs(key, value[1])];
      if (shortestUs <= longestUs) return [shortestUs, longestUs];
    }
    throw new ConfigError(key, `${key} is ${show(value)}`, 'write [shortest, longest]');
  }

  /** Lists of names by name, such as `{ x: [y, z] }`. */
  namesByName(key: string): Readonly<Record<string, readonly string[]>> {
    const value = this.#input[key] ?? {};
    const isList = (names: unknown): boolean =>
      Array.isArray(names) &&
      names.length > 0 &&
      names.every((name) => typeof name === 'string' && name !== '');
    if (typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isList))
      return byName(Object.entries(value as Record<string, readonly string[]>));
    throw new ConfigError(key, `${key} is ${show(value)}`, 'write { x: [y, z] }');
  }

  /** Durations by name, such as `{ c1: 9s }`; µs. */
  durationsByNameUs(key: string): Readonly<Record<string, number>> {
    const value = this.#input[key] ?? {};
    if (typeof value !== 'object' || Array.isArray(value))
      throw new ConfigError(key, `${key} is ${show(value)}`, 'write { c1: 9s }');
    return byName(
      Object.entries(value as Record<string, unknown>).map(([name, text]) => [
        name,
        durationUs(key, text, `${key}.${name}`),
      ]),
    );
  }
}

/** An object that has these names and no others: one may be a word that every object has, such as `constructor`. */
function byName<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));
}

/** A duration as scenario files write it, in µs. `place` is what a complaint calls it. Throws {@link ConfigError}. */
export function durationUs(key: string, value: unknown, place = key): number {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(value) : null;
  if (match === null)
    throw new ConfigError(
      key,
      `${place} is ${show(value)}, not a duration`,
      'write a number with its unit: 500us, 150ms, 2s or 1m',
    );
  const us = Math.round(Number(match[1]) * UNIT_US[match[2]!]!);
  if (us <= LONGEST_US) return us;
  throw new ConfigError(
    key,
    `${place} is ${show(value)}, longer than any run`,
    'write at most 500000m, about a year',
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function fixFor(key: string, keys: Readonly<Record<string, string>>): string {
  const nearest = nearestWord(key, Object.keys(keys));
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return `known keys: ${Object.keys(keys).join(', ')}`;
}
