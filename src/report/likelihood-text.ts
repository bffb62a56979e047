import type { Likelihood, LikelihoodPoint } from '../campaign/likelihood/likelihood.ts';
import { describeRow } from './describe-row.ts';
import { grouped, paint, visible, type Style } from './format.ts';
import type { RecordedRun } from './trace/recorded-run.ts';

const BAR = 40;

/** The curve, a line a cut, and what happened at the largest rise. */
export function* likelihoodText(
  run: RecordedRun,
  property: string,
  { points, jump }: Likelihood,
  style: Style,
): Generator<string> {
  const { result, names } = run;
  yield `${result.scenario.name}: how often ${property} is still violated when chance is fresh from an event on`;
  yield `${'after'.padStart(8)}  ${'time'.padStart(11)}  ${'fails'.padStart(6)}`;
  for (const point of points) {
    const { event } = point;
    const timeUs = event === 0 ? 0 : result.trace.row(result.trace.firstRowOf(event)).timeUs;
    const isJump = point === jump?.after;
    const mark = isJump ? (style.ascii ? ' <' : ' ◄') : '';
    const line = `${grouped(event).padStart(8)}  ${(timeUs / 1_000_000).toFixed(6).padStart(9)} s  ${percent(point).padStart(6)}  ${bar(point, style)}${mark}`;
    yield isJump ? paint(style, 'bold', line) : line;
  }
  if (jump === null) {
    yield 'It never rises: nothing in the run makes the failure more likely than it is from the beginning.';
    return;
  }
  const { before, after } = jump;
  yield `The largest rise, ${percent(before)} to ${percent(after)}, comes with ${before.event + 1 === after.event ? `event ${after.event}` : `the events ${before.event + 1} to ${after.event}`}:`;
  const { trace } = result;
  for (
    let index = trace.firstRowOf(before.event + 1), shown = 0;
    index < trace.firstRowOf(after.event + 1) && shown < 8;
    index += 1, shown += 1
  ) {
    const row = trace.row(index);
    yield `  ${String(row.event).padStart(6)}  ${visible(describeRow(row, names).trim())}`;
  }
}

function percent({ failed, runs }: LikelihoodPoint): string {
  return `${Math.round((failed * 100) / runs)}%`;
}

function bar({ failed, runs }: LikelihoodPoint, { ascii }: Style): string {
  return (ascii ? '#' : '█').repeat(Math.round((failed * BAR) / runs));
}
