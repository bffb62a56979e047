/** A mistake in what a campaign was asked to do; the message says what was expected. */
export class CampaignError extends Error {
  override readonly name = 'CampaignError';
}

/** The seeds of a campaign, by position; `count` is Infinity when only time bounds it. */
export interface SeedList {
  readonly count: number;
  /** The seed at a position in [0, count). */
  at(position: number): string;
  /** As asked for: `1..1000`. */
  readonly text: string;
}

const WHOLE = /^(0x[0-9a-f]+|\d+)$/i;
/** Shards of a campaign without an end begin this far apart. */
const ENDLESS_SHARD = 1n << 48n;

/** `17..40` (both ends included), `500` (1..500), or a list of lines (`@file`, read by the caller). */
export function parseSeeds(text: string): SeedList {
  const range = text.split('..');
  if (range.length === 2 && range.every((end) => WHOLE.test(end))) {
    const [first, last] = [BigInt(range[0]!), BigInt(range[1]!)];
    if (last < first)
      throw new CampaignError(
        `--seeds ${text}: an empty range; write the smaller end first, for example ${last}..${first}`,
      );
    return seedRange(first, Number(last - first) + 1);
  }
  if (range.length === 1 && WHOLE.test(text)) {
    const count = Number(BigInt(text));
    if (count === 0) throw new CampaignError('--seeds 0: an empty range; ask for at least 1 seed');
    return seedRange(1n, count);
  }
  throw new CampaignError(
    `--seeds ${text}: expected a number (500), a range (17..40, both ends included), or @file with one seed a line`,
  );
}

/** Seeds 1, 2, 3, ... without end. */
export function endlessSeeds(): SeedList {
  return seedRange(1n, Infinity);
}

/** One seed a line; empty lines and lines that begin with # are skipped. */
export function seedsOfLines(text: string, name: string): SeedList {
  const seeds = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (seeds.length === 0)
    throw new CampaignError(`${name}: no seeds in it; expected one seed a line`);
  return listedSeeds(seeds, `@${name}`);
}

export function listedSeeds(seeds: readonly string[], text: string): SeedList {
  return { count: seeds.length, at: (position) => seeds[position]!, text };
}

function seedRange(first: bigint, count: number): SeedList {
  return {
    count,
    at: (position) => String(first + BigInt(position)),
    text: count === Infinity ? `${first}..` : `${first}..${first + BigInt(count) - 1n}`,
  };
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** `2/8`; `env` takes JOB_COMPLETION_INDEX (from 0, set by Kubernetes) and SPLITBRAIN_SHARDS. */
export function parseShard(text: string, env: Readonly<Record<string, string | undefined>>): Shard {
  if (text === 'env') {
    const [index, of] = [env['JOB_COMPLETION_INDEX'], env['SPLITBRAIN_SHARDS']];
    if (index === undefined || of === undefined)
      throw new CampaignError(
        '--shard env: expected JOB_COMPLETION_INDEX (an Indexed Job sets it) and SPLITBRAIN_SHARDS (how many shards) in the environment',
      );
    return parseShard(`${Number(index) + 1}/${of}`, {});
  }
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > of)
    throw new CampaignError(`--shard ${text}: expected i/n with i from 1 to n, such as 2/8`);
  return { index, of };
}

/** The seeds of one shard: neighbours, and disjoint from every other shard's. */
export function shardSeeds(seeds: SeedList, { index, of }: Shard): SeedList {
  if (seeds.count === Infinity) return seedRange(1n + BigInt(index - 1) * ENDLESS_SHARD, Infinity);
  const from = Math.floor(((index - 1) * seeds.count) / of);
  const to = Math.floor((index * seeds.count) / of);
  if (from === to)
    throw new CampaignError(
      `--shard ${index}/${of}: no seeds left for it; ${seeds.count} seeds are too few for ${of} shards`,
    );
  return {
    count: to - from,
    at: (position) => seeds.at(from + position),
    text: `${seeds.at(from)}..${seeds.at(to - 1)}`,
  };
}
