import { withDocument } from '../../campaign/documents/document.ts';
import type { CampaignResult } from '../../campaign/run/campaign.ts';
import { planDocument } from '../../campaign/run/one-run.ts';
import { bucketsOf } from '../../campaign/run/tally.ts';
import { shrink, type ShrinkResult } from '../../campaign/shrink/shrink.ts';
import { shrinkJson } from '../../report/shrink-text.ts';
import { tell } from '../output.ts';
import type { ProgressPrinter } from '../progress.ts';
import { writeShrunk } from './shrink.ts';

/** Buckets shrunk after a campaign, and the real time for each: a campaign should not end with a long silence. */
const MAX_BUCKETS = 5;
const LIMITS = { maxRuns: 2_000, maxMs: 15_000 };

export interface ShrunkBucket {
  readonly shrunk: ShrinkResult;
  readonly file: string;
  readonly json: Record<string, unknown>;
}

/** Shrinks the shortest failure of each of the most frequent buckets. */
export function shrinkBuckets(result: CampaignResult, progress: ProgressPrinter): ShrunkBucket[] {
  return bucketsOf(result.tally)
    .slice(0, MAX_BUCKETS)
    .flatMap((bucket): ShrunkBucket[] => {
      const subject = result.subjects.find(({ document }) => document.name === bucket.scenario)!;
      const document = planDocument(subject, bucket.seed, result.plan);
      progress.show(`shrinking ${bucket.scenario} seed ${bucket.seed}: ${bucket.signature}`);
      try {
        const shrunk = shrink({
          subject: withDocument(subject, document),
          seed: bucket.seed,
          signature: bucket.signature,
          limits: LIMITS,
        });
        const file = writeShrunk(shrunk, undefined);
        return [{ shrunk, file, json: shrinkJson(shrunk, file) }];
      } catch (error) {
        // The campaign's result stands without it.
        tell(`note: ${bucket.signature} was not shrunk: ${(error as Error).message}`);
        return [];
      }
    });
}
