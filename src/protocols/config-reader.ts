import { ConfigError } from './protocol.ts';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 };

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
        throw new ConfigError(
          key,
          `${protocol} has no config key "${key}"`,
          `known keys: ${Object.keys(keys).join(', ')}`,
        );
  }

  flag(key: string, preset: boolean): boolean {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'boolean') return value;
    throw new ConfigError(key, `${key} is ${show(value)}, not a switch`, 'write true or false');
  }

  count(key: string, preset: number, least: number): number {
    const value = this.#input[key] ?? preset;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw new ConfigError(
      key,
      `${key} is ${show(value)}, not a whole number of at least ${least}`,
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
}

function durationUs(key: string, value: unknown): number {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(value) : null;
  if (match === null)
    throw new ConfigError(
      key,
      `${key} is ${show(value)}, not a duration`,
      'write a number with its unit: 500us, 150ms, 2s or 1m',
    );
  return Math.round(Number(match[1]) * UNIT_US[match[2]!]!);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
