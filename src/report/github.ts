import type { CampaignResult } from '../campaign/run/campaign.ts';
import { bucketsOf } from '../campaign/run/tally.ts';
import { judgeCampaign } from '../campaign/run/verdict.ts';
import { campaignSummary, reproduceBucket } from './campaign-text.ts';

/** GitHub shows ten annotations of a kind for a step; the summary has them all. */
const MAX_ANNOTATIONS = 10;

/** Workflow commands: one error for each bucket, at the scenario's file. */
export function githubAnnotations(result: CampaignResult, requireCoverage: boolean): string[] {
  const buckets = bucketsOf(result.tally);
  const shown = buckets.length > MAX_ANNOTATIONS ? MAX_ANNOTATIONS - 1 : buckets.length;
  const lines = buckets.slice(0, shown).map((bucket) => {
    const file =
      result.subjects.find(({ document }) => document.name === bucket.scenario)?.file ?? '';
    const message = `${bucket.sentence}\n${bucket.count} of ${result.tally.runs} runs\n${reproduceBucket(result, bucket)}`;
    return `::error file=${property(file)},title=${property(bucket.signature)}::${data(message)}`;
  });
  if (buckets.length > shown)
    lines.push(`::error::${buckets.length - shown} more kinds of failure in the job summary`);
  const { reasons, verdict } = judgeCampaign(result, requireCoverage);
  if (buckets.length === 0 && verdict !== 'passed')
    lines.push(`::error title=${verdict}::${data(reasons.join('\n'))}`);
  return lines;
}

/** Markdown for the job summary. */
export function githubSummary(result: CampaignResult, requireCoverage: boolean): string {
  const { tally, header } = result;
  const { reasons } = judgeCampaign(result, requireCoverage);
  const rows = bucketsOf(tally).map(
    (bucket) =>
      `| ${cell(bucket.signature)} | ${cell(bucket.scenario)} | ${bucket.count} | ${cell(bucket.seed)} | \`${cell(reproduceBucket(result, bucket))}\` |`,
  );
  return [
    `### splitbrain fuzz: ${campaignSummary(tally)}`,
    '',
    `Seeds ${header.seeds}${header.shard === null ? '' : `, shard ${header.shard}`}; ${tally.verified} runs repeated, ${tally.divergenceCount} differ.`,
    '',
    ...(rows.length === 0
      ? []
      : [
          '| failure | scenario | runs | seed | reproduce |',
          '| --- | --- | --- | --- | --- |',
          ...rows,
        ]),
    '',
    ...reasons.map((reason) => `- ${reason}`),
    '',
  ].join('\n');
}

function data(message: string): string {
  return message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function cell(value: string): string {
  return value.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
