import { ticksBetween, tickText } from '../layout/ticks.ts';
import type { Scene } from './scene.ts';

/** Times below the lanes, the heal, the folds, and where the violation is. */
export function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, palette, left, width } = scene;
  const y = layout.axisTop;
  context.font = '10.5px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.strokeStyle = palette.faint;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, y + 0.5);
  context.lineTo(left + width, y + 0.5);
  context.stroke();
  drawTickTexts(context, scene, y);
  drawFolds(context, scene, y);
  drawHeal(context, scene, y);
  drawViolation(context, scene, y);
}

/** Fine lines at round times, behind everything. */
export function drawGrid(context: CanvasRenderingContext2D, scene: Scene): void {
  context.strokeStyle = scene.palette.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const { at } of ticksOf(scene)) {
    context.moveTo(Math.round(at) + 0.5, 0);
    context.lineTo(Math.round(at) + 0.5, scene.layout.axisTop + 4);
  }
  context.stroke();
}

function drawTickTexts(context: CanvasRenderingContext2D, scene: Scene, y: number): void {
  context.fillStyle = scene.palette.faint;
  context.textAlign = 'center';
  for (const { at, text } of ticksOf(scene)) context.fillText(text, at, y + 12);
  context.textAlign = 'left';
}

function ticksOf(scene: Scene): { readonly at: number; readonly text: string }[] {
  const { axis, state, x, width } = scene;
  const count = Math.max(2, Math.floor(width / 110));
  const [from, to] =
    axis.mode === 'rank'
      ? [state.from, state.to]
      : [axis.timeAt(state.from), axis.timeAt(state.to)];
  const ticks = ticksBetween(from, to, count);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  return ticks.map((tick) =>
    axis.mode === 'rank'
      ? { at: x(tick), text: `event ${tick}` }
      : { at: x(axis.ofTime(tick)), text: tickText(tick, step) },
  );
}

function drawFolds(
  context: CanvasRenderingContext2D,
  { axis, x, palette }: Scene,
  y: number,
): void {
  for (const fold of axis.folds) {
    const at = x(fold.at + (fold.toUs - fold.fromUs - fold.removed) / 2);
    context.strokeStyle = palette.text;
    context.lineWidth = 1;
    context.beginPath();
    for (let up = y; up > 0; up -= 8) {
      context.moveTo(at - 3, up);
      context.lineTo(at + 3, up - 4);
      context.lineTo(at - 3, up - 8);
    }
    context.globalAlpha = 0.35;
    context.stroke();
    context.globalAlpha = 1;
  }
}

function drawHeal(context: CanvasRenderingContext2D, scene: Scene, y: number): void {
  const { healUs } = scene.model.data.head;
  if (healUs === null) return;
  const { axis, palette, left, width } = scene;
  const at = scene.x(axis.ofTime(healUs));
  if (at < left || at > left + width) return;
  context.strokeStyle = palette.future;
  context.setLineDash([2, 4]);
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, 0);
  context.lineTo(at, y);
  context.stroke();
  context.setLineDash([]);
  const text = 'all faults healed';
  const textWidth = context.measureText(text).width;
  context.fillStyle = palette.background;
  context.fillRect(at - textWidth - 8, y - 14, textWidth + 6, 12);
  context.fillStyle = palette.future;
  context.fillText(text, at - textWidth - 5, y - 8);
}

function drawViolation(context: CanvasRenderingContext2D, scene: Scene, y: number): void {
  const { violationRow } = scene.model.data.head;
  if (violationRow < 0) return;
  const { axis, palette, left, width } = scene;
  const at = scene.x(axis.ofRow(violationRow));
  if (at < left || at > left + width) return;
  context.strokeStyle = palette.culprit;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, 8);
  context.lineTo(at, y);
  context.stroke();
  context.fillStyle = palette.culprit;
  context.beginPath();
  context.moveTo(at - 6, 0);
  context.lineTo(at + 6, 0);
  context.lineTo(at, 9);
  context.fill();
}
