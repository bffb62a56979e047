import type { CampaignResult } from '../campaign/run/campaign.ts';
import { judgeCampaign } from '../campaign/run/verdict.ts';
import { EXIT } from './exit-codes.ts';

/** DESIGN §5, for a whole campaign. */
export function exitForCampaign(result: CampaignResult, requireCoverage: boolean): number {
  switch (judgeCampaign(result, requireCoverage).verdict) {
    case 'nondeterministic':
      return EXIT.nondeterministic;
    case 'violated':
      return EXIT.violated;
    case 'error':
      return EXIT.internal;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'passed':
      return EXIT.ok;
  }
}
