import * as Kind from '../../sim/engine/event-kind.ts';
import { causeOf, effectsOf } from '../model/causality.ts';
import { faultBehind } from '../model/fault-behind.ts';
import type { OpenRun } from './open-run.ts';

/** Steps of the cursor: given a row, the row to go to, or -1. Shared by keys, buttons and the transport's slider. */
export function nextEvent({ model }: OpenRun, row: number, direction: 1 | -1): number {
  const at = direction === 1 ? (model.lastRowOfEvent[row] ?? row) + 1 : model.headOf(row) - 1;
  if (at < 0 || at >= model.count) return -1;
  return direction === 1 ? at : model.headOf(at);
}

export function nextOnSameNode({ model }: OpenRun, row: number, direction: 1 | -1): number {
  const { node, kind } = model.data.rows;
  const own = node[row]!;
  for (let at = row + direction; at >= 0 && at < model.count; at += direction)
    if (node[at] === own && kind[at]! < Kind.FIRST_INNER_KIND) return at;
  return -1;
}

export function nextFault({ model }: OpenRun, row: number, direction: 1 | -1): number {
  const edges = model.data.head.faults
    .flatMap(({ startRow, endRow }) => [startRow, endRow])
    .filter((edge) => edge >= 0)
    .sort((a, b) => a - b);
  return direction === 1
    ? (edges.find((edge) => edge > row) ?? -1)
    : (edges.findLast((edge) => edge < row) ?? -1);
}

/** Where properties were seen violated: the answer of the culprit, and the events of broken invariants. */
export function violationRows({ model }: OpenRun): number[] {
  const { properties, operations, violationRow } = model.data.head;
  const rows = properties
    .filter(({ verdict }) => verdict === 'violated')
    .flatMap(({ event, operations: core }) => [
      event === null ? -1 : model.rowOfEvent(event),
      ...(core.length === 0 ? [] : [operations[core.at(-1)!]?.completeRow ?? -1]),
    ]);
  return [...new Set([violationRow, ...rows])].filter((row) => row >= 0).sort((a, b) => a - b);
}

export function nextViolation(run: OpenRun, row: number, direction: 1 | -1): number {
  const rows = violationRows(run);
  const found = direction === 1 ? rows.find((one) => one > row) : rows.findLast((one) => one < row);
  return found ?? (direction === 1 ? rows[0] : rows.at(-1)) ?? -1;
}

export function nextOfOperation({ model }: OpenRun, row: number, operation: number): number {
  const chosen = model.operation(operation);
  if (chosen === undefined) return -1;
  const { invokeRow, completeRow } = chosen;
  if (row < invokeRow || row >= completeRow) return invokeRow;
  return nextMessageOf(model, row, completeRow, chosen.node);
}

function nextMessageOf(model: OpenRun['model'], row: number, end: number, node: number): number {
  const { node: nodes, peer, kind } = model.data.rows;
  for (let at = row + 1; at < end; at += 1)
    if (
      (kind[at] === Kind.SEND || kind[at] === Kind.DELIVER) &&
      (nodes[at] === node || peer[at] === node)
    )
      return at;
  return end;
}

export function causeRow({ model }: OpenRun, row: number): number {
  return causeOf(model, row);
}

export function effectRow({ model }: OpenRun, row: number): number {
  return effectsOf(model, row, 1)[0] ?? -1;
}

/** The fault that bent what happened here; its first row. */
export function faultRow({ model }: OpenRun, row: number): number {
  return faultBehind(model, row)?.startRow ?? -1;
}
