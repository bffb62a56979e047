import type { RunModel } from '../../src/page/model/run-model.ts';

/** The definition, without cleverness: everything reachable over causes and over what a node did before. */
export function causalPastOf(run: RunModel, row: number): Set<number> {
  const found = new Set<number>();
  const waiting = [row];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at < 0 || found.has(at)) continue;
    found.add(at);
    waiting.push(run.data.rows.cause[at]!, run.previous[at]!);
  }
  return found;
}
