import { clampX, laneOf, rowX, type Scene } from './scene.ts';
import { segmentsInView } from './segments-in-view.ts';
import { drawPattern, fillTone, TONES } from './tones.ts';

/** Stretches of fewer pixels have no room for a pattern. */
const NARROW = 2;

/** Names, life lines, the stripe of states, and what interrupts them: crashes, pauses, wrong clocks. */
export function drawLanes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, palette, left, width, model } = scene;
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const lane of layout.lanes) {
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, lane.top + 0.5);
    context.lineTo(left + width, lane.top + 0.5);
    context.moveTo(left, lane.lineY + 0.5);
    context.lineTo(left + width, lane.lineY + 0.5);
    context.stroke();
    drawNodeName(context, scene, model.names[lane.node]!, lane.top + lane.height / 2);
    if (model.data.head.nodes[lane.node]?.kind === 'server')
      drawSegments(context, scene, lane.node);
    else drawClientStripe(context, scene, lane.node);
  }
  drawEpisodes(context, scene);
  drawClocks(context, scene);
}

function drawNodeName(
  context: CanvasRenderingContext2D,
  { palette, left }: Scene,
  name: string,
  y: number,
): void {
  context.fillStyle = palette.text;
  context.textAlign = 'right';
  let text = name;
  while (text.length > 1 && context.measureText(text).width > left - 12)
    text = `${text.slice(0, -2)}…`;
  context.fillText(text, left - 8, y);
  context.textAlign = 'left';
}

function drawSegments(context: CanvasRenderingContext2D, scene: Scene, node: number): void {
  const lane = laneOf(scene, node)!;
  const { palette } = scene;
  context.font = '10.5px system-ui, sans-serif';
  for (const { from, to, look } of segmentsInView(scene, node)) {
    if (look.tone === 'down') continue;
    if (to - from < NARROW) {
      context.fillStyle = TONES[look.tone].color;
      context.fillRect(from, lane.barTop, to - from, lane.barHeight);
      continue;
    }
    fillTone(context, look.tone, from, lane.barTop, to - from, lane.barHeight);
    context.fillStyle = palette.line;
    context.fillRect(from, lane.barTop, 1, lane.barHeight);
    const text = look.label === '' ? look.role : `${look.role} ${look.label}`;
    const fitting = [text, look.label].find(
      (one) => one !== '' && context.measureText(one).width + 8 < to - from,
    );
    if (fitting === undefined) continue;
    const { ink } = TONES[look.tone];
    context.fillStyle = ink === 'light' ? '#ffffff' : ink === 'dark' ? '#000000' : palette.text;
    if (ink === 'dark')
      whiten(
        context,
        look.tone,
        from + 2,
        lane.barTop + 1,
        context.measureText(fitting).width + 5,
        lane.barHeight - 2,
      );
    context.fillText(fitting, from + 4, lane.barTop + lane.barHeight / 2 + 0.5);
  }
}

/** Under a client's operations, a narrow stripe of what it believes to be: waiting for a lock, holding one. */
function drawClientStripe(context: CanvasRenderingContext2D, scene: Scene, node: number): void {
  const lane = laneOf(scene, node)!;
  for (const { from, to, look } of segmentsInView(scene, node))
    if (look.tone !== 'down' && look.tone !== 'rest')
      fillTone(context, look.tone, from, lane.barTop + lane.barHeight + 2, to - from, 6);
}

/** Under text on a pattern, the plain colour: the text stays readable. */
function whiten(
  context: CanvasRenderingContext2D,
  tone: keyof typeof TONES,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const ink = context.fillStyle;
  context.fillStyle = TONES[tone].color;
  context.fillRect(x, y, width, height);
  context.fillStyle = ink;
}

