import type { FaultData } from '../../report/html/report-data.ts';
import { FAULT_ROW_HEIGHT } from '../layout/lanes.ts';
import { drawPattern } from './tones.ts';
import { clampX, isMoment, laneOf, type Scene } from './scene.ts';

/** Of fewer pixels nobody reads a name. */
const LEAST_NAME = 24;

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

interface NamedBand {
  readonly fault: FaultData;
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

/** The rows of faults above the lanes: a bar for each, and its name as far as there is room until the next bar. */
export function drawFaultNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const rows = new Map<number, NamedBand[]>();
  for (const [index, fault] of scene.model.data.head.faults.entries()) {
    const extent = faultExtent(scene, fault);
    const row = scene.fixtures.faultRows[index]!;
    if (extent === null || row < 0) continue;
    const y = scene.layout.faultTop + row * FAULT_ROW_HEIGHT;
    const bands = rows.get(row) ?? [];
    bands.push({ fault, from: extent[0], to: extent[1], y });
    rows.set(row, bands);
  }
  for (const row of rows.values()) {
    row.sort((a, b) => a.from - b.from);
    for (const band of row) drawBand(context, scene, band);
    let free = -Infinity;
    for (const [at, band] of row.entries()) {
      const next = row[at + 1]?.from ?? scene.left + scene.width;
      if (band.from >= free) free = drawName(context, scene, band, next);
      free = Math.max(free, band.to);
    }
  }
}

function drawBand(
  context: CanvasRenderingContext2D,
  { palette }: Scene,
  { fault, from, to, y }: NamedBand,
): void {
  context.globalAlpha = fault.effect > 0 ? 1 : 0.45;
  context.fillStyle = palette.sides[0] ?? '#888';
  const width = Math.max(2, to - from);
  context.fillRect(from, y, width, FAULT_ROW_HEIGHT - 3);
  context.globalAlpha = 1;
  if (width < 4) return;
  context.save();
  context.beginPath();
  context.rect(from, y, width, FAULT_ROW_HEIGHT - 3);
  context.clip();
  drawPattern(context, 'stripes', from, y, width, FAULT_ROW_HEIGHT);
  context.restore();
}

/** In the bar, or else beside it and as far as `next`; returns where the text ends. */
function drawName(
  context: CanvasRenderingContext2D,
  { palette, left }: Scene,
  { fault, from, to, y }: NamedBand,
  next: number,
): number {
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const name = `${fault.id} ${fault.kind}${fault.effect > 0 ? '' : ' (no effect)'}`;
  const inside = Math.min(to, next) - from - 8;
  const beside = next - to - 8;
  const room = Math.max(inside, beside);
  if (room < LEAST_NAME) return from;
  const whole = context.measureText(name).width;
  const text = whole <= inside || whole <= beside ? name : shortened(context, name, room);
  const at = whole <= inside || inside >= beside ? Math.max(from, left) + 4 : to + 4;
  const textWidth = Math.min(whole, context.measureText(text).width);
  context.fillStyle = palette.background;
  context.globalAlpha = 0.82;
  context.fillRect(at - 2, y + 1, textWidth + 4, FAULT_ROW_HEIGHT - 5);
  context.globalAlpha = 1;
  context.fillStyle = palette.text;
  context.fillText(text, at, y + (FAULT_ROW_HEIGHT - 3) / 2 + 0.5);
  return at + textWidth + 4;
}

/** As much of a text as fits, with an ellipsis; its first words tell the fault from others. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  let end = text.length - 1;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}
