import type { CampaignProgress } from '../campaign/run/campaign.ts';
import { bucketsOf } from '../campaign/run/tally.ts';
import { missedGoals } from '../campaign/run/verdict.ts';
import { formatDuration } from './format.ts';

const BAR = 14;
const MAX_KINDS = 6;

/** One line that tells how far a campaign is, for logs. */
export function progressLine({ tally, done, total, elapsedMs, workers }: CampaignProgress): string {
  const share = total === Infinity ? '' : ` / ${total}`;
  const kinds = Object.keys(tally.buckets).length;
  return (
    `${(elapsedMs / 1_000).toFixed(0)} s   ${done}${share} seeds   ${rate(done, elapsedMs)}/s   ` +
    `${workers} ${workers === 1 ? 'worker' : 'workers'}   ${kinds} kinds of failure in ${tally.failed} runs   ${tally.inconclusive} inconclusive`
  );
}

/**
 * The display of a terminal, six lines (ux.md b.7). Time left is told only when the number of seeds is fixed; a time
 * budget shows how long nothing new has been seen, which answers whether to go on.
 */
export function progressDisplay(progress: CampaignProgress): string[] {
  const { tally, done, total, elapsedMs, workers, subjects, timeMs, sinceNewMs } = progress;
  const seconds = elapsedMs / 1_000;
  const share = timeMs !== null ? elapsedMs / timeMs : total === Infinity ? 0 : done / total;
  const names = subjects.map(({ document }) => document.name);
  const what = names.length === 1 ? names[0]! : `${names.length} scenarios`;
  const left =
    timeMs === null && total !== Infinity && done > 0
      ? `   ${clock((elapsedMs / done) * (total - done))} left`
      : '';
  const of = timeMs !== null ? ` / ${clock(timeMs)}` : '';
  return [
    `fuzz ${what}  ${bar(share)}  ${clock(elapsedMs)}${of}   ${done}${total === Infinity ? '' : ` / ${total}`} seeds   ${rate(done, elapsedMs)}/s   ${workers} ${workers === 1 ? 'worker' : 'workers'}${left}`,
    `  virtual  ${formatDuration(tally.virtualUs)} (${short(tally.virtualUs / 1_000 / elapsedMs)}x real)   events ${short(tally.events)} (${short(tally.events / seconds)}/s)   ${operations(progress)}`,
    `  faults   ${faults(progress)}`,
    `  ${goals(progress)}   last new behaviour ${clock(sinceNewMs)} ago`,
    `  failures ${failures(progress)}`,
    `  inconclusive ${tally.inconclusive}   non-deterministic ${tally.divergenceCount}   not judged ${tally.errorCount}`,
  ];
}

function bar(share: number): string {
  const full = Math.min(BAR, Math.max(0, Math.floor(share * BAR)));
  return '#'.repeat(full) + '.'.repeat(BAR - full);
}

function operations({ tally }: CampaignProgress): string {
  const sum = { ok: 0, fail: 0, info: 0 };
  for (const { ok, fail, info } of Object.values(tally.operations)) {
    sum.ok += ok;
    sum.fail += fail;
    sum.info += info;
  }
  return `operations ${short(sum.ok)} ok, ${short(sum.fail)} fail, ${short(sum.info)} unknown`;
}

function faults({ tally }: CampaignProgress): string {
  const kinds = Object.entries(tally.faults).sort(([, a], [, b]) => b.bit - a.bit);
  if (kinds.length === 0) return 'none';
  const never = kinds.filter(([, { bit }]) => bit === 0).map(([kind]) => kind);
  const shown = kinds
    .filter(([, { bit }]) => bit > 0)
    .slice(0, MAX_KINDS)
    .map(([kind, { bit }]) => `${kind} ${short(bit)}`);
  const more = kinds.length - never.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`${more} more kinds`] : []),
    ...(never.length > 0 ? [`never had an effect: ${never.join(', ')}`] : []),
  ].join(', ');
}

function goals({ tally, subjects }: CampaignProgress): string {
  const missed = missedGoals({ tally, subjects });
  return missed.length === 0
    ? 'every coverage goal reached'
    : `${missed.length} coverage goals missed (${missed[0]!})`;
}

function failures({ tally }: CampaignProgress): string {
  const buckets = bucketsOf(tally);
  if (buckets.length === 0) return 'none';
  const shown = buckets
    .slice(0, 2)
    .map(({ signature, count, seed }) => `${signature} (${count}x, shortest seed ${seed})`);
  return `${buckets.length} kinds / ${tally.failed} runs   ${shown.join('   ')}`;
}

function rate(done: number, elapsedMs: number): string {
  return (done / (elapsedMs / 1_000)).toFixed(1);
}

/** `42s`, `6m12s`, `3h05m`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3_600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

/** `412 k`, `1.9 G`. */
function short(value: number): string {
  if (value < 1_000) return String(Math.round(value));
  const units = ['k', 'M', 'G', 'T'];
  let [left, unit] = [value, -1];
  while (left >= 1_000 && unit < units.length - 1) [left, unit] = [left / 1_000, unit + 1];
  return `${left < 10 ? left.toFixed(1) : Math.round(left)} ${units[unit]!}`;
}
