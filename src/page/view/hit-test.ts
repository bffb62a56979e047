import * as Kind from '../../sim/engine/event-kind.ts';
import { arrowOf, sendsInView } from '../draw/messages.ts';
import { operationExtent, operationsInView } from '../draw/operations.ts';
import { faultExtent } from '../draw/bands.ts';
import { laneAt, FAULT_ROW_HEIGHT } from '../layout/lanes.ts';
import { rowX, type Scene } from '../draw/scene.ts';
import { operationText } from '../model/operation-words.ts';

/** Something drawn: the row it stands for (-1: none), the operation (-1: none), and what it says. */
export interface Hit {
  readonly row: number;
  readonly operation: number;
  readonly text: string;
}

const NEAR = 5;

/** What stands nearest to a point: operations and fault names first, then events, then messages. */
export function hitAt(scene: Scene, x: number, y: number): Hit | null {
  if (x < scene.left) return null;
  return (
    faultAt(scene, x, y) ??
    operationAt(scene, x, y) ??
    eventAt(scene, x, y) ??
    messageAt(scene, x, y) ??
    segmentAt(scene, x, y)
  );
}

function faultAt(scene: Scene, x: number, y: number): Hit | null {
  const { layout, fixtures, model } = scene;
  const at = Math.floor((y - layout.faultTop) / FAULT_ROW_HEIGHT);
  if (at < 0 || at >= layout.faultRows) return null;
  for (const [index, fault] of model.data.head.faults.entries()) {
    const extent = faultExtent(scene, fault);
    if (fixtures.faultRows[index] !== at || extent === null) continue;
    if (x < extent[0] - 2 || x > Math.max(extent[1], extent[0] + 6)) continue;
    const on = fault.targets.map((node) => model.names[node]).join(', ');
    return {
      row: fault.startRow,
      operation: -1,
      text: `${fault.text}\non ${on || 'nobody'}; effect ${fault.effect}`,
    };
  }
  return null;
}

function operationAt(scene: Scene, x: number, y: number): Hit | null {
  const lane = laneAt(scene.layout, y);
  if (lane === undefined || y < lane.barTop || y > lane.barTop + lane.barHeight) return null;
  const { model } = scene;
  for (const operation of operationsInView(scene)) {
    if (operation.node !== lane.node) continue;
    const extent = operationExtent(scene, operation);
    if (extent === null || x < extent[0] - 2 || x > extent[1] + 2) continue;
    const row = operation.completeRow >= 0 ? operation.completeRow : operation.invokeRow;
    return { row, operation: operation.index, text: operationText(operation, model.names) };
  }
  return null;
}

function eventAt(scene: Scene, x: number, y: number): Hit | null {
  const lane = laneAt(scene.layout, y);
  if (lane === undefined || Math.abs(y - lane.lineY) > 7) return null;
  const { model } = scene;
  const { kind, node } = model.data.rows;
  let best = -1;
  let distance = NEAR;
  for (let row = scene.firstRow; row < scene.endRow; row += 1) {
    if (node[row] !== lane.node) continue;
    if (kind[row]! >= Kind.FIRST_INNER_KIND && kind[row] !== Kind.MARK) continue;
    const away = Math.abs(rowX(scene, row) - x);
    if (away < distance) [best, distance] = [row, away];
  }
  return best < 0 ? null : rowHit(scene, best);
}

function messageAt(scene: Scene, x: number, y: number): Hit | null {
  if (scene.endRow - scene.firstRow > 30_000) return null;
  let best = -1;
  let distance = NEAR;
  for (const send of sendsInView(scene)) {
    const arrow = arrowOf(scene, send);
    if (arrow === null) continue;
    const away = distanceToLine(x, y, arrow.x1, arrow.y1, arrow.x2, arrow.y2);
    if (away < distance) [best, distance] = [send, away];
  }
  if (best < 0) return null;
  const { model } = scene;
  const end = model.fate[best]!;
  const hit = rowHit(scene, end >= 0 ? end : best);
  const way =
    end >= 0
      ? ` (${((model.timeUs(end) - model.timeUs(best)) / 1_000).toFixed(1)} ms on its way)`
      : '';
  return { ...hit, text: `${model.describe(best)}\n${hit.text}${way}` };
}

function segmentAt(scene: Scene, x: number, y: number): Hit | null {
  const lane = laneAt(scene.layout, y);
  if (lane === undefined || y > lane.barTop + lane.barHeight) return null;
  for (const { fromRow, toRow, look } of scene.fixtures.segments[lane.node] ?? [])
    if (x >= rowX(scene, fromRow) && x < rowX(scene, toRow))
      return {
        row: fromRow,
        operation: -1,
        text: `${scene.model.names[lane.node] ?? ''}: ${look.role} ${look.label}`,
      };
  return null;
}

function rowHit({ model }: Scene, row: number): Hit {
  const time = (model.timeUs(row) / 1_000_000).toFixed(6);
  return {
    row,
    operation: model.operationOfRow[row]!,
    text: `${model.describe(row)}\n${time} s, event ${model.data.rows.event[row]!}`,
  };
}

function distanceToLine(
  x: number,
  y: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = Math.max(
    0,
    Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)),
  );
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
