import { canonicalJson } from '../../history/canonical-json.ts';
import type { History, Operation } from '../../history/history.ts';
import { anomalySentence } from './anomaly-sentence.ts';
import { answers, operationLines } from './operation-text.ts';

export interface Explanation {
  readonly summary: string;
  readonly text: string;
  readonly context: readonly number[];
}

/** What a core behind a cut takes as recorded. */
export interface Settled {
  readonly operations: number;
  /** States that the object could be in at the cut. */
  readonly states: readonly unknown[];
}

const MOST_SOURCES = 3;
const MOST_LISTED = 12;

/**
 * Puts a core into words (reference contract b.6): a sentence, the operations, and why no order works. `members` are the
 * operations of the object at fault; `model` its data type.
 */
export function explainViolation(
  history: History,
  members: Int32Array,
  core: readonly number[],
  model: string,
  minimal: boolean,
  settled?: Settled,
): Explanation {
  const operations = core.map((index) => history.operation(index));

  const sourcesOf = (op: Operation): number[] => sources(history, members, op);
  const inCore = new Set(core);
  const context = new Set<number>();
  for (const op of operations.slice(0, MOST_LISTED)) {
    const found = sourcesOf(op).filter((index) => !inCore.has(index));
    if (found.length <= MOST_SOURCES) for (const index of found) context.add(index);
  }
  const summary = anomalySentence(operations, {
    model,
    hasSource: (op) =>
      sourcesOf(op).some((index) => history.columns.invoke[index]! < op.complete) ||
      isInitial(history, seenBy(op)),
    sourcesOf: (op) => sourcesOf(op).map((index) => history.operation(index)),
  });
  const sortedContext = [...context].sort((a, b) => a - b);
  const lines = [`  ${summary}`, '', ...operationLines(history, core.slice(0, MOST_LISTED))];
  if (core.length > MOST_LISTED) lines.push(`    ... and ${core.length - MOST_LISTED} more`);
  lines.push('', '  Why no order works:');
  for (const reason of reasons(history, operations.slice(0, MOST_LISTED), sourcesOf, model))
    lines.push(`    - ${reason}`);
  if (settled !== undefined) lines.push(`    ${settledText(settled)}`);
  if (minimal && core.length > 1)
    lines.push(`    Without any one of these ${core.length} operations there would be an order.`);
  if (!minimal)
    lines.push(
      '    The budget ended before this set was minimal; it may hold operations that do not matter.',
    );
  return { summary, text: lines.join('\n'), context: sortedContext };
}

function settledText({ operations, states }: Settled): string {
  const taken = `The ${operations} operations that had begun before are taken as recorded`;
  const plain = states.filter((state) => state === null || typeof state !== 'object');
  if (states.length === 0 || states.length > MOST_SOURCES || plain.length < states.length)
    return `${taken}.`;
  return `${taken}; they leave ${plain.map((state) => canonicalJson(state)).join(' or ')}.`;
}

/** The value that the operation found there; undefined when it found none. */
function seenBy(op: Operation): unknown {
  if (op.f === 'cas') return Array.isArray(op.input) ? (op.input as unknown[])[0] : undefined;
  return answers(op) ? op.output : undefined;
}

function isInitial(history: History, value: unknown): boolean {
  return canonicalJson(value ?? null) === canonicalJson(history.dialect.initial ?? null);
}

/** Operations of the object that left there what `op` found. */
function sources(history: History, members: Int32Array, op: Operation): number[] {
  const seen = seenBy(op);
  if (seen === undefined || (op.f === 'cas' && op.status === 'fail')) return [];
  const code = history.values.intern(seen);
  const found: number[] = [];
  const { input, f, functions, status } = history.columns;
  for (const index of members) {
    if (index === op.index || status[index] === 1) continue;
    if (functions[f[index]!] === 'cas') {
      const pair = history.values.decode(input[index]!);
      if (Array.isArray(pair) && history.values.intern(pair[1]) === code) found.push(index);
    } else if (input[index] === code && !answers(history.operation(index))) found.push(index);
  }
  return found;
}

function reasons(
  history: History,
  core: readonly Operation[],
  sourcesOf: (op: Operation) => number[],
  model: string,
): string[] {
  const lines: string[] = [];
  const sums = model === 'counter';
  const appends = history.columns.functions.includes('append');
  for (const later of core) {
    const earlier = core.filter((op) => op.complete < later.invoke);
    // Only the direct predecessors: the others follow.
    for (const op of earlier)
      if (!earlier.some((between) => op.complete < between.invoke))
        lines.push(`#${op.index} ended before #${later.index} began, so #${op.index} comes first.`);
  }
  for (const op of core) {
    const seen = seenBy(op);
    if (seen === undefined || (op.f === 'cas' && op.status === 'fail')) continue;
    const text = canonicalJson(seen);
    const writers = sourcesOf(op);
    const possible = writers.filter((index) => history.columns.invoke[index]! < op.complete);
    // A text may be put together from many appended pieces, a list from many elements, a sum from many changes.
    if (Array.isArray(seen) || (typeof seen === 'string' && appends)) continue;
    if (typeof seen === 'number' && sums) continue;
    if (possible.length === 0)
      lines.push(
        isInitial(history, seen)
          ? `#${op.index} found ${text}, which is only there before the first change.`
          : writers.length === 0
            ? `#${op.index} found ${text}, but no operation put it there.`
            : `#${op.index} found ${text}, but #${writers[0]!}, the first to put it there, began only after #${op.index} had ended.`,
      );
    else if (possible.length <= MOST_SOURCES)
      lines.push(
        `#${op.index} found ${text}, which only ${possible.map((index) => `#${index}`).join(', ')} put there${endedBefore(history, possible, core)}.`,
      );
    else
      lines.push(
        `#${op.index} found ${text}; none of the ${possible.length} operations that put it there can lie where it is needed.`,
      );
  }
  if (core.length === 1 && lines.length === 0)
    lines.push(
      `No order of the other operations leaves a state in which #${core[0]!.index} can end like this.`,
    );
  return lines;
}

/** When every source had ended before some other operation of the core began, that is the heart of the matter. */
function endedBefore(
  history: History,
  writers: readonly number[],
  core: readonly Operation[],
): string {
  const last = core.findLast(
    (op) =>
      !writers.includes(op.index) &&
      writers.every((index) => history.columns.complete[index]! < op.invoke) &&
      !answers(op),
  );
  return last === undefined ? '' : `, before #${last.index} began`;
}
