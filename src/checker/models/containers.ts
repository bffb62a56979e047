import { canonicalJson } from '../../history/canonical-json.ts';
import type { Model } from './model.ts';

const same = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b);
const sortedTexts = (values: readonly unknown[]): string[] =>
  values.map(canonicalJson).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/**
 * A counter that starts at 0: `add`, `increment`, `decrement` (argument defaults to 1), `read`. A number answered by a change is
 * the counter's value after it.
 */
export const counter: Model<number> = {
  name: 'counter',
  functions: ['add', 'increment', 'inc', 'decrement', 'dec', 'read', 'get'],
  usesInitial: true,
  init: (initial) => (typeof initial === 'number' ? initial : 0),
  identity: String,
  isPure: (call) => call.f === 'read' || call.f === 'get',
  step(state, call) {
    if (call.f === 'read' || call.f === 'get')
      return call.output === undefined || call.output === state ? state : undefined;
    const by = typeof call.input === 'number' ? call.input : 1;
    const after = call.f === 'decrement' || call.f === 'dec' ? state - by : state + by;
    // A change that answers with its own argument (Jepsen style) or with nothing says nothing about the value.
    if (typeof call.output !== 'number' || call.output === call.input) return after;
    return call.output === after ? after : undefined;
  },
  complaint(call) {
    if (call.f === 'read' || call.f === 'get')
      return call.output === undefined || typeof call.output === 'number' || call.outcome !== 'ok'
        ? undefined
        : 'a read of a counter answers a number';
    return call.input === null || call.input === undefined || typeof call.input === 'number'
      ? undefined
      : `${call.f} carries a number, or nothing for 1`;
  },
};

/** A set that starts empty: `add`, `remove`, `contains` (answers true or false), `read` (answers all elements, in any order). */
export const set: Model<readonly string[]> = {
  name: 'set',
  functions: ['add', 'insert', 'remove', 'delete', 'contains', 'read', 'get'],
  init: () => [],
  identity: (state) => state.join(),
  isPure: (call) => call.f === 'contains' || call.f === 'read' || call.f === 'get',
  step(state, call) {
    if (call.f === 'read' || call.f === 'get') {
      if (call.output === undefined || call.output === null) return state;
      const seen = [...new Set(sortedTexts(call.output as unknown[]))];
      return seen.length === state.length && seen.every((text, i) => text === state[i])
        ? state
        : undefined;
    }
    const element = canonicalJson(
      call.f === 'contains' && Array.isArray(call.input) ? call.input[0] : call.input,
    );
    const has = state.includes(element);
    if (call.f === 'contains')
      return call.output === undefined || call.output === has ? state : undefined;
    const adds = call.f === 'add' || call.f === 'insert';
    // A boolean answer says whether the operation changed the set.
    if (typeof call.output === 'boolean' && call.output !== (adds ? !has : has)) return undefined;
    if (adds === has) return state;
    if (!adds) return state.filter((text) => text !== element);
    return [...state, element].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  },
  complaint(call) {
    if (call.f === 'contains' && call.output !== undefined && typeof call.output !== 'boolean')
      return 'contains answers true or false';
    return (call.f === 'read' || call.f === 'get') &&
      call.output !== undefined &&
      call.output !== null &&
      !Array.isArray(call.output)
      ? 'a read of a set answers the list of its elements'
      : undefined;
  },
};

/** A set that is never read as a whole: each element is an object of its own. */
export const setByElement: Model<readonly string[]> = {
  ...set,
  partition: (call) => [call.key ?? null, Array.isArray(call.input) ? call.input : [call.input]],
};

const PUTS: readonly string[] = ['enqueue', 'push', 'add'];
const isPut = (f: string): boolean => PUTS.includes(f);

/** The values of a call that takes one out: the answer, or undefined when it is not known. Null: there was nothing. */
function container(
  name: string,
  puts: string[],
  takes: string[],
  takeFrom: 'head' | 'tail',
): Model<readonly unknown[]> {
  return {
    name,
    functions: [...puts, ...takes, 'peek'],
    init: () => [],
    isPure: (call) => call.f === 'peek' || (!isPut(call.f) && call.output === null),
    step(state, call) {
      if (isPut(call.f)) return [...state, call.input];
      if (state.length === 0)
        return call.output === undefined || call.output === null ? state : undefined;
      const next = takeFrom === 'head' ? state[0] : state.at(-1);
      if (call.output !== undefined && !same(next, call.output)) return undefined;
      if (call.f === 'peek') return state;
      return takeFrom === 'head' ? state.slice(1) : state.slice(0, -1);
    },
    complaint(call) {
      if (isPut(call.f) && (call.input === null || call.input === undefined))
        return `${call.f} carries a value that is not null (null means "empty")`;
      if (!isPut(call.f) && call.outcome === 'ok' && call.output === undefined)
        return `${call.f} answers the value taken, or null when there was none`;
      return undefined;
    },
  };
}

/** First in, first out: `enqueue`, `dequeue` (answers null when empty), `peek`. */
export const queue = container('queue', ['enqueue', 'add'], ['dequeue', 'poll'], 'head');
/** Last in, first out: `push`, `pop` (answers null when empty), `peek`. */
export const stack = container('stack', ['push'], ['pop'], 'tail');
