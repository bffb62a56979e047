import { z } from 'zod';

import { PROTOCOLS } from '../../scenario/registry.ts';
import type { ScenarioDocument } from '../documents/document.ts';
import type { CampaignResult } from './campaign.ts';
import { DEFAULT_PLAN } from './one-run.ts';
import { STRATEGIES } from './strategy.ts';
import { CampaignError, parseShard } from './seeds.ts';
import { emptyTally, mergeTally, type Tally } from './tally.ts';

const shardResult = z.looseObject({
  format: z.literal('splitbrain-fuzz/1'),
  splitbrain: z.string(),
  scenarios: z.array(z.string()),
  swarm: z.boolean(),
  strategy: z.enum(STRATEGIES),
  subjects: z.array(
    z.strictObject({ file: z.string(), document: z.looseObject({ name: z.string() }) }),
  ),
  seedRange: z.string(),
  shard: z.string().nullable(),
  digest: z.string(),
  ended: z.string(),
  elapsedMs: z.number(),
  workers: z.number(),
  tally: z.looseObject({ runs: z.number() }),
});

/** What `fuzz --json` prints, as far as merging needs it. */
export type ShardResult = z.infer<typeof shardResult>;

export interface MergedShards {
  readonly result: CampaignResult;
  /** Shards of the campaign that no file brought, `3/8`. */
  readonly missing: readonly string[];
  /** Files of shards that had not run all their seeds. */
  readonly unfinished: readonly string[];
}

/** @throws CampaignError when the text is no result of `fuzz --json`. */
export function parseShardResult(text: string, file: string): ShardResult {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new CampaignError(
      `${file}: ${(error as Error).message}; expected the output of splitbrain fuzz --json`,
    );
  }
  const parsed = shardResult.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new CampaignError(
    `${file}: ${issue.path.join('.') || 'it'}: ${issue.message}; expected the output of splitbrain fuzz --json`,
  );
}

/** The sum of disjoint shards. @throws CampaignError for shards of different campaigns, or that overlap. */
export function mergeShards(shards: readonly Named[]): MergedShards {
  const { result: first, file: firstFile } = shards[0]!;
  const tally = emptyTally();
  const seen: Named[] = [];
  for (const { file, result } of shards) {
    for (const key of ['digest', 'splitbrain'] as const)
      if (result[key] !== first[key])
        throw new CampaignError(
          `${file} and ${firstFile} are of different campaigns: ${key} ${result[key]} and ${first[key]}`,
        );
    const other = overlapping(seen, result);
    if (other !== null)
      throw new CampaignError(
        `${file} and ${other} overlap: ${result.shard === null ? '' : `shard ${result.shard}, `}seeds ${result.seedRange}, is in both; a seed may be counted once`,
      );
    seen.push({ file, result });
    mergeTally(tally, result.tally as unknown as Tally);
  }
  const results = shards.map(({ result }) => result);
  return {
    result: sumOf(results, tally),
    missing: missingShards(results),
    unfinished: shards
      .filter(({ result }) => result.ended === 'interrupted' || result.ended === 'state-file')
      .map(({ file }) => file),
  };
}

/** As if one machine had run them all. */
function sumOf(results: readonly ShardResult[], tally: Tally): CampaignResult {
  const first = results[0]!;
  const seeds = Math.round(tally.runs / first.subjects.length);
  return {
    header: {
      format: 'splitbrain-campaign/1',
      splitbrain: first.splitbrain,
      digest: first.digest,
      scenarios: first.subjects.map(({ document }) => document.name),
      seeds: results.map(({ seedRange }) => seedRange).join(' '),
      shard: null,
    },
    subjects: first.subjects.map(({ file, document }) => ({
      file,
      document: document as unknown as ScenarioDocument,
      protocols: PROTOCOLS,
    })),
    plan: { ...DEFAULT_PLAN, swarm: first.swarm, strategy: first.strategy },
    tally,
    seedsDone: seeds,
    seedsAsked: seeds,
    ended: 'complete',
    elapsedMs: Math.max(...results.map(({ elapsedMs }) => elapsedMs)),
    workers: results.reduce((sum, { workers }) => sum + workers, 0),
    resumed: 0,
    sinceNewMs: 0,
    stateError: null,
  };
}

interface Named {
  readonly file: string;
  readonly result: ShardResult;
}

/** The file that ran some of the same seeds, or null. */
function overlapping(seen: readonly Named[], result: ShardResult): string | null {
  const other = seen.find(
    ({ result: one }) =>
      one.seedRange === result.seedRange ||
      (one.shard !== null && one.shard === result.shard) ||
      rangesOverlap(boundsOf(one.seedRange), boundsOf(result.seedRange)),
  );
  return other?.file ?? null;
}

type Bounds = readonly [first: bigint, last: bigint];

/** Of a range of numbers; of a list of seeds there are none. */
function boundsOf(key: string): Bounds | null {
  const match = /^(\d+)\.\.(\d+)$/.exec(key);
  return match === null ? null : [BigInt(match[1]!), BigInt(match[2]!)];
}

function rangesOverlap(a: Bounds | null, b: Bounds | null): boolean {
  return a !== null && b !== null && a[0] <= b[1] && b[0] <= a[1];
}

function missingShards(results: readonly ShardResult[]): string[] {
  const shards = results.flatMap(({ shard }) => (shard === null ? [] : [parseShard(shard, {})]));
  const of = shards[0]?.of ?? 0;
  if (shards.some((shard) => shard.of !== of))
    throw new CampaignError(
      `shards of different numbers: ${shards.map((shard) => `${shard.index}/${shard.of}`).join(', ')}; their seeds overlap`,
    );
  const given = new Set(shards.map(({ index }) => index));
  return Array.from({ length: of }, (_, index) => index + 1)
    .filter((index) => !given.has(index))
    .map((index) => `${index}/${of}`);
}
