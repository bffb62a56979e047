import type { OperationData, OrderData } from '../../report/html/report-data.ts';
import { answerText, requestText } from '../model/operation-words.ts';
import { drawMerged } from './merged-operations.ts';
import { clampX, laneOf, rowX, type Scene } from './scene.ts';
import { OKABE_ITO } from './palette.ts';

/** More bars than this are merged, but for the witness. */
const MOST_BARS = 1_500;
/** An operation that nobody saw the end of fades away over so many pixels: its client goes on meanwhile. */
const OPEN_WIDTH = 160;

/**
 * What clients asked, as bars from request to answer; the witness outlined, the culprit most of all. Returns whether bars
 * were merged.
 */
export function drawOperations(context: CanvasRenderingContext2D, scene: Scene): boolean {
  const { head } = scene.model.data;
  const witness = new Set(head.properties[head.told]?.operations ?? []);
  const inView = operationsInView(scene);
  const merged = inView.length > MOST_BARS;
  if (merged)
    drawMerged(context, scene, inView, (operation) => operationExtent(scene, operation), FILLS);
  const chosen = scene.state.operation;
  for (const operation of inView) {
    const isWitness = witness.has(operation.index);
    if (merged && !isWitness && operation.index !== chosen && operation.index !== head.culprit)
      continue;
    const extent = operationExtent(scene, operation);
    if (extent !== null) drawOperation(context, scene, operation, extent, isWitness);
  }
  const order = shownOrder(scene);
  if (order !== null) drawOrder(context, scene, order);
  return merged;
}

/** Those that may be seen, and a few more. */
export function operationsInView(scene: Scene): readonly OperationData[] {
  const { axis, state, width } = scene;
  const fade = (OPEN_WIDTH / width) * (state.to - state.from);
  return scene.fixtures.operations.between(axis.rowAt(state.from - fade), scene.endRow + 1);
}

/** From request to answer; of an operation that nobody saw the end of, its beginning. */
export function operationExtent(
  scene: Scene,
  { invokeRow, completeRow, invokeUs, completeUs, complete, invoke }: OperationData,
): [number, number] | null {
  const { axis, model } = scene;
  if (invokeRow >= 0) {
    const from = rowX(scene, invokeRow);
    const to = rowX(scene, completeRow < 0 ? model.count : completeRow);
    return clampX(scene, from, complete === null ? Math.min(to, from + OPEN_WIDTH) : to);
  }
  if (invokeUs === null) {
    const to = complete ?? axis.end;
    return clampX(scene, scene.x(invoke), scene.x(to));
  }
  const from = scene.x(axis.ofTime(invokeUs));
  const to = scene.x(complete === null ? axis.end : axis.ofTime(completeUs ?? invokeUs));
  return clampX(scene, from, complete === null ? Math.min(to, from + OPEN_WIDTH) : to);
}

const FILLS: Readonly<Record<OperationData['status'], string>> = {
  ok: OKABE_ITO.green,
  fail: '#8a8a8a',
  info: OKABE_ITO.yellow,
};

