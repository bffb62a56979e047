import { canonicalJson } from '../../history/canonical-json.ts';
import type { Model } from './model.ts';

/** A log as its last entry and the log before it, so that appending costs the same however long it is. */
export interface LogState {
  readonly before: LogState | undefined;
  readonly entry: unknown;
  readonly length: number;
  /** Equal logs that grew from one start have equal numbers. */
  readonly number: number;
  readonly longer: Map<string, LogState>;
  readonly numbers: { last: number };
}

/** An append-only log: `append` (may answer its offset, from 0), `read` of all entries, `read` of the entry at an offset. */
export const log: Model<LogState> = {
  name: 'log',
  functions: ['append', 'read', 'get', 'length'],
  init: () => ({
    before: undefined,
    entry: undefined,
    length: 0,
    number: 0,
    longer: new Map(),
    numbers: { last: 0 },
  }),
  identity: (state) => String(state.number),
  isPure: (call) => call.f !== 'append',
  step(state, call) {
    if (call.f === 'append')
      return typeof call.output === 'number' &&
        call.output !== call.input &&
        call.output !== state.length
        ? undefined
        : appended(state, call.input);
    if (call.output === undefined) return state;
    if (call.f === 'length') return call.output === state.length ? state : undefined;
    const holds =
      typeof call.input === 'number'
        ? canonicalJson(entryAt(state, call.input)) === canonicalJson(call.output)
        : readsAs(state, call.output);
    return holds ? state : undefined;
  },
};

function appended(state: LogState, entry: unknown): LogState {
  const name = canonicalJson(entry);
  let after = state.longer.get(name);
  if (after === undefined) {
    const number = ++state.numbers.last;
    const { length, numbers } = state;
    after = { before: state, entry, length: length + 1, number, longer: new Map(), numbers };
    state.longer.set(name, after);
  }
  return after;
}

/** Null beyond the end. */
function entryAt(state: LogState, offset: number): unknown {
  if (offset < 0 || offset >= state.length) return null;
  let at = state;
  while (at.length > offset + 1) at = at.before!;
  return at.entry;
}

function readsAs(state: LogState, seen: unknown): boolean {
  if (!Array.isArray(seen) || seen.length !== state.length) return false;
  for (let at = state; at.before !== undefined; at = at.before)
    if (canonicalJson(at.entry) !== canonicalJson(seen[at.length - 1])) return false;
  return true;
}
