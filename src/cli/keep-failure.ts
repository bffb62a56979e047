import type { CampaignResult } from '../campaign/run/campaign.ts';
import { planDocument } from '../campaign/run/one-run.ts';
import { bucketsOf } from '../campaign/run/tally.ts';
import { runScenario } from '../scenario/run.ts';
import { loadScenario, readText } from './find-scenarios.ts';
import { writeRunFolder } from './run-folder.ts';
import { writeResolved } from './scenario-files.ts';

/** The run that stands for a campaign's failures, and where its files are. */
export interface KeptFailure {
  readonly scenario: string;
  readonly seed: string;
  readonly folder: string;
}

/**
 * Runs the first failure of a campaign again, that of its most frequent bucket, and leaves it as `run` would have: as
 * `last-failed`. Null when nothing failed. @throws CommandError when its files cannot be written.
 */
export function keepFailure({ tally, subjects, plan }: CampaignResult): KeptFailure | null {
  const [bucket] = bucketsOf(tally);
  if (bucket === undefined) return null;
  const { scenario, seed } = bucket;
  const subject = subjects.find(({ document }) => document.name === scenario)!;
  // What a seed draws is a scenario of its own: the folder's text is what was run, not the file that it was drawn from.
  const isDrawn = plan.swarm || plan.strategy !== 'random';
  const file = isDrawn
    ? writeResolved({ ...planDocument(subject, seed, plan), seed })
    : subject.file;
  const folder = writeRunFolder(runScenario(loadScenario(file), { seed }), readText(file));
  return { scenario, seed, folder };
}
