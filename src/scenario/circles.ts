import type { Fault, Moment, Trigger } from '../sim/faults/fault.ts';
import type { Problems } from './problems.ts';
import type { ScriptStep } from './scenario.ts';
import type { Path } from './source-map.ts';

interface Edge {
  readonly id: string;
  /** What happens: a fault starts or ends, a step is invoked or completed. */
  readonly what: string;
  readonly waitsFor: readonly string[];
  readonly path: Path;
}

/** Faults and steps that wait for each other in a circle: none of them ever begins. Those that wait for themselves are reported elsewhere. */
export function reportCircles(
  faults: readonly Fault[],
  steps: readonly ScriptStep[],
  problems: Problems,
): void {
  const edges = new Map<string, Edge>();
  const add = (edge: Edge): void => void edges.set(`${edge.id} ${edge.what}`, edge);
  for (const [index, { id, start, end }] of faults.entries()) {
    const path = ['faults', index];
    add({ id, what: 'start', waitsFor: waits(start), path });
    const until = end !== null && 'until' in end ? waits(end.until) : [];
    add({ id, what: 'end', waitsFor: [`${id} start`, ...until], path });
  }
  for (const [index, { id, start }] of steps.entries()) {
    const path = ['script', index];
    add({ id, what: 'invoke', waitsFor: waits(start), path });
    add({ id, what: 'complete', waitsFor: [`${id} invoke`], path });
  }
  for (const [name, edge] of edges) {
    if (edge.what !== 'start' && edge.what !== 'invoke') continue;
    const ids = circleFrom(name, edges);
    if (new Set(ids).size < 2) continue;
    problems.add(
      edge.path,
      `can never fire: ${ids.join(' waits for ')}`,
      'let one of them begin at a time or on another event',
      'when',
    );
  }
}

function waits(moment: Moment): string[] {
  return 'when' in moment ? awaited(moment.when) : [];
}

function awaited(trigger: Trigger): string[] {
  return trigger.kind === 'fault' || trigger.kind === 'operation'
    ? [`${trigger.id} ${trigger.edge}`]
    : [];
}

/** The ids along a way from `from` back to itself, neighbours that are the same left out; empty when there is none. */
function circleFrom(from: string, edges: ReadonlyMap<string, Edge>): readonly string[] {
  const seen = new Set<string>();
  const visit = (name: string, ids: readonly string[]): readonly string[] => {
    const edge = edges.get(name);
    if (edge === undefined) return [];
    const way = edge.id === ids.at(-1) ? ids : [...ids, edge.id];
    for (const next of edge.waitsFor) {
      const first = edges.get(from)!.id;
      if (next === from) return way.at(-1) === first ? way : [...way, first];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = visit(next, way);
      if (found.length > 0) return found;
    }
    return [];
  };
  return visit(from, []);
}
