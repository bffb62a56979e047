import type { CampaignComparison } from '../campaign/run/compare.ts';
import type { CampaignResult } from '../campaign/run/campaign.ts';
import { bucketsOf, type Bucket, type Tally } from '../campaign/run/tally.ts';
import { judgeCampaign, markCounts } from '../campaign/run/verdict.ts';
import { formatDuration, paint, verdictSign, wrap, type Style } from './format.ts';
import { scenarioWord } from './reproduce.ts';
import { shellWord } from './reproduce-words.ts';
import { SHORT_HASH_DIGITS } from './short-hash.ts';

const WIDTH = 100;

/** A campaign's end for people; the last line is always `N passed, N failed, N inconclusive`. */
export function campaignText(
  result: CampaignResult,
  style: Style,
  requireCoverage: boolean,
  comparison: CampaignComparison | null = null,
): string[] {
  const { tally } = result;
  const judgement = judgeCampaign(result, requireCoverage);
  const lines: string[] = [];
  for (const bucket of bucketsOf(tally)) lines.push(...bucketText(result, bucket, style), '');
  lines.push(...tallyText(result, style));
  if (comparison !== null) lines.push(...comparisonText(comparison));
  if (judgement.missed.length > 0) {
    lines.push('', `  Coverage goals missed${requireCoverage ? '' : ' (not required)'}`);
    for (const goal of judgement.missed) lines.push(`    ${goal}`);
  }
  if (judgement.reasons.length > 0) {
    lines.push('');
    for (const reason of judgement.reasons)
      lines.push(...wrap(`  ${signOf(judgement.verdict, style)} ${reason}`, WIDTH, '      '));
  }
  const more = result.tally.divergenceCount - result.tally.divergences.length;
  if (more > 0) lines.push(`    and ${more} more runs that differ when run again`);
  if (result.ended !== 'complete') lines.push('', `  ${endText(result)}`);
  lines.push('', campaignSummary(tally));
  return lines;
}

