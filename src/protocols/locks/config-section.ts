import { ConfigError } from '../protocol.ts';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 };

/** Reads a scenario's `config:` key by key; every complaint names the key, the reason and the fix. */
export class ConfigSection {
  readonly #input: Readonly<Record<string, unknown>>;

  /** `known`: every key with what it means. Throws {@link ConfigError} on any other. */
  constructor(
    protocol: string,
    known: Readonly<Record<string, string>>,
    input: Readonly<Record<string, unknown>>,
  ) {
    this.#input = input;
    for (const key of Object.keys(input))
      if (!(key in known))
        throw new ConfigError(
          key,
          `${protocol} has no config key "${key}"`,
          `known keys: ${Object.keys(known).join(', ')}`,
        );
  }

  flag(key: string, preset: boolean): boolean {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'boolean') return value;
    throw new ConfigError(key, `${key} is ${show(value)}, not a switch`, 'write true or false');
  }

  /** A whole number in [least, most]. */
  count(key: string, preset: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    throw new ConfigError(
      key,
      `${key} is ${show(value)}, not a whole number from ${least}`,
      `write a whole number, for example ${preset}`,
    );
  }

  /** One of the words; the first is the preset. */
  choice<T extends string>(key: string, words: readonly T[]): T {
    const value = this.#input[key] ?? words[0]!;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ConfigError(key, `${key} is ${show(value)}`, `write one of: ${words.join(', ')}`);
  }

  durationUs(key: string, preset: string): number {
    return parse(key, this.#input[key] ?? preset);
  }

  /** `[shortest, longest]`, or one duration for both; µs. */
  rangeUs(key: string, preset: readonly [string, string]): readonly [number, number] {
    const value = this.#input[key] ?? preset;
    if (!Array.isArray(value)) return [parse(key, value), parse(key, value)];
    const [shortestUs, longestUs] = [parse(key, value[0]), parse(key, value[1])];
    if (value.length === 2 && shortestUs <= longestUs) return [shortestUs, longestUs];
    throw new ConfigError(key, `${key} is ${show(value)}`, 'write [shortest, longest]');
  }

  /** Durations by name, such as `{ c1: 9s }`; µs. */
  durationsUs(key: string): Readonly<Record<string, number>> {
    const value = this.#input[key] ?? {};
    if (typeof value !== 'object' || Array.isArray(value))
      throw new ConfigError(key, `${key} is ${show(value)}`, 'write { c1: 9s }');
    return Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([name, text]) => [
        name,
        parse(`${key}.${name}`, text),
      ]),
    );
  }
}

function parse(key: string, value: unknown): number {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(value) : null;
  if (match === null)
    throw new ConfigError(
      key.split('.')[0]!,
      `${key} is ${show(value)}, not a duration`,
      'write a number with its unit: 500us, 150ms, 2s or 1m',
    );
  return Math.round(Number(match[1]) * UNIT_US[match[2]!]!);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
