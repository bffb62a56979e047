import { withDocument } from '../../campaign/documents/document.ts';
import type { CampaignResult } from '../../campaign/run/campaign.ts';
import { planDocument } from '../../campaign/run/one-run.ts';
import { bucketsOf, type Bucket } from '../../campaign/run/tally.ts';
import { shrink, type ShrinkResult } from '../../campaign/shrink/shrink.ts';
import { shrinkJson } from '../../report/shrink-text.ts';
import { tell } from '../output.ts';
import type { ProgressPrinter } from '../progress.ts';
import { writeShrunk } from './shrink.ts';

/** Buckets shrunk after a campaign, and the real time for each: a campaign should not end with a long silence. */
const MAX_BUCKETS = 5;
const LIMITS = { maxRuns: 2_000, maxMs: 8_000 };

export interface ShrunkBucket {
  readonly shrunk: ShrinkResult;
  readonly file: string;
  readonly json: Record<string, unknown>;
}

/** Shrinks the shortest failure of each of the most frequent buckets, until told to stop. */
export async function shrinkBuckets(
  result: CampaignResult,
  progress: ProgressPrinter,
  signal: AbortSignal,
): Promise<ShrunkBucket[]> {
  const done: ShrunkBucket[] = [];
  for (const bucket of bucketsOf(result.tally).slice(0, MAX_BUCKETS)) {
    // Shrinking holds the thread: a signal is seen between two buckets.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
    progress.show(`shrinking ${bucket.scenario} seed ${bucket.seed}: ${bucket.signature}`);
    const shrunk = shrinkBucket(result, bucket);
    if (shrunk !== null) done.push(shrunk);
  }
  return done;
}

function shrinkBucket(result: CampaignResult, bucket: Bucket): ShrunkBucket | null {
  const subject = result.subjects.find(({ document }) => document.name === bucket.scenario)!;
  const document = planDocument(subject, bucket.seed, result.plan);
  try {
    const shrunk = shrink({
      subject: withDocument(subject, document),
      seed: bucket.seed,
      signature: bucket.signature,
      limits: LIMITS,
    });
    const file = writeShrunk(shrunk, undefined);
    return { shrunk, file, json: shrinkJson(shrunk, file) };
  } catch (error) {
    // The campaign's result stands without it.
    tell(`note: ${bucket.signature} was not shrunk: ${(error as Error).message}`);
    return null;
  }
}
