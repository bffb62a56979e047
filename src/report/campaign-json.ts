import type { CampaignComparison } from '../campaign/run/compare.ts';
import type { CampaignResult } from '../campaign/run/campaign.ts';
import { bucketsOf } from '../campaign/run/tally.ts';
import { judgeCampaign } from '../campaign/run/verdict.ts';
import { reproduceBucket } from './campaign-text.ts';

/** A campaign as data, the shape that DESIGN §6 fixes (and more). Seeds and hashes are strings. */
export function campaignJson(
  result: CampaignResult,
  requireCoverage: boolean,
  comparison: CampaignComparison | null = null,
): Record<string, unknown> {
  const { tally, header, plan } = result;
  const { verdict, reasons, missed } = judgeCampaign(result, requireCoverage);
  return {
    format: 'splitbrain-fuzz/1',
    splitbrain: header.splitbrain,
    scenarios: header.scenarios,
    seedRange: header.seeds,
    shard: header.shard,
    digest: header.digest,
    subjects: result.subjects.map(({ file, document }) => ({ file, document })),
    swarm: plan.swarm,
    strategy: plan.strategy,
    verdict,
    reasons,
    ended: result.ended,
    seeds: tally.runs,
    passed: tally.passed,
    failed: tally.failed,
    inconclusive: tally.inconclusive,
    vacuous: tally.vacuous,
    errors: tally.errorCount,
    verified: tally.verified,
    divergences: tally.divergenceCount,
    buckets: bucketsOf(tally).map((bucket) => ({
      signature: bucket.signature,
      seed: bucket.seed,
      property: bucket.property,
      count: bucket.count,
      scenario: bucket.scenario,
      sentence: bucket.sentence,
      hash: bucket.hash,
      events: bucket.events,
      reproduce: reproduceBucket(result, bucket),
    })),
    coverage: {
      operations: tally.operations,
      faults: tally.faults,
      marks: tally.marks,
      missed,
    },
    properties: tally.verdicts,
    pairs: Object.keys(tally.pairs).length,
    sinceNewMs: Math.round(result.sinceNewMs),
    ...(comparison === null ? {} : { comparison }),
    events: tally.events,
    virtualUs: tally.virtualUs,
    elapsedMs: Math.round(result.elapsedMs),
    workers: result.workers,
    resumedSeeds: result.resumed,
    stateError: result.stateError,
    tally,
  };
}
