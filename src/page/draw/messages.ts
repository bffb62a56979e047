import * as Kind from '../../sim/engine/event-kind.ts';
import { FUTURE, PAST } from '../model/causality.ts';
import { laneOf, rowX, type Scene } from './scene.ts';

/** More messages in view than this are drawn as density and bundles, never left out. */
export const MOST_ARROWS = 2_500;
const CROSS = 3.5;
const REASONS_UP_TO = 40;

interface Arrow {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly send: number;
  readonly lost: boolean;
}

/** The sends whose messages are in view: sent in it, arriving in it, or under way during it. */
export function sendsInView(scene: Scene): number[] {
  const { model, firstRow, endRow } = scene;
  const { kind, cause } = model.data.rows;
  const sends: number[] = [];
  for (let row = firstRow; row < endRow; row += 1) {
    if (kind[row] === Kind.SEND) sends.push(row);
    else if (kind[row] === Kind.DELIVER || kind[row] === Kind.DROP) {
      const send = cause[row]!;
      if (send >= 0 && send < firstRow && model.fate[send] === row) sends.push(send);
    }
  }
  for (const send of scene.fixtures.slowSends) {
    if (send >= firstRow) break;
    const end = model.fate[send]!;
    if (end < 0 || end >= endRow) sends.push(send);
  }
  return sends;
}

