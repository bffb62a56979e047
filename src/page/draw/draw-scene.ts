import { drawAxis, drawGrid } from './axis-line.ts';
import { drawFaultNames, drawFaultTints } from './bands.ts';
import { drawDensity } from './density.ts';
import { drawCursor, drawEvents } from './events.ts';
import { drawMessages, MOST_ARROWS, sendsInView } from './messages.ts';
import { drawOperations } from './operations.ts';
import type { Scene } from './scene.ts';
import { drawLanes } from './swimlanes.ts';

/** What one drawing showed, for the line that says what is shown of what. */
export interface Shown {
  readonly events: number;
  readonly messages: number;
  /** Messages were drawn in bundles, not one by one. */
  readonly bundled: boolean;
  /** So were the bars of operations. */
  readonly merged: boolean;
}

/** Draws everything, from the back to the front. */
export function drawScene(context: CanvasRenderingContext2D, scene: Scene): Shown {
  const { palette, model, state, layout, left, width } = scene;
  context.fillStyle = palette.background;
  context.fillRect(0, 0, left + width + 20, layout.height);
  drawGrid(context, scene);
  drawFaultTints(context, scene);
  drawLanes(context, scene);
  context.save();
  context.beginPath();
  context.rect(left, 0, width, layout.height);
  context.clip();
  const sends = scene.endRow - scene.firstRow > MOST_ARROWS * 12 ? null : sendsInView(scene);
  const bundled = sends === null || sends.length > MOST_ARROWS;
  const grades = state.cursor >= 0 ? scene.run.cone(state.cursor) : null;
  if (bundled) drawDensity(context, scene);
  else {
    drawMessages(context, scene, sends, grades);
    drawEvents(context, scene, grades);
  }
  const merged = drawOperations(context, scene);
  drawFaultNames(context, scene);
  context.restore();
  drawAxis(context, scene);
  drawCursor(context, scene);
  const { event } = model.data.rows;
  const last = scene.endRow - 1;
  const events = last < scene.firstRow ? 0 : event[last]! - event[scene.firstRow]! + 1;
  return { events, messages: sends?.length ?? -1, bundled, merged };
}
