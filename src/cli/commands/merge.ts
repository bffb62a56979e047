import { mergeShards, parseShardResult } from '../../campaign/run/merge.ts';
import { campaignJson } from '../../report/campaign-json.ts';
import { campaignText } from '../../report/campaign-text.ts';
import { junitXml } from '../../report/junit.ts';
import { exitForCampaign } from '../campaign-exit.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../find-scenarios.ts';
import { print, stdoutStyle, tell } from '../output.ts';
import { writeWhole } from '../scenario-files.ts';

export interface MergeOptions {
  readonly requireCoverage?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** `splitbrain merge`: what the shards add up to. Exit 2 when some are missing. */
export function merge(files: readonly string[], options: MergeOptions): number {
  const requireCoverage = options.requireCoverage ?? false;
  const { result, missing, unfinished } = mergeShards(
    files.map((file) => ({ file, result: parseShardResult(readText(file), file) })),
  );
  if (options.json === true)
    print(
      JSON.stringify({ ...campaignJson(result, requireCoverage), missing, unfinished }, null, 2),
    );
  else for (const line of campaignText(result, stdoutStyle(options), requireCoverage)) print(line);
  if (options.junit !== undefined) writeWhole(options.junit, junitXml(result, requireCoverage));
  if (missing.length > 0) tell(`incomplete: shards ${missing.join(', ')} are missing`);
  if (unfinished.length > 0)
    tell(`incomplete: ${unfinished.join(', ')} ended before all seeds had run`);
  const exit = exitForCampaign(result, requireCoverage);
  return exit === EXIT.ok && missing.length + unfinished.length > 0 ? EXIT.inconclusive : exit;
}
