import { fillTone, type Tone } from '../draw/tones.ts';
import { prepareCanvas } from './canvas.ts';
import { h } from './dom.ts';

/** A small piece of a tone, drawn by what draws the lanes: the legend cannot differ from the picture. */
export function toneSwatch(tone: Tone): HTMLElement {
  return swatch(22, 12, (context) => {
    fillTone(context, tone, 0, 0, 22, 12);
  });
}

export function swatch(
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
): HTMLElement {
  const canvas = h('canvas', { class: 'swatch', 'aria-hidden': 'true' });
  draw(prepareCanvas(canvas, width, height));
  return canvas;
}
