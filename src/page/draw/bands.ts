import type { FaultData } from '../../report/html/report-data.ts';
import { FAULT_ROW_HEIGHT } from '../layout/lanes.ts';
import { drawPattern } from './tones.ts';
import { clampX, isMoment, laneOf, type Scene } from './scene.ts';

/** Where a fault stands on the picture; null when it is not in view. */
export function faultExtent(scene: Scene, fault: FaultData): [number, number] | null {
  if (fault.startUs === null) return null;
  const { axis, x, model } = scene;
  const from = fault.startRow >= 0 ? x(axis.ofRow(fault.startRow)) : x(axis.ofTime(fault.startUs));
  const to = isMoment(fault)
    ? from + 8
    : fault.endRow >= 0
      ? x(axis.ofRow(fault.endRow))
      : x(fault.endUs === null ? axis.end : axis.ofTime(Math.min(fault.endUs, model.endUs)));
  return clampX(scene, from, to);
}

/** Faults as bands: a tint over the lanes they are about, by side for partitions, and a row with their names. */
export function drawFaultTints(context: CanvasRenderingContext2D, scene: Scene): void {
  for (const fault of scene.model.data.head.faults) {
    const extent = faultExtent(scene, fault);
    if (extent === null || isPoint(fault)) continue;
    const [from, to] = extent;
    const groups = fault.sides.length > 0 ? fault.sides : [fault.targets];
    for (const [side, group] of groups.entries())
      for (const node of group)
        tintLane(context, scene, node, side, from, to, fault.sides.length > 0);
  }
}

/** Kills and the like are seen as gaps of the lane itself; a clock step lasts no time. */
function isPoint({ kind }: FaultData): boolean {
  return ['kill', 'power-loss', 'disk-loss', 'pause', 'clock-step', 'fire-timer'].includes(kind);
}

function tintLane(
  context: CanvasRenderingContext2D,
  scene: Scene,
  node: number,
  side: number,
  from: number,
  to: number,
  split: boolean,
): void {
  const lane = laneOf(scene, node);
  if (lane === undefined) return;
  const { sides, dark } = scene.palette;
  context.globalAlpha = dark ? 0.26 : 0.2;
  context.fillStyle = sides[split ? side % sides.length : 0] ?? '#888';
  context.fillRect(from, lane.top, to - from, lane.height);
  context.globalAlpha = 1;
  if (!split || side !== 0 || to - from < 2) return;
  context.save();
  context.beginPath();
  context.rect(from, lane.top, to - from, lane.height);
  context.clip();
  context.globalAlpha = 0.22;
  drawPattern(context, 'stripes', from, lane.top, to - from, lane.height);
  context.restore();
}

export function drawFaultNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const { faults } = scene.model.data.head;
  const { layout, palette, fixtures } = scene;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const named: number[] = [];
  for (const [index, fault] of faults.entries()) {
    const extent = faultExtent(scene, fault);
    const row = fixtures.faultRows[index]!;
    if (extent === null || row < 0) continue;
    const [from, to] = extent;
    const y = layout.faultTop + row * FAULT_ROW_HEIGHT;
    context.save();
    context.beginPath();
    context.rect(from, y, Math.max(2, to - from), FAULT_ROW_HEIGHT - 3);
    context.globalAlpha = fault.effect > 0 ? 1 : 0.45;
    context.fillStyle = palette.sides[0] ?? '#888';
    context.fill();
    context.clip();
    drawPattern(context, 'stripes', from, y, to - from, FAULT_ROW_HEIGHT);
    context.restore();
    const free = from >= (named[row] ?? -Infinity);
    if (free) named[row] = drawName(context, scene, fault, from, to, y);
  }
}

/** Returns where there is room for the next one. */
function drawName(
  context: CanvasRenderingContext2D,
  { palette, left, width }: Scene,
  fault: FaultData,
  from: number,
  to: number,
  y: number,
): number {
  const name = `${fault.id} ${fault.kind}${fault.effect > 0 ? '' : ' (no effect)'}`;
  const textWidth = context.measureText(name).width;
  const inside = textWidth + 8 < to - from;
  const at = inside ? Math.max(from, left) + 4 : Math.min(to + 4, left + width - textWidth);
  if (!inside && to + textWidth + 4 > left + width) return to;
  const middle = y + (FAULT_ROW_HEIGHT - 3) / 2 + 0.5;
  context.fillStyle = palette.background;
  context.globalAlpha = 0.82;
  context.fillRect(at - 2, y + 1, textWidth + 4, FAULT_ROW_HEIGHT - 5);
  context.globalAlpha = 1;
  context.fillStyle = palette.text;
  context.fillText(name, at, middle);
  return Math.max(to, at + textWidth + 4);
}
