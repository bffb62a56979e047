import * as Kind from '../../sim/engine/event-kind.ts';
import { FUTURE, PAST } from '../model/causality.ts';
import { laneOf, rowX, type Scene } from './scene.ts';

/** What happens on the life lines: a dot for every event, a diamond for marks. */
export function drawEvents(
  context: CanvasRenderingContext2D,
  scene: Scene,
  grades: Uint8Array | null,
): void {
  const { model, firstRow, endRow, palette } = scene;
  const { kind, node } = model.data.rows;
  // One path a colour: thousands of small ones would take as many fillings.
  const paths = new Map<string, Path2D>();
  for (let row = firstRow; row < endRow; row += 1) {
    const what = kind[row]!;
    const isMark = what === Kind.MARK;
    if (what >= Kind.FIRST_INNER_KIND && !isMark) continue;
    const lane = laneOf(scene, node[row]!);
    if (lane === undefined) continue;
    const x = rowX(scene, row);
    const grade = grades?.[row];
    const color = grade === PAST ? palette.past : grade === FUTURE ? palette.future : palette.faint;
    let path = paths.get(color);
    if (path === undefined) paths.set(color, (path = new Path2D()));
    if (isMark) diamond(path, x, lane.lineY, 4.5);
    else {
      const [y, radius] = [lane.lineY + 0.5, what === Kind.DELIVER ? 2.4 : 1.6];
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, Math.PI * 2);
    }
  }
  for (const [color, path] of paths) {
    context.fillStyle = color;
    context.fill(path);
  }
}

function diamond(context: Path2D, x: number, y: number, size: number): void {
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
}

/** The cursor: a line through all lanes, and a ring where it stands. */
export function drawCursor(context: CanvasRenderingContext2D, scene: Scene): void {
  const { state, model, palette, layout, left, width } = scene;
  if (state.cursor < 0 || state.cursor >= model.count) return;
  const x = rowX(scene, state.cursor);
  if (x < left || x > left + width) return;
  context.strokeStyle = palette.cursor;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, layout.axisTop);
  context.stroke();
  const lane = laneOf(scene, model.data.rows.node[state.cursor]!);
  if (lane === undefined) return;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, lane.lineY + 0.5, 6, 0, Math.PI * 2);
  context.stroke();
}
