import { endlessSeeds, listedSeeds, parseSeeds, type SeedList } from '../run/seeds.ts';

/** What a test needs of the runner; vitest's `test` is one, and so is a line around `node:test`. */
export type RegisterTest = (name: string, body: () => Promise<void>, timeoutMs: number) => void;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SeedOptions {
  /** `17..40`, `500`, or a list. Under CI only these run. Default: 20 seeds. */
  readonly seeds?: string | number | readonly string[];
  /** Outside CI, so many fresh seeds besides. Default 5. */
  readonly freshSeeds?: number;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
/** Share of the runner's own timeout that seeds may use; the rest is for shrinking and telling. */
export const SEED_SHARE = 0.6;
/** Share of it that shrinking may use. */
export const SHRINK_SHARE = 0.25;

export function isCi(env: Environment): boolean {
  return env['CI'] === 'true' || env['CI'] === '1';
}

/** Pinned seeds always; fresh ones, drawn from the clock, only where a person is there to see them. */
export function seedsFor(
  { seeds = '20', freshSeeds = 5 }: SeedOptions,
  env: Environment,
): SeedList {
  const one = env['SPLITBRAIN_SEED'];
  if (one !== undefined) return listedSeeds([one], one);
  const range = env['SPLITBRAIN_SEEDS'];
  if (range === 'endless') return endlessSeeds();
  if (range !== undefined) return parseSeeds(range);
  const pinned = typeof seeds === 'object' ? listedSeeds(seeds, 'list') : parseSeeds(String(seeds));
  if (isCi(env)) return pinned;
  const all = Array.from({ length: pinned.count }, (_, position) => pinned.at(position));
  const fresh = Array.from({ length: freshSeeds }, (_, index) => `fresh-${Date.now()}-${index}`);
  return listedSeeds([...all, ...fresh], `${pinned.text} and ${freshSeeds} fresh`);
}

/** An error whose stack points at the line that declared the test, where a person looks first. */
export function errorAt(message: string, declared: { readonly stack?: string }): Error {
  const error = new Error(message);
  const frames = (declared.stack ?? '').split('\n').slice(1);
  if (frames.length > 0) error.stack = `Error: ${message}\n${frames.join('\n')}`;
  return error;
}

/** Where a test is declared: the caller of `callee`. */
export function declaredAt(callee: (...parts: never[]) => unknown): { readonly stack?: string } {
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, callee);
  return at;
}
