import type { FaultNecessity, Slack } from '../campaign/shrink/necessity.ts';
import type { ShrinkResult } from '../campaign/shrink/shrink.ts';
import type { ShrunkSeed } from '../campaign/testing/shrink-seed.ts';
import type { ScenarioNotes } from '../campaign/documents/write-scenario.ts';
import { compileDocument, withDocument } from '../campaign/documents/document.ts';
import type { Fault } from '../sim/faults/fault.ts';
import { describeFault } from './describe-fault.ts';
import { formatDuration, paint, verdictSign, wrap, type Style } from './format.ts';

const WIDTH = 100;

/** What shrinking found, for people. */
export function shrinkText(shrunk: ShrinkResult, style: Style): string[] {
  const { failure, subject, seed } = shrunk;
  const name = subject.document.name;
  const lines = [
    paint(style, 'red', `${verdictSign(style, 'violated')} ${name}: ${failure.signature}`) +
      paint(style, 'dim', `   seed ${seed}   trace ${shrunk.result.hash.slice(0, 8)}`),
    '',
    ...wrap(failure.sentence, WIDTH - 2, '  ').map((line) => `  ${line}`),
    '',
    ...shrinkStory(shrunk),
  ];
  lines.push('', `  ${shrunk.runs} runs in ${(shrunk.elapsedMs / 1_000).toFixed(1)} s`);
  return lines;
}

/** The smallest run, what each of its faults is needed for, and where the nearest passing run parts from it. */
export function shrinkStory(shrunk: ShrinkResult): string[] {
  const { before, after, subject } = shrunk;
  const sizes = (['faults', 'operations', 'clients', 'servers', 'events'] as const).map(
    (key) => `${key} ${before[key]} -> ${after[key]}`,
  );
  const { faults } = compileDocument(withDocument(subject, shrunk.document));
  return storyOf(sizes, faults, shrunk);
}

/** The same of a run of people's own nodes. */
export function shrunkSeedStory(shrunk: ShrunkSeed): string[] {
  const { before, after, faults } = shrunk;
  const sizes = (['faults', 'nodes', 'events'] as const).map(
    (key) => `${key} ${before[key]} -> ${after[key]}`,
  );
  return storyOf(sizes, faults, shrunk);
}

function storyOf(
  sizes: readonly string[],
  schedule: readonly Fault[],
  { necessity, twin, minimal }: Pick<ShrinkResult, 'necessity' | 'twin' | 'minimal'>,
): string[] {
  const lines = indented(`Smallest run that still fails   ${sizes.join(', ')}`, 2);
  for (const fault of schedule) {
    lines.push(...indented(describeFault(fault), 4));
    const entry = necessity.find(({ id }) => id === fault.id);
    if (entry !== undefined) lines.push(...indented(necessityText(entry), 8));
  }
  if (!minimal) lines.push('    (the budget ended first: more might go)');
  if (twin !== null) {
    lines.push(
      '',
      ...indented(
        `Nearest run that passes (${twin.difference}): first difference at event ${twin.event}`,
        2,
      ),
      ...indented(
        `failing: ${twin.failing}${twin.source === null ? '' : `   at ${twin.source}`}`,
        4,
      ),
      ...indented(`passing: ${twin.passing}`, 4),
    );
  }
  return lines;
}

function indented(text: string, columns: number): string[] {
  const margin = ' '.repeat(columns);
  return wrap(text, WIDTH - columns, '  ').map((line) => margin + line);
}

/** `needed: without it 0 of 20 other seeds fail, with it 14   begins within [1.2 s, 1.9 s]`. */
export function necessityText(fault: FaultNecessity): string {
  const { needed, failWith, failWithout, seedsTried, slack } = fault;
  const need = needed
    ? `needed: without it this run passes, and ${failWithout} of ${seedsTried} other seeds fail (with it ${failWith})`
    : 'not needed alone: without it this run still fails';
  return [need, ...slack.map(slackText)].join('; ');
}

function slackText({ of, fromUs, toUs, passesBelowUs, passesAboveUs }: Slack): string {
  const what = of === 'for' ? 'lasts' : of === 'at' ? 'begins' : 'follows after';
  if (passesBelowUs === null && passesAboveUs === null) return `${what} any time`;
  if (passesAboveUs === null) return `${what} ${formatDuration(fromUs)} or more`;
  if (passesBelowUs === null) return `${what} ${formatDuration(toUs)} or less`;
  return `${what} within [${formatDuration(fromUs)}, ${formatDuration(toUs)}]`;
}

/** Comments for the shrunk scenario file. */
export function shrinkNotes(shrunk: ShrinkResult): ScenarioNotes {
  const { subject, seed, failure, before, after, twin } = shrunk;
  return {
    head: [
      `The smallest run found that shows: ${failure.signature}`,
      ...wrap(failure.sentence, WIDTH, ''),
      `Shrunk from ${subject.document.name} seed ${seed}: faults ${before.faults} to ${after.faults}, operations ${before.operations} to ${after.operations},`,
      `clients ${before.clients} to ${after.clients}, servers ${before.servers} to ${after.servers}.`,
      ...(twin === null
        ? []
        : [
            `Nearest run that passes: ${twin.difference}; they part at event ${twin.event}${twin.source === null ? '' : ` (${twin.source})`}.`,
          ]),
      ...(shrunk.document.faults?.some(({ mayMiss }) => mayMiss === true) === true
        ? [
            'mayMiss: a fault that no longer bites is told by the failure that stays away, not as one of its own.',
          ]
        : []),
    ],
    faults: new Map(shrunk.necessity.map((fault) => [fault.id, necessityText(fault)])),
  };
}

/** As data; seeds and hashes are strings. */
export function shrinkJson(shrunk: ShrinkResult, file: string): Record<string, unknown> {
  return {
    scenario: shrunk.subject.document.name,
    seed: shrunk.seed,
    signature: shrunk.failure.signature,
    property: shrunk.failure.property,
    sentence: shrunk.failure.sentence,
    hash: shrunk.result.hash,
    file,
    before: shrunk.before,
    after: shrunk.after,
    minimal: shrunk.minimal,
    faults: shrunk.necessity,
    twin: shrunk.twin,
    runs: shrunk.runs,
    elapsedMs: Math.round(shrunk.elapsedMs),
  };
}
