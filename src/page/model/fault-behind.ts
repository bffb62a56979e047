import * as Kind from '../../sim/engine/event-kind.ts';
import type { FaultData } from '../../report/html/report-data.ts';
import { cone, PAST } from './causality.ts';
import type { RunModel } from './run-model.ts';

/**
 * The fault that most likely bent what happened at a row: it had begun and bitten, and the nodes it was about had a part
 * in the row. Those about the node that served the client count more than those about others, and later ones more than
 * earlier ones. Null when no fault had begun.
 */
export function faultBehind(model: RunModel, row: number): FaultData | null {
  const { faults } = model.data.head;
  const began = faults.filter(
    ({ startRow, effect }) => startRow >= 0 && startRow <= row && effect > 0,
  );
  if (began.length === 0) return null;
  const near = nodesNear(model, row);
  const score = ({ targets, endRow, startRow }: FaultData): number => {
    const about = targets.some((node) => near.direct.has(node))
      ? 2
      : targets.some((node) => near.past.has(node))
        ? 1
        : 0;
    const lasts = endRow < 0 || endRow >= near.firstRow ? 1 : 0;
    return (about * 2 + lasts) * model.count + startRow;
  };
  return began.reduce((best, fault) => (score(fault) > score(best) ? fault : best));
}

interface Near {
  /** The row's own node, and who spoke to it last. */
  readonly direct: ReadonlySet<number>;
  readonly past: ReadonlySet<number>;
  /** Where the operation that ends at the row began; else the row. */
  readonly firstRow: number;
}

function nodesNear(model: RunModel, row: number): Near {
  const { kind, node, peer } = model.data.rows;
  const operation = model.operation(model.operationOfRow[row]!);
  const firstRow = operation === undefined ? row : operation.invokeRow;
  const direct = new Set<number>();
  const past = new Set<number>();
  const actor = model.actorOf(row);
  const isServer = (id: number): boolean => model.data.head.nodes[id]?.kind === 'server';
  if (isServer(actor)) direct.add(actor);
  // Whoever the client heard from last while it waited has served it.
  for (let at = row; at >= firstRow && at >= 0 && direct.size === 0; at -= 1)
    if (kind[at] === Kind.DELIVER && node[at] === actor && isServer(peer[at]!))
      direct.add(peer[at]!);
  const grade = cone(model, row);
  for (let at = firstRow; at <= row; at += 1)
    if (grade[at] === PAST && node[at]! >= 0) past.add(node[at]!);
  return { direct, past, firstRow };
}

/** The fault that stopped a message: the last that began of those whose cut or rule lies between these nodes. */
export function faultOfLoss(model: RunModel, row: number): FaultData | null {
  const { kind, node, peer, a } = model.data.rows;
  if (kind[row] !== Kind.DROP) return null;
  const reason = Kind.DROP_REASONS[a[row]!];
  if (reason === 'loss' || reason === 'burst loss' || reason === 'queue full') return null;
  const [from, to] = [node[row]!, peer[row]!];
  const active = model.data.head.faults.filter(
    (fault) =>
      fault.startRow >= 0 &&
      fault.startRow <= row &&
      (fault.endRow < 0 || fault.endRow >= row) &&
      stops(fault, reason ?? '', from, to),
  );
  return active.at(-1) ?? null;
}

const CUTTING: ReadonlySet<string> = new Set(['bridge', 'ring', 'links', 'one-way']);
const STOPPING: ReadonlySet<string> = new Set(['kill', 'power-loss', 'disk-loss', 'failed-sync']);

function stops(
  { kind, sides, targets, far }: FaultData,
  reason: string,
  from: number,
  to: number,
): boolean {
  if (reason === 'node down') return STOPPING.has(kind) && targets.includes(to);
  if (reason === 'rule' || reason === 'corrupt')
    return kind === 'messages' && targets.includes(from) && (far.length === 0 || far.includes(to));
  if (reason !== 'partition') return false;
  if (sides.length > 0) {
    const sideOf = (id: number): number => sides.findIndex((side) => side.includes(id));
    return sideOf(from) >= 0 && sideOf(to) >= 0 && sideOf(from) !== sideOf(to);
  }
  return CUTTING.has(kind) && targets.includes(from) && (far.length === 0 || far.includes(to));
}
