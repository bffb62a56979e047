import { canonicalJson } from '../../history/canonical-json.ts';
import type { Dialect, History, Operation } from '../../history/history.ts';
import type { Verdict } from '../verdict.ts';

/**
 * A data type as the verifier needs it: the state after an operation, or `undefined` when it cannot end like this. It is given
 * the recorded operation itself and shares nothing with the searches.
 */
export interface VerifiedObject {
  readonly initial: unknown;
  readonly step: (state: unknown, op: Operation) => unknown;
  /** `must`: it happened. `may`: it may have. `ignore`: it says and does nothing. */
  readonly role: (op: Operation) => 'must' | 'may' | 'ignore';
  /** Never changes the state. */
  readonly observes: (op: Operation) => boolean;
}

export interface Verification {
  readonly accepted: boolean;
  /** Why it was not accepted; what was checked if it was. */
  readonly reason: string;
}

const MOST_STEPS = 2_000_000;
/** The verifier goes one call deep for each operation. */
const MOST_OPERATIONS = 1_000;

/**
 * Checks a verdict's certificate on its own: an order by replaying it, a core by trying every order of its operations, among
 * which every other operation of the object may or may not have happened within its own interval.
 */
export function verifyVerdict(
  history: History,
  verdict: Verdict,
  object: VerifiedObject,
): Verification {
  const { certificate } = verdict;
  if (certificate === undefined) return { accepted: false, reason: 'there is no certificate' };
  if (certificate.kind === 'core')
    return verifyCore(history, certificate.core, object, certificate.settledBefore ?? 0);
  return verifyOrders(history, certificate.orders, object);
}

/** The verifier's own reading of a register, a cas register and a store without append. */
export function verifiedRegister(dialect: Dialect): VerifiedObject {
  const reads = ['read', 'get', 'r'];
  const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
  const refused = (op: Operation): boolean =>
    op.f === 'cas' &&
    (op.status === 'ok'
      ? op.output === false
      : op.status === 'fail' &&
        (dialect.casFail === 'compare-failed' ||
          (dialect.casFail === 'compare-if-said' &&
            (op.error ?? '').toLowerCase().includes('compare'))));
  return {
    initial: dialect.initial ?? null,
    observes: (op) => reads.includes(op.f) || refused(op),
    role(op) {
      if (op.status === 'fail') return refused(op) ? 'must' : 'ignore';
      const tellsNothing =
        reads.includes(op.f) &&
        (op.status === 'info' ||
          op.output === undefined ||
          (op.output === null && dialect.nilRead === 'unknown'));
      if (tellsNothing) return 'ignore';
      return op.status === 'info' ? 'may' : 'must';
    },
    step(state, op) {
      if (reads.includes(op.f)) return same(state, op.output) ? state : undefined;
      if (op.f === 'delete') return null;
      if (op.f !== 'cas') return op.input ?? null;
      const [from, to] = op.input as [unknown, unknown];
      if (refused(op)) return same(state, from) ? undefined : state;
      return same(state, from) ? to : undefined;
    },
  };
}

function verifyOrders(
  history: History,
  orders: readonly (readonly number[])[],
  object: VerifiedObject,
): Verification {
  const seen = new Set<number>();
  for (const order of orders) {
    let state = object.initial;
    let begun = -1;
    for (const index of order) {
      const op = history.operation(index);
      if (seen.has(index)) return { accepted: false, reason: `#${index} is in the order twice` };
      seen.add(index);
      // Whoever comes later must not have ended before someone earlier began.
      if (op.complete < begun)
        return { accepted: false, reason: `#${index} ended before an operation ahead of it began` };
      begun = Math.max(begun, op.invoke);
      const after = object.step(state, op);
      if (after === undefined)
        return {
          accepted: false,
          reason: `#${index} cannot end like this after ${canonicalJson(state)}`,
        };
      state = after;
    }
  }
  const missing = history
    .operations()
    .find((op) => object.role(op) === 'must' && !seen.has(op.index));
  if (missing !== undefined)
    return { accepted: false, reason: `#${missing.index} is missing from the order` };
  return { accepted: true, reason: `replayed ${seen.size} operations` };
}

function verifyCore(
  history: History,
  core: readonly number[],
  object: VerifiedObject,
  settledBefore: number,
): Verification {
  if (core.length === 0) return { accepted: false, reason: 'the core is empty' };
  const must = core.map((index) => history.operation(index));
  const first = must[0]!;
  for (const op of must)
    if (
      object.role(op) !== 'must' ||
      canonicalJson(op.key ?? null) !== canonicalJson(first.key ?? null)
    )
      return { accepted: false, reason: `#${op.index} does not belong in this core` };
  const last = Math.max(...must.map((op) => op.complete));
  if (settledBefore > 0)
    for (const op of history.operations())
      if (
        op.invoke < settledBefore &&
        op.complete <= last &&
        !core.includes(op.index) &&
        object.role(op) === 'must' &&
        canonicalJson(op.key ?? null) === canonicalJson(first.key ?? null)
      )
        must.push(op);
  if (must.length > MOST_OPERATIONS)
    return { accepted: false, reason: 'too large to try every order' };
  const required = new Set(must.map((op) => op.index));
  const may = history
    .operations()
    .filter(
      (op) =>
        !required.has(op.index) &&
        object.role(op) !== 'ignore' &&
        !object.observes(op) &&
        op.invoke < last &&
        canonicalJson(op.key ?? null) === canonicalJson(first.key ?? null),
    );
  const budget = { steps: MOST_STEPS };
  const found = someOrder(must, may, object.initial, object, -1, new Set(), budget);
  if (budget.steps <= 0) return { accepted: false, reason: 'too large to try every order' };
  return found
    ? { accepted: false, reason: 'these operations do have an order' }
    : { accepted: true, reason: `tried every order of ${must.length} operations` };
}

/** Whether the rest can be ordered. `now` is the latest invocation so far: what ended before it can no longer happen. */
function someOrder(
  must: readonly Operation[],
  may: readonly Operation[],
  state: unknown,
  object: VerifiedObject,
  now: number,
  failed: Set<string>,
  budget: { steps: number },
): boolean {
  if (must.length === 0) return true;
  if (must.some((op) => op.complete < now) || budget.steps-- <= 0) return false;
  const left = may.filter((op) => op.complete > now);
  const name = `${canonicalJson(state)} ${must.map((op) => op.index).join()} ${left.map((op) => op.index).join()} ${now}`;
  if (failed.has(name)) return false;
  const deadline = Math.min(...must.map((op) => op.complete));
  for (const op of [...must, ...left]) {
    if (op.invoke > deadline) continue;
    const after = object.step(state, op);
    if (after === undefined) continue;
    const rest = must.filter((other) => other !== op);
    const optional = left.filter((other) => other !== op);
    const later = Math.max(now, op.invoke);
    if (someOrder(rest, optional, after, object, later, failed, budget)) return true;
  }
  failed.add(name);
  return false;
}