function drawOperation(
  context: CanvasRenderingContext2D,
  scene: Scene,
  operation: OperationData,
  [from, to]: [number, number],
  isWitness: boolean,
): void {
  const lane = laneOf(scene, operation.node);
  if (lane === undefined) return;
  const { palette, state, model } = scene;
  const isCulprit = model.data.head.culprit === operation.index;
  const { barTop: y, barHeight: height } = lane;
  const width = Math.max(2, to - from);
  context.save();
  context.globalAlpha = palette.dark ? 0.4 : 0.26;
  if (operation.complete === null) {
    const fade = context.createLinearGradient(from, 0, to, 0);
    fade.addColorStop(0, FILLS.info);
    fade.addColorStop(1, `${FILLS.info}22`);
    context.fillStyle = fade;
  } else context.fillStyle = isCulprit ? OKABE_ITO.vermillion : FILLS[operation.status];
  context.fillRect(from, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = isCulprit ? palette.culprit : isWitness ? palette.text : palette.faint;
  context.lineWidth = isCulprit ? 2.5 : isWitness ? 1.6 : 1;
  if (operation.complete === null) context.setLineDash([4, 3]);
  context.strokeRect(from + 0.5, y + 0.5, width - 1, height - 1);
  context.setLineDash([]);
  if (operation.status === 'fail') strike(context, from, y, width, height);
  if (state.operation === operation.index) {
    context.strokeStyle = palette.cursor;
    context.lineWidth = 1.5;
    context.strokeRect(from - 2.5, y - 2.5, width + 5, height + 5);
  }
  drawText(context, scene, operation, from, to, y + height / 2 + 0.5, isCulprit);
  context.restore();
}

function strike(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.beginPath();
  context.moveTo(x, y + height);
  context.lineTo(x + Math.min(width, height), y);
  context.stroke();
}

function drawText(
  context: CanvasRenderingContext2D,
  { palette, left, width: drawn }: Scene,
  operation: OperationData,
  from: number,
  to: number,
  y: number,
  isCulprit: boolean,
): void {
  const mark = isCulprit ? '✗ ' : '';
  const words = `${mark}${requestText(operation)}`;
  const answer = answerText(operation);
  context.font = `${isCulprit ? '600 ' : ''}10.5px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.fillStyle = isCulprit ? palette.culprit : palette.text;
  const fits = (text: string): boolean => context.measureText(text).width + 8 <= to - from;
  const full = answer === 'ok' ? words : `${words} ${answer}`;
  const text = [full, words].find(fits);
  if (text !== undefined) context.fillText(text, Math.max(from, left) + 4, y);
  else if (isCulprit) {
    // The culprit is named even where its bar is too short.
    const outside = context.measureText(full).width;
    const after = to + 4 + outside < left + drawn;
    context.fillText(full, after ? to + 4 : from - outside - 4, y);
  }
}

/** Of the chosen operation's object; else of the culprit's; else the only one. */
function shownOrder({ model, state }: Scene): OrderData | null {
  const { orders, culprit } = model.data.head;
  const operation = model.operation(state.operation) ?? model.operation(culprit ?? -1);
  if (orders.length === 1) return orders[0]!;
  if (operation === undefined) return null;
  const key = operation.key;
  return (
    orders.find(({ object }) => object === (typeof key === 'string' ? key : JSON.stringify(key))) ??
    null
  );
}

const MOST_DOTS = 400;
const MOST_ROWS_WITH_DOTS = 100_000;

/** The points at which operations took effect, in order: numbered dots. */
function drawOrder(context: CanvasRenderingContext2D, scene: Scene, { order }: OrderData): void {
  const { model, palette, left, width } = scene;
  if (scene.endRow - scene.firstRow > MOST_ROWS_WITH_DOTS) return;
  const dots: { x: number; y: number; number: number }[] = [];
  let last = -Infinity;
  for (const [at, index] of order.entries()) {
    const operation = model.operation(index)!;
    const lane = laneOf(scene, operation.node);
    if (lane === undefined) continue;
    const start =
      operation.invokeRow >= 0 ? rowX(scene, operation.invokeRow) : scene.x(operation.invoke);
    const x = Math.max(last + 0.01, start + 4);
    last = x;
    if (x >= left && x <= left + width)
      dots.push({ x, y: lane.barTop + lane.barHeight, number: at + 1 });
  }
  if (dots.length > MOST_DOTS) return;
  context.font = '9px system-ui, sans-serif';
  context.textAlign = 'center';
  for (const { x, y, number } of dots) {
    context.fillStyle = palette.text;
    context.beginPath();
    context.arc(x, y + 4, 6, 0, Math.PI * 2);
    context.fill();
    context.fillStyle = palette.background;
    context.fillText(String(number), x, y + 4.5);
  }
  context.textAlign = 'left';
}
