import { writeScenario } from '../campaign/documents/write-scenario.ts';
import type { FailedCampaign } from '../campaign/testing/campaign-test.ts';
import type { FailedSeed } from '../campaign/testing/sim-test.ts';
import { BrokenRule } from '../campaign/testing/sim-world.ts';
import { formatDuration } from '../scenario/units.ts';
import { PLAIN, wrap } from './format.ts';
import { shellWord } from './reproduce-words.ts';
import { SHORT_HASH_DIGITS } from './short-hash.ts';
import { runText } from './run-text.ts';
import { shrinkStory, shrunkSeedStory } from './shrink-text.ts';

const WIDTH = 100;

/** How a test is run again: the part after `SPLITBRAIN_SEED=7 `. */
export type RerunTest = (name: string) => string;

/** A failed campaign in the frame of every failure: what, the story, the smallest run, the passing twin, how to repeat it. */
export function campaignFailure(failed: FailedCampaign, rerun: RerunTest): string {
  const { name, result, bucket, shrunk, run } = failed;
  const again = `SPLITBRAIN_SEED=${shellWord(bucket.seed)} ${rerun(name)}`;
  const story = runText(run, PLAIN, false, again);
  const reproduce = story.findLastIndex((line) => line.startsWith('  Reproduce'));
  const [before, after] = [story.slice(0, reproduce), story.slice(reproduce)];
  return [
    ...before,
    ...(shrunk === null ? [] : [...shrinkStory(shrunk), '']),
    `  ${bucket.signature}: ${bucket.count} of ${result.tally.runs} runs, shortest seed ${bucket.seed}`,
    ...after,
    ...(shrunk === null
      ? []
      : ['', 'The smallest run that fails, as a scenario:', writeScenario(shrunk.document)]),
  ].join('\n');
}

/** A failing seed of people's own nodes, in the same frame. */
export function seedFailure({ name, world, error, shrunk }: FailedSeed, rerun: RerunTest): string {
  const { seed, result } = world;
  const facts =
    result === null
      ? []
      : [
          `${formatDuration(result.virtualUs)} virtual`,
          `trace ${result.hash.slice(0, SHORT_HASH_DIGITS)}, 2 runs equal`,
        ];
  const rule = error instanceof BrokenRule ? ` › ${error.rule}` : '';
  const faults = (result?.faults ?? []).map(({ id, kind, startUs, targets, effect }) =>
    startUs === null
      ? `    ${id}  ${kind}: never began`
      : `    ${id}  ${formatDuration(startUs)}  ${kind} on ${targets.join(' ') || 'nobody'}: effect ${effect}`,
  );
  const broken = result?.broken ?? null;
  const stack = error.cause instanceof Error ? (error.cause.stack ?? '').split('\n')[1] : undefined;
  return [
    [`✗ ${name}${rule}`, `seed ${seed}`, ...facts].join('   '),
    '',
    ...wrap(error.message, WIDTH - 2, '').map((line) => `  ${line}`),
    ...(broken === null
      ? []
      : [`    At event ${broken.event}, ${formatDuration(broken.timeUs)} into the run.`]),
    ...(stack === undefined ? [] : [`    ${stack.trim()}`]),
    ...(faults.length === 0 ? [] : ['', '  Faults of this run', ...faults]),
    ...(shrunk === null ? [] : ['', ...shrunkSeedStory(shrunk)]),
    '',
    `  Reproduce   SPLITBRAIN_SEED=${shellWord(seed)} ${rerun(name)}`,
  ].join('\n');
}
