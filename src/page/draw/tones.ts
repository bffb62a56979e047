import type { Look } from '../../report/html/report-data.ts';
import { OKABE_ITO } from './palette.ts';

export type Tone = Look['tone'];

interface ToneStyle {
  readonly color: string;
  /** How it is told apart without colour. */
  readonly pattern: 'solid' | 'stripes' | 'dots' | 'plain' | 'cross' | 'bars';
  /** Text on top of it. */
  readonly ink: 'dark' | 'light' | 'page';
  readonly opacity: number;
}

export const TONES: Readonly<Record<Tone, ToneStyle>> = {
  lead: { color: OKABE_ITO.blue, pattern: 'solid', ink: 'light', opacity: 1 },
  bid: { color: OKABE_ITO.orange, pattern: 'stripes', ink: 'dark', opacity: 1 },
  bound: { color: OKABE_ITO.purple, pattern: 'bars', ink: 'dark', opacity: 1 },
  rest: { color: OKABE_ITO.sky, pattern: 'plain', ink: 'page', opacity: 0.28 },
  off: { color: '#8a8a8a', pattern: 'dots', ink: 'page', opacity: 0.5 },
  down: { color: '#6b6b6b', pattern: 'cross', ink: 'page', opacity: 0.55 },
};

/** Fills a rectangle with a tone: its colour and its pattern. The legend uses this too, so it shows the very same. */
export function fillTone(
  context: CanvasRenderingContext2D,
  tone: Tone,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { color, pattern, opacity } = TONES[tone];
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.globalAlpha = pattern === 'cross' ? 0.12 : opacity;
  context.fillStyle = color;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  drawPattern(context, pattern, x, y, width, height);
  context.restore();
}

/** Lines or dots over a rectangle that the caller has clipped to; anchored to the page, so that neighbours match. */
export function drawPattern(
  context: CanvasRenderingContext2D,
  pattern: ToneStyle['pattern'],
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (pattern === 'solid' || pattern === 'plain') return;
  context.strokeStyle = 'rgba(0, 0, 0, 0.32)';
  context.fillStyle = 'rgba(0, 0, 0, 0.4)';
  context.lineWidth = 1;
  context.beginPath();
  const step = pattern === 'bars' ? 5 : 7;
  for (let at = Math.floor((x - height) / step) * step; at < x + width + height; at += step) {
    if (pattern === 'dots') {
      context.rect(at, y + height * 0.3, 1.5, 1.5);
      context.rect(at + step / 2, y + height * 0.7, 1.5, 1.5);
    } else if (pattern === 'bars') {
      context.moveTo(at + 0.5, y);
      context.lineTo(at + 0.5, y + height);
    } else {
      context.moveTo(at, y + height);
      context.lineTo(at + height, y);
      if (pattern === 'cross') {
        context.moveTo(at, y);
        context.lineTo(at + height, y + height);
      }
    }
  }
  if (pattern === 'dots') context.fill();
  else context.stroke();
}