export function campaignSummary(tally: Tally): string {
  const errors = tally.errorCount === 0 ? '' : `, ${tally.errorCount} not judged`;
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.inconclusive} inconclusive${errors}`;
}

function signOf(verdict: string, style: Style): string {
  if (verdict === 'nondeterministic') return '! NON-DETERMINISTIC ';
  return verdict === 'violated'
    ? verdictSign(style, 'violated')
    : verdictSign(style, 'inconclusive');
}

function endText(result: CampaignResult): string {
  const done = `${result.seedsDone} of ${result.seedsAsked === Infinity ? 'endless' : String(result.seedsAsked)} seeds`;
  if (result.ended === 'time') return `The time is up after ${done}.`;
  if (result.ended === 'state-file')
    return `Stopped after ${done}: the state file cannot be written (${result.stateError ?? ''}). Free some space, or name another with --state.`;
  return `Interrupted after ${done}; --resume goes on from here.`;
}

function bucketText(result: CampaignResult, bucket: Bucket, style: Style): string[] {
  const head = `${verdictSign(style, 'violated')} ${bucket.scenario}: ${bucket.signature}`;
  const facts = `${bucket.count} of ${result.tally.runs} runs   shortest: seed ${bucket.seed}, ${bucket.events} events, trace ${bucket.hash.slice(0, 8)}`;
  return [
    paint(style, 'red', head),
    paint(style, 'dim', `    ${facts}`),
    ...wrap(`  ${bucket.sentence}`, WIDTH, '    ').map((line) => `  ${line}`),
    `    Reproduce   ${reproduceBucket(result, bucket)}`,
    `    Smaller     ${shrinkCommand(result, bucket)}`,
  ];
}

/** The run of a bucket again, from any directory. */
export function reproduceBucket(result: CampaignResult, bucket: Bucket): string {
  return `npx splitbrain replay ${wordsOf(result, bucket)} --expect ${bucket.hash.slice(0, SHORT_HASH_DIGITS)}`;
}

function shrinkCommand(result: CampaignResult, bucket: Bucket): string {
  return `npx splitbrain shrink ${wordsOf(result, bucket)}`;
}

function wordsOf({ plan, subjects }: CampaignResult, { scenario, seed }: Bucket): string {
  const file = subjects.find(({ document }) => document.name === scenario)?.file ?? null;
  const flags = [
    ...(plan.swarm ? ['--swarm'] : []),
    ...(plan.strategy === 'random' ? [] : ['--strategy', plan.strategy]),
  ];
  return [shellWord(scenarioWord(scenario, file)), '--seed', shellWord(seed), ...flags].join(' ');
}

function tallyText(result: CampaignResult, style: Style): string[] {
  const { tally, elapsedMs, workers } = result;
  const rate = (result.seedsDone - result.resumed) / (elapsedMs / 1_000);
  const lines = [
    `  ${tally.runs} runs in ${(elapsedMs / 1_000).toFixed(1)} s (${rate.toFixed(1)} seeds/s, ${workers} ${workers === 1 ? 'worker' : 'workers'})   ` +
      `${formatDuration(tally.virtualUs)} virtual   ${tally.events} events   ${tally.verified} runs repeated, ${tally.divergenceCount} differ`,
  ];
  const pairs = Object.keys(tally.pairs).length;
  lines.push(
    `  last new behaviour ${(result.sinceNewMs / 1_000).toFixed(1)} s before the end (${pairs} pairs of marks, biting faults, outcomes and verdicts seen in one run)`,
    ...propertyTable(result),
  );
  const operations = Object.entries(tally.operations);
  if (operations.length > 0) {
    lines.push('', '  operations     ok       fail     unknown  ok during faults');
    for (const [f, { ok, fail, info, okDuringFaults }] of operations)
      lines.push(`    ${columns([f, ok, fail, info, okDuringFaults], [12, 8, 8, 8, 8])}`);
  }
  const faults = Object.entries(tally.faults).sort(([a], [b]) => (a < b ? -1 : 1));
  if (faults.length > 0) {
    lines.push('', '  faults         drawn    began    bit      effect');
    for (const [kind, { drawn, began, bit, effect }] of faults) {
      const note = bit === 0 ? paint(style, 'yellow', '  <- never had an effect') : '';
      lines.push(`    ${columns([kind, drawn, began, bit, effect], [12, 8, 8, 8, 0])}${note}`);
    }
  }
  const marks = markCounts(result);
  if (marks.length > 0)
    lines.push('', `  marks          ${marks.map(([mark, runs]) => `${mark} ${runs}`).join(', ')}`);
  return lines;
}

/** A row for each property that did not hold everywhere, and one for all the others. */
function propertyTable({ tally, subjects }: CampaignResult): string[] {
  const rows = Object.entries(tally.verdicts);
  if (rows.length === 0) return [];
  const isPlain = ([, verdicts]: (typeof rows)[number]): boolean =>
    Object.keys(verdicts).every((verdict) => verdict === 'holds');
  const told = rows.filter((row) => !isPlain(row));
  const names = told.map(([name]) =>
    subjects.length === 1 ? name.slice(name.indexOf('/') + 1) : name,
  );
  const others = rows.length - told.length;
  const width = Math.max(12, ...names.map((name) => name.length));
  const head = columns(['held', 'violated', 'inconclusive', 'vacuous'], [8, 8, 12, 0]);
  const lines = ['', `  ${'properties'.padEnd(width + 2)} ${head}`];
  for (const [index, [, verdicts]] of told.entries()) {
    const { holds = 0, violated = 0, inconclusive = 0, vacuous = 0 } = verdicts;
    const cells = [names[index]!, holds, violated, inconclusive, vacuous];
    lines.push(`    ${columns(cells, [width, 8, 8, 12, 0])}`);
  }
  if (others > 0)
    lines.push(`    ${others} ${told.length > 0 ? 'others' : 'properties'} held in every run`);
  return lines;
}

function comparisonText({ appeared, ongoing, gone }: CampaignComparison): string[] {
  const kinds = (names: readonly string[], word: string): string[] =>
    names.map((name) => `    ${word.padEnd(8)} ${name}`);
  const all = [...kinds(appeared, 'new'), ...kinds(ongoing, 'ongoing'), ...kinds(gone, 'gone')];
  return all.length === 0 ? [] : ['', '  against the previous campaign', ...all];
}

function columns(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => String(cell).padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}