/** Draws every message: delivered with a head, lost with a cross, doubled twice, slow thick. */
export function drawMessages(
  context: CanvasRenderingContext2D,
  scene: Scene,
  sends: readonly number[],
  grades: Uint8Array | null,
): void {
  const groups = new Map<string, Arrow[]>();
  const { model } = scene;
  for (const send of sends) {
    const arrow = arrowOf(scene, send);
    if (arrow === null) continue;
    const end = model.fate[send]!;
    const grade = grades === null ? 'plain' : gradeOf(grades, send, end);
    const slow = isSlow(scene, send) ? ' slow' : '';
    const name = `${arrow.lost ? 'lost' : grade}${slow}${model.doubled[send] === 1 ? ' doubled' : ''}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [arrow]);
    else group.push(arrow);
  }
  // What the cursor is about is drawn last, over the rest.
  for (const [name, arrows] of [...groups].sort(([a], [b]) => weight(a) - weight(b)))
    drawGroup(context, scene, name, arrows);
  drawReasons(context, scene, [...groups.values()].flat());
}

function weight(name: string): number {
  return name.startsWith('apart') ? 0 : name.startsWith('lost') ? 2 : 1;
}

function gradeOf(grades: Uint8Array, send: number, end: number): string {
  if (grades[send] === FUTURE) return 'future';
  if (grades[send] !== PAST) return 'apart';
  // Sent before, but arrived where it made no difference.
  return end >= 0 && grades[end] === PAST ? 'past' : 'apart';
}

function isSlow({ model }: Scene, send: number): boolean {
  const end = model.fate[send]!;
  return end >= 0 && model.timeUs(end) - model.timeUs(send) > model.slowUs;
}

/** Null when a lane is hidden. A message still under way at the end goes on to the edge. */
export function arrowOf(scene: Scene, send: number): Arrow | null {
  const { model } = scene;
  const { node, peer, kind } = model.data.rows;
  const [from, to] = [laneOf(scene, node[send]!), laneOf(scene, peer[send]!)];
  if (from === undefined || to === undefined) return null;
  const end = model.fate[send]!;
  const lost = end >= 0 && kind[end] === Kind.DROP;
  const x1 = rowX(scene, send);
  let x2 = end < 0 ? rowX(scene, model.count) : rowX(scene, end);
  let y2 = to.lineY;
  if (lost) {
    // Cut on sending: a short stub; lost on arrival: almost there.
    const part = model.timeUs(end) === model.timeUs(send) ? 0.35 : 0.85;
    if (part === 0.35) x2 = x1 + 12;
    y2 = from.lineY + (to.lineY - from.lineY) * part;
  }
  if (node[send] === peer[send]) y2 = from.lineY + 6;
  return { x1, y1: from.lineY, x2, y2, send, lost };
}

function drawGroup(
  context: CanvasRenderingContext2D,
  { palette }: Scene,
  name: string,
  arrows: readonly Arrow[],
): void {
  const color = name.startsWith('lost')
    ? palette.drop
    : name.startsWith('past')
      ? palette.past
      : name.startsWith('future')
        ? palette.future
        : palette.message;
  context.save();
  context.strokeStyle = color;
  context.fillStyle = color;
  context.globalAlpha = name.startsWith('apart') ? 0.38 : name.startsWith('plain') ? 0.6 : 0.95;
  context.lineWidth = name.includes('slow') ? 2.6 : 1.1;
  if (name.startsWith('future')) context.setLineDash([5, 3]);
  context.beginPath();
  for (const { x1, y1, x2, y2 } of arrows) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    if (name.includes('doubled')) {
      context.moveTo(x1 + 3, y1);
      context.lineTo(x2 + 3, y2);
    }
  }
  context.stroke();
  context.setLineDash([]);
  if (name.startsWith('lost')) drawCrosses(context, arrows);
  else drawHeads(context, arrows);
  context.restore();
}

function drawHeads(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  context.beginPath();
  for (const { x1, y1, x2, y2 } of arrows) {
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    context.moveTo(x2, y2);
    context.lineTo(x2 - ux * 6 - uy * 2.6, y2 - uy * 6 + ux * 2.6);
    context.lineTo(x2 - ux * 6 + uy * 2.6, y2 - uy * 6 - ux * 2.6);
  }
  context.fill();
}

function drawCrosses(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  context.lineWidth = 1.8;
  context.beginPath();
  for (const { x2, y2 } of arrows) {
    context.moveTo(x2 - CROSS, y2 - CROSS);
    context.lineTo(x2 + CROSS, y2 + CROSS);
    context.moveTo(x2 - CROSS, y2 + CROSS);
    context.lineTo(x2 + CROSS, y2 - CROSS);
  }
  context.stroke();
}

/** Why messages were lost, beside the crosses, as long as there is room. */
function drawReasons(
  context: CanvasRenderingContext2D,
  scene: Scene,
  arrows: readonly Arrow[],
): void {
  const lost = arrows.filter((arrow) => arrow.lost);
  if (lost.length > REASONS_UP_TO) return;
  const { palette, model } = scene;
  context.font = '10px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const taken: { x: number; y: number; width: number; text: string }[] = [];
  for (const { x2, y2, send } of lost) {
    const text = Kind.DROP_REASONS[model.data.rows.a[model.fate[send]!]!] ?? '';
    const width = context.measureText(text).width;
    const at = { x: x2 + 6, y: besideBars(scene, y2), width, text };
    const covers = taken.some(
      (one) =>
        // What was said just beside goes for this cross too.
        Math.abs(one.y - at.y) < (one.text === text ? 24 : 11) &&
        at.x < one.x + one.width + 4 &&
        one.x < at.x + width + 4,
    );
    if (covers) continue;
    taken.push(at);
    context.fillStyle = palette.background;
    context.globalAlpha = 0.75;
    context.fillRect(at.x - 1, at.y - 6, width + 2, 12);
    context.globalAlpha = 1;
    context.fillStyle = palette.drop;
    context.fillText(text, at.x, at.y + 0.5);
  }
}

/** A height at which a text covers no lane's bar, and so not what stands in it. */
function besideBars({ layout }: Scene, y: number): number {
  const half = 6;
  const lane = layout.lanes.find(
    ({ barTop, barHeight }) => y + half > barTop && y - half < barTop + barHeight,
  );
  return lane === undefined ? y : lane.barTop + lane.barHeight + half + 1;
}
