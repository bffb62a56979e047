import { describeBounds } from '../campaign/explore/bounds.ts';
import type { ExploredViolation, Exploring } from '../campaign/explore/explore.ts';
import type { SmallWorld } from '../campaign/explore/small-world.ts';
import type { ScenarioNotes } from '../campaign/documents/write-scenario.ts';
import { paint, verdictSign, wrap, type Style } from './format.ts';
import { shellWord } from './reproduce-words.ts';

/** An exploration that is over. */
export interface ToldExploration {
  readonly world: SmallWorld;
  readonly end: 'covered' | 'violated' | 'states' | 'time' | 'interrupted';
  readonly reached: Exploring;
  readonly elapsedMs: number;
  /** Where the story of each violation was written. */
  readonly files: readonly string[];
}

const WIDTH = 100;

/** What was visited, what was found, and what that proves. */
export function explorationText(told: ToldExploration, style: Style): string[] {
  const { world, reached, files } = told;
  const { document } = world.subject;
  const { servers, clients } = world.exploration.scenario;
  const bug = document.bug === undefined ? '' : `, bug ${[document.bug].flat().join(' + ')}`;
  const lines = [
    `${document.name}${bug}: ${servers.length} servers, ${clients.length} clients, within ${describeBounds(world.exploration.bounds)}`,
    '',
  ];
  for (const [index, violation] of reached.violations.entries())
    lines.push(...violationLines(violation, files[index]!, style), '');
  lines.push(
    `  ${reached.states} different states, ${reached.transitions} steps, the longest story ${reached.depth} steps`,
    ...cutLines(reached).map((line) => `  ${line}`),
    `  ${rate(told)} steps a second; to come back to a state ${replayShare(reached)} steps were executed again for each`,
    '',
    conclusion(told, style),
  );
  return lines;
}

function violationLines(violation: ExploredViolation, file: string, style: Style): string[] {
  const { property, sentence, path } = violation;
  return [
    paint(
      style,
      'red',
      `${verdictSign(style, 'violated')} ${property} violated, in ${path.length} steps`,
    ),
    ...wrap(sentence, WIDTH - 2, '').map((line) => `  ${line}`),
    `  Written to  ${file}`,
    `  Reproduce   npx splitbrain run ${shellWord(file)} -v`,
  ];
}

function cutLines({ ends, cutByDepth, cutByMessages, frontier }: Exploring): string[] {
  return [
    `${ends} states in which nothing more can happen within the bounds`,
    ...(cutByDepth > 0
      ? [`${cutByDepth} states not followed: the story is as long as allowed`]
      : []),
    ...(cutByMessages > 0
      ? [`${cutByMessages} states not followed: more messages under way than allowed`]
      : []),
    ...(frontier > 0 ? [`${frontier} states not followed yet`] : []),
  ];
}

function conclusion({ end, reached }: ToldExploration, style: Style): string {
  const found = reached.violations.length;
  switch (end) {
    case 'covered':
      return `${paint(style, 'green', verdictSign(style, 'holds'))} covered: every state within these bounds was visited, and no property is violated${lost(reached)}`;
    case 'violated':
      return reached.frontier === 0
        ? `covered: every state within these bounds was visited; ${found} ${found === 1 ? 'property is' : 'properties are'} violated`
        : 'stopped at the first violation; --all goes on';
    case 'states':
      return 'not covered: --states were visited first';
    case 'time':
      return 'not covered: --time was over first';
    case 'interrupted':
      return 'interrupted: this is what was covered by then';
  }
}

/** What a hash of the state may have cost. */
function lost({ states }: Exploring): string {
  return ` (chance that two states were taken for one: below ${collisionBound(states)})`;
}

/** An upper bound, by the birthday argument, of any two of `states` 53-bit hashes being equal. */
function collisionBound(states: number): string {
  const bound = (states * states) / 2 / 2 ** 53;
  return bound === 0 ? '1e-15' : bound.toExponential(0);
}

function rate({ reached, elapsedMs }: ToldExploration): number {
  return Math.round((reached.transitions * 1_000) / Math.max(1, elapsedMs));
}

function replayShare({ replayed, transitions }: Exploring): string {
  return (replayed / Math.max(1, transitions)).toFixed(1);
}

/** As data. */
export function explorationJson(told: ToldExploration): Record<string, unknown> {
  const { world, end, reached, elapsedMs, files } = told;
  const { violations, ...counts } = reached;
  return {
    scenario: world.subject.document.name,
    bug: world.subject.document.bug ?? null,
    servers: world.exploration.scenario.servers.length,
    clients: world.exploration.scenario.clients.length,
    bounds: world.exploration.bounds,
    end,
    covered: reached.frontier === 0 && (end === 'covered' || end === 'violated'),
    ...counts,
    stepsPerSecond: rate(told),
    elapsedMs: Math.round(elapsedMs),
    violations: violations.map(({ property, sentence, path }, index) => ({
      property,
      sentence,
      steps: path.length,
      file: files[index]!,
    })),
  };
}

/** Comments for the file that a violation is written to. */
export function storyNotes(violation: ExploredViolation, bounds: string): ScenarioNotes {
  return {
    head: [
      `A story of ${violation.path.length} steps that shows: ${violation.property}`,
      ...wrap(violation.sentence, WIDTH, ''),
      `Found by exploring every order of steps within ${bounds}.`,
      'One step every 20us; what is not named here stays on its way, and timers fire only when told to.',
    ],
  };
}
