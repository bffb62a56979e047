import { canonicalJson } from '../../history/canonical-json.ts';
import type { Dialect } from '../../history/history.ts';
import { modelNamed, variantFor } from '../../checker/models/catalogue.ts';
import { appendStore } from '../../checker/models/kv-store.ts';
import type { Call, Model } from '../../checker/models/model.ts';
import { isRegisterModel } from '../../checker/models/register.ts';
import type { ModelData, OperationData } from '../../report/html/report-data.ts';
import { answerText, requestText } from './operation-words.ts';

/** The operations of one object that an order has to arrange, and what judges it. */
export interface Puzzle {
  readonly object: string | null;
  readonly operations: readonly OperationData[];
  /** Those that need not be in the order: nobody knows whether they happened. */
  readonly optional: ReadonlySet<number>;
  readonly model: Model;
  readonly initial: unknown;
  readonly calls: ReadonlyMap<number, Call>;
}

/** What became of an arrangement. */
export interface OrderVerdict {
  readonly kind: 'explains' | 'breaks' | 'incomplete';
  /** The operation at which it breaks; -1 when none does. */
  readonly operation: number;
  /** For people: which one breaks and why, or what is still missing. */
  readonly sentence: string;
  /** The state after each operation that went well. */
  readonly states: readonly unknown[];
}

/** The puzzles of a history, one an object, under its model. Failed operations had no effect and are left out. */
export function puzzlesOf(operations: readonly OperationData[], data: ModelData): Puzzle[] {
  const named = modelNamed(data.name);
  if (named === undefined) return [];
  // Registers have a machine of their own in the checker; the store that also appends says the same in steps.
  const model = isRegisterModel(named)
    ? appendStore
    : variantFor(named, [...new Set(operations.map(({ f }) => f))]);
  const dialect: Dialect = data;
  const byObject = new Map<
    string,
    { operations: OperationData[]; calls: Map<number, Call>; object: string | null }
  >();
  for (const operation of operations) {
    const call = callOf(operation, model, dialect);
    if (call === null) continue;
    const partition =
      model.partition === null ? null : (model.partition?.(call) ?? call.key ?? null);
    const object =
      partition === null
        ? null
        : typeof partition === 'string'
          ? partition
          : canonicalJson(partition);
    const name = object ?? '';
    const group = byObject.get(name) ?? { operations: [], calls: new Map<number, Call>(), object };
    byObject.set(name, group);
    group.operations.push(operation);
    group.calls.set(operation.index, call);
  }
  return [...byObject.values()].map(({ object, operations: all, calls }) => ({
    object,
    operations: all,
    optional: new Set(all.filter(({ status }) => status === 'info').map(({ index }) => index)),
    model,
    initial: data.initial,
    calls,
  }));
}

/** As the checker compiles it (`search-tasks.ts`); null for an operation that had no effect and tells nothing. */
function callOf(operation: OperationData, model: Model, dialect: Dialect): Call | null {
  const { f, process, key, input, output, status, error } = operation;
  const call: Call = {
    f,
    process,
    key,
    input,
    output:
      status === 'ok' && !(output === null && dialect.nilRead === 'unknown') ? output : undefined,
    outcome: status === 'ok' ? 'ok' : 'unknown',
  };
  if (f === 'cas' && output === false) return { ...call, outcome: 'refused' };
  if (status !== 'fail') return call;
  return model.refuses?.(call, error, dialect) === true ? { ...call, outcome: 'refused' } : null;
}

/**
 * Replays an arrangement on the model, operation by operation: each must come after all that had ended before it began,
 * and must be able to answer as it did. The first that cannot is named, with the reason.
 */
export function judgeOrder(puzzle: Puzzle, order: readonly number[]): OrderVerdict {
  const { model, calls } = puzzle;
  const byIndex = new Map(puzzle.operations.map((operation) => [operation.index, operation]));
  let state: unknown = model.init(puzzle.initial);
  const states: unknown[] = [];
  const done = new Set<number>();
  const byEnd = puzzle.operations
    .filter(({ complete }) => complete !== null)
    .sort((a, b) => a.complete! - b.complete!);
  let waiting = 0;
  for (const index of order) {
    const operation = byIndex.get(index)!;
    while (waiting < byEnd.length && done.has(byEnd[waiting]!.index)) waiting += 1;
    const skipped = byEnd[waiting];
    if (skipped !== undefined && skipped.complete! < operation.invoke)
      return broken(
        index,
        `${nameOf(operation)} cannot come here: ${nameOf(skipped)} had ended before it began, so it has to come first.`,
        states,
      );
    const next = model.step(state, calls.get(index)!);
    if (next === undefined)
      return broken(
        index,
        `${nameOf(operation)} cannot come here: ${whyNot(operation, state, model)}`,
        states,
      );
    state = next;
    states.push(state);
    done.add(index);
  }
  const left = puzzle.operations.filter(
    ({ index }) => !done.has(index) && !puzzle.optional.has(index),
  );
  if (left.length > 0)
    return {
      kind: 'incomplete',
      operation: -1,
      sentence: `So far so good. Still to place: ${left.slice(0, 5).map(nameOf).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}.`,
      states,
    };
  return { kind: 'explains', operation: -1, sentence: 'This order explains every answer.', states };
}

function broken(operation: number, sentence: string, states: readonly unknown[]): OrderVerdict {
  return { kind: 'breaks', operation, sentence, states };
}

function nameOf(operation: OperationData): string {
  return `#${operation.index} (${requestText(operation)} ${answerText(operation)})`;
}

function whyNot(operation: OperationData, state: unknown, model: Model): string {
  const held = stateText(state);
  const subject =
    typeof operation.key === 'string'
      ? `${operation.key} is ${held}`
      : `the ${model.name} is ${held}`;
  const { status, output } = operation;
  if (status === 'fail') return `${subject} then, and it was refused.`;
  return output === null || output === undefined
    ? `${subject} then, and it is not possible in that state.`
    : `${subject} then, and it answered ${JSON.stringify(output)}.`;
}

export function stateText(state: unknown): string {
  return state === undefined || state === null ? 'empty' : canonicalJson(state);
}
