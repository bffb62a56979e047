import {
  isFailure,
  outcomeOf,
  type PropertyResult,
  type RunOutcome,
  type RunResult,
} from '../scenario/run-result.ts';
import { faultLines } from './fault-lines.ts';
import { figureLines } from './figure-lines.ts';
import { formatDuration, paint, verdictSign, type Style } from './format.ts';
import { propertyText, propertyLine } from './property-text.ts';
import { reproduceCommand } from './reproduce.ts';
import { SHORT_HASH_DIGITS } from './short-hash.ts';

const WIDTH = 100;
/** Of the whole text of a failure, unless everything is asked for (reference: ux.md b.6). */
const MAX_LINES = 40;
const MAX_OTHERS = 3;

const OUTCOMES: Readonly<
  Record<RunOutcome, { readonly sign: string; readonly color: 'green' | 'red' | 'yellow' }>
> = {
  passed: { sign: 'holds', color: 'green' },
  failed: { sign: 'violated', color: 'red' },
  inconclusive: { sign: 'inconclusive', color: 'yellow' },
};

/**
 * A run in words: one line when all is as declared, the story of the failure otherwise, at most 40 lines of 100 columns
 * (only the `Reproduce` line may be longer). `verbose`: every property and nothing left out.
 */
export function runText(
  result: RunResult,
  style: Style,
  verbose: boolean,
  reproduce: string = reproduceCommand(result),
): string[] {
  const { properties } = result;
  const outcome = outcomeOf(properties);
  const lines = [headline(result, outcome, style)];
  if (verbose) lines.push(...propertyTable(properties, style));
  lines.push(...figureLines(result, verbose));
  const told = toldProperties(properties, outcome);
  const [main, ...others] = told;
  if (main === undefined) return lines;
  const tail = others
    .slice(0, verbose ? Infinity : MAX_OTHERS)
    .flatMap((other) => ['', ...propertyLine(other)]);
  if (others.length > MAX_OTHERS && !verbose)
    tail.push(`  (and ${others.length - MAX_OTHERS} more: --verbose shows them)`);
  if (outcome !== 'passed') {
    const faults = faultLines(result, lastMomentUs(result, main));
    if (faults.length > 0) tail.push('', '  Faults of this run', ...faults);
    const holding = properties.filter(({ verdict }) => verdict === 'holds').length;
    const soFar = result.virtualUs < result.scenario.durationUs ? ', as far as the run went' : '';
    if (!verbose && holding > 0) tail.push('', `  ${holding} other properties hold${soFar}.`);
    tail.push('', `  Reproduce   ${reproduce}`);
  }
  const room = verbose ? Infinity : MAX_LINES - lines.length - tail.length;
  return [...lines, ...propertyText(result, main, style, room), ...tail];
}

/** What has to be told, the most telling first: a broken rule explains an unserved client, never the other way round. */
export function toldProperties(
  properties: readonly PropertyResult[],
  outcome: RunOutcome,
): readonly PropertyResult[] {
  if (outcome === 'passed') return properties.filter(({ verdict }) => verdict === 'violated');
  const told = properties.filter(
    (property) => isFailure(property) || !['holds', 'violated'].includes(property.verdict),
  );
  const rank = (property: PropertyResult): number =>
    !isFailure(property) ? 3 : property.name === 'liveness' ? 2 : property.event === null ? 1 : 0;
  return told
    .map((property, index) => ({ property, index }))
    .sort((a, b) => rank(a.property) - rank(b.property) || a.index - b.index)
    .map(({ property }) => property);
}

function headline(result: RunResult, outcome: RunOutcome, style: Style): string {
  const { sign, color } = OUTCOMES[outcome];
  const separator = style.ascii ? '>' : '›';
  const what = `${verdictSign(style, sign)} ${result.scenario.name} ${separator} ${outcomeWords(result.properties, outcome)}`;
  const trace = `trace ${result.hash.slice(0, SHORT_HASH_DIGITS)}`;
  const facts = [`seed ${result.seed}`, `${formatDuration(result.virtualUs)} virtual`];
  const line = (all: readonly string[]): string => [what, ...all].join('   ');
  const long = [...facts, `${result.events} events`, trace];
  const chosen = line(long).length <= WIDTH ? long : [...facts, trace];
  return `${paint(style, color, what)}   ${paint(style, 'dim', chosen.join('   '))}`;
}

function outcomeWords(properties: readonly PropertyResult[], outcome: RunOutcome): string {
  if (outcome === 'failed')
    return toldProperties(properties, outcome)
      .filter((property) => isFailure(property))
      .map(({ name, declared }) =>
        declared === 'holds' ? name : `${name} (declared violated, but holds)`,
      )
      .join(', ');
  if (outcome === 'inconclusive')
    return properties
      .filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'vacuous')
      .map(({ name, verdict }) => `${name} ${verdict}`)
      .join(', ');
  const violated = properties.filter(({ verdict }) => verdict === 'violated');
  return violated.length === 0
    ? `all ${properties.length} properties hold`
    : `${violated.map(({ name }) => name).join(', ')} violated, as declared`;
}

function propertyTable(properties: readonly PropertyResult[], style: Style): string[] {
  const width = Math.max(...properties.map(({ name }) => name.length));
  return properties.map(({ name, verdict, declared, sentence }) => {
    const note = declared === 'violated' ? ' (declared violated)' : '';
    const text = verdict === 'holds' && sentence !== '' ? `  ${sentence}` : '';
    return `    ${verdictSign(style, verdict)} ${name.padEnd(width)}  ${verdict}${note}${text}`;
  });
}

/** When the last operation of the witness ended: what began later did not cause it. Infinity when all of it matters. */
function lastMomentUs(result: RunResult, { operations }: PropertyResult): number {
  if (operations.length === 0) return Infinity;
  const ends = operations.map((index) => result.history.operation(index).completeTimeUs);
  return ends.some((end) => Number.isNaN(end)) ? Infinity : Math.max(...ends);
}
