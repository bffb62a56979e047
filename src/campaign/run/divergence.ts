import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { formatDuration } from '../../scenario/units.ts';
import { firstDivergence, type Divergence } from '../../sim/engine/divergence.ts';
import { KIND_NAMES } from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';

/**
 * Runs `first` again. Null when the second run is equal; otherwise what a person needs to find the leak: the first event
 * in which two further runs part, or, when those agree with each other, that the runs depend on what ran before.
 */
export function findDivergence(
  scenario: Scenario,
  first: RunResult,
  invariants: boolean,
): string | null {
  const again = (trace: 'off' | 'events'): RunResult =>
    runScenario(scenario, { seed: first.seed, trace, invariants });
  const second = again('off');
  if (second.hash === first.hash) return null;
  const [left, right] = [again('events'), again('events')];
  const divergence = firstDivergence(left.trace, right.trace);
  const names = [...scenario.servers, ...scenario.clients];
  const where =
    divergence === null
      ? `the hashes were ${first.hash} and ${second.hash}; later runs agree (${left.hash}). Suspect: state outside the nodes that an earlier run left behind (a module variable, a cache).`
      : `${divergenceText(divergence, names)}. Suspect: ${suspect(divergence)}`;
  return `two runs of ${scenario.name} seed ${first.seed} differ: ${where}`;
}

/** `first divergent event 381 at 1.204 s: n2 sends to n1; the other run: n2 sends to n3`. */
export function divergenceText(
  { event, left, right }: Divergence,
  names: readonly string[],
): string {
  return `first divergent event ${event}: ${rowText(left, names)}; the other run: ${rowText(right, names)}`;
}

export function rowText(row: TraceRow | null, names: readonly string[]): string {
  if (row === null) return 'had ended';
  const node = row.node < 0 ? 'the world' : (names[row.node] ?? `node ${row.node}`);
  const peer = row.peer < 0 ? '' : ` (peer ${names[row.peer] ?? String(row.peer)})`;
  return `${node} ${KIND_NAMES[row.kind] ?? `kind ${row.kind}`}${peer} at ${formatDuration(row.timeUs)}`;
}

function suspect({ left, right }: Divergence): string {
  if (left !== null && right !== null && left.draws !== right.draws)
    return 'one run drew more random numbers by then: a draw that depends on something outside the seed.';
  if (left !== null && right !== null && left.digest !== right.digest && left.kind === right.kind)
    return 'the same step with other contents: a value that comes from outside the run (a counter, a clock, an order of keys).';
  return 'node code that reads something outside its env (Date, Math.random, a module variable, the order of a set).';
}
