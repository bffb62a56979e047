import { canonicalJson } from '../../../src/history/canonical-json.ts';
import type { History, Operation } from '../../../src/history/history.ts';

/** What an operation may do to a state in the oracle: the state after it, or undefined. Written anew for each data type. */
export type OracleStep = (state: unknown, op: Operation) => unknown;

/** Which operations count: `must` have happened, `may` have happened, or say nothing. */
export type OracleRole = (op: Operation) => 'must' | 'may' | 'nothing';

/**
 * Tries every order of a small history, one object at a time: no memory, no pruning but real time. Up to about 8 operations an
 * object.
 */
export function bruteForce(
  history: History,
  initial: unknown,
  step: OracleStep,
  role: OracleRole,
): boolean {
  const objects = new Map<string, Operation[]>();
  for (const op of history.operations()) {
    if (role(op) === 'nothing') continue;
    const key = canonicalJson(op.key ?? null);
    objects.set(key, [...(objects.get(key) ?? []), op]);
  }
  return [...objects.values()].every((ops) => someOrder(ops, initial, step, role));
}

function someOrder(
  left: readonly Operation[],
  state: unknown,
  step: OracleStep,
  role: OracleRole,
): boolean {
  if (left.every((op) => role(op) === 'may')) return true;
  return left.some((op) => {
    if (left.some((other) => other !== op && role(other) === 'must' && other.complete < op.invoke))
      return false;
    const after = step(state, op);
    if (after === undefined) return false;
    const rest = left.filter((other) => other !== op);
    return someOrder(rest, after, step, role);
  });
}