function drawEpisodes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { palette } = scene;
  for (const { node, kind, fromRow, toRow, reason } of scene.fixtures.episodes) {
    const lane = laneOf(scene, node);
    const extent = clampX(scene, rowX(scene, fromRow), rowX(scene, toRow));
    if (lane === undefined || extent === null) continue;
    const [from, to] = extent;
    const [top, height] = [lane.top + 1, lane.height - 1];
    context.save();
    context.beginPath();
    context.rect(from, top, to - from, height);
    context.clip();
    context.fillStyle = palette.background;
    context.globalAlpha = kind === 'down' ? 0.88 : 0.3;
    context.fillRect(from, top, to - from, height);
    context.globalAlpha = palette.dark ? 0.9 : 0.5;
    drawPattern(context, kind === 'down' ? 'cross' : 'stripes', from, top, to - from, height);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.font = '11px system-ui, sans-serif';
    const text = kind === 'down' ? `☠ ${reason}` : 'paused';
    const textWidth = context.measureText(text).width;
    if (textWidth + 8 < to - from) {
      // A client's bar shows its operations.
      const isClient = scene.model.data.head.nodes[node]?.kind === 'client';
      const middle = isClient ? lane.lineY : lane.barTop + lane.barHeight / 2;
      context.fillStyle = palette.background;
      context.fillRect(from + 7, middle - 7, textWidth + 6, 14);
      context.fillStyle = palette.text;
      context.fillText(text, from + 10, middle + 0.5);
    }
    context.restore();
    drawEdges(context, scene, kind, from, toRow < scene.model.count ? to : -1, lane.lineY);
  }
}

/** A cross where it went down, a tick where it came back. */
function drawEdges(
  context: CanvasRenderingContext2D,
  { palette }: Scene,
  kind: 'down' | 'paused',
  from: number,
  to: number,
  y: number,
): void {
  context.strokeStyle = kind === 'down' ? palette.drop : palette.text;
  context.lineWidth = 2;
  context.beginPath();
  if (kind === 'down') {
    context.moveTo(from - 4, y - 4);
    context.lineTo(from + 4, y + 4);
    context.moveTo(from - 4, y + 4);
    context.lineTo(from + 4, y - 4);
  } else {
    context.moveTo(from, y - 6);
    context.lineTo(from, y + 6);
  }
  if (to >= 0) {
    context.moveTo(to, y - 7);
    context.lineTo(to, y + 7);
  }
  context.stroke();
}

/** A clock that is off: a slanted ruler under the life line, with how far off it is at the left. */
function drawClocks(context: CanvasRenderingContext2D, scene: Scene): void {
  const { clocks } = scene.model.data.head;
  const { axis, palette, fixtures } = scene;
  for (const [index, point] of clocks.entries()) {
    if (point.offsetUs === 0 && point.driftPpm === 0) continue;
    const lane = laneOf(scene, point.node);
    const extent = clampX(
      scene,
      scene.x(axis.ofTime(point.timeUs)),
      scene.x(axis.ofTime(fixtures.clockEnds[index]!)),
    );
    if (lane === undefined || extent === null) continue;
    const [from, to] = extent;
    const y = lane.top + lane.height - 4;
    const slant = point.driftPpm === 0 ? 3 : Math.sign(point.driftPpm) * 5;
    context.strokeStyle = palette.sides[2] ?? palette.text;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let x = from; x < to; x += 9) {
      context.moveTo(x, y + 2);
      context.lineTo(x + slant, y - 4);
    }
    context.moveTo(from, y + 2.5);
    context.lineTo(to, y + 2.5);
    context.stroke();
    context.font = '10px system-ui, sans-serif';
    const text = clockText(point.offsetUs, point.driftPpm);
    const width = context.measureText(text).width;
    if (width + 6 > to - from) continue;
    context.fillStyle = palette.background;
    context.fillRect(from + 2, y - 6, width + 4, 10);
    context.fillStyle = palette.text;
    context.fillText(text, from + 4, y - 1);
  }
}

/** `clock +40 ms, 500 ppm fast`. */
export function clockText(offsetUs: number, driftPpm: number): string {
  const offset = offsetUs === 0 ? '' : ` ${offsetUs > 0 ? '+' : ''}${offsetUs / 1_000} ms`;
  const drift =
    driftPpm === 0
      ? ''
      : driftPpm <= -1_000_000
        ? ', frozen'
        : `, ${Math.abs(driftPpm)} ppm ${driftPpm > 0 ? 'fast' : 'slow'}`;
  return `clock${offset}${drift}`;
}
