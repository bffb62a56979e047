import type { CampaignResult } from './campaign.ts';
import { bucketsOf, type Tally } from './tally.ts';

/** A campaign against the one before it: kinds of failure by scenario and signature. */
export interface CampaignComparison {
  readonly appeared: readonly string[];
  readonly ongoing: readonly string[];
  /** Not seen any more, although all seeds were run. */
  readonly gone: readonly string[];
}

export function compareCampaigns(
  previous: Tally,
  { tally, ended }: Pick<CampaignResult, 'tally' | 'ended'>,
): CampaignComparison {
  const before = namesOf(previous);
  const now = namesOf(tally);
  return {
    appeared: now.filter((name) => !before.includes(name)),
    ongoing: now.filter((name) => before.includes(name)),
    gone: ended === 'complete' ? before.filter((name) => !now.includes(name)) : [],
  };
}

function namesOf(tally: Tally): string[] {
  return bucketsOf(tally).map(({ scenario, signature }) => `${scenario}: ${signature}`);
}
