import type { Store } from '../app/store.ts';
import type { Theme } from '../app/theme.ts';
import { panned } from '../app/view-window.ts';
import { readPalette } from '../draw/palette.ts';
import { isMoment } from '../draw/scene.ts';
import { prepareCanvas } from './canvas.ts';
import { byId } from './dom.ts';

const HEIGHT = 34;
const SIDE = 10;

/** The whole run on a strip: how busy it was, the faults, the violation, and the stretch in view, which can be dragged. */
export class Overview {
  readonly #canvas: HTMLCanvasElement;
  readonly #store: Store;
  #busy: { readonly run: unknown; readonly axis: unknown; readonly counts: Uint32Array } | null =
    null;
  #drag: { readonly at: number; readonly from: number; readonly to: number } | null = null;

  constructor(store: Store, theme: Theme) {
    this.#store = store;
    this.#canvas = byId('overview') as HTMLCanvasElement;
    store.listen(() => {
      this.draw();
    });
    theme.listen(() => {
      this.draw();
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.#canvas.parentElement!);
    this.#canvas.addEventListener('pointerdown', (event) => {
      this.#begin(event);
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      this.#move(event);
    });
    this.#canvas.addEventListener('pointerup', () => {
      this.#drag = null;
    });
  }

  draw(): void {
    const width = this.#canvas.parentElement!.clientWidth;
    if (width === 0) return;
    const context = prepareCanvas(this.#canvas, width, HEIGHT);
    const palette = readPalette(this.#canvas);
    const run = this.#store.current;
    const { state } = this.#store;
    const axis = run.axis(state.axis);
    const { model } = run;
    const inner = width - 2 * SIDE;
    const x = (position: number): number => SIDE + (position / axis.end) * inner;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, width, HEIGHT);
    for (const fault of model.data.head.faults) {
      if (fault.startUs === null) continue;
      const from = x(axis.ofTime(fault.startUs));
      const to = isMoment(fault)
        ? from + 2
        : x(fault.endUs === null ? axis.end : axis.ofTime(fault.endUs));
      context.globalAlpha = fault.effect > 0 ? 0.35 : 0.12;
      context.fillStyle = palette.sides[0]!;
      context.fillRect(from, 2, Math.max(1.5, to - from), HEIGHT - 4);
    }
    context.globalAlpha = 1;
    this.#drawBusy(context, inner, (row) => axis.ofRow(row) / axis.end, palette.past);
    const { violationRow } = model.data.head;
    if (violationRow >= 0) {
      const at = x(axis.ofRow(violationRow));
      context.fillStyle = palette.culprit;
      context.beginPath();
      context.moveTo(at - 6, 1);
      context.lineTo(at + 6, 1);
      context.lineTo(at, 11);
      context.fill();
      context.fillRect(at - 0.75, 8, 1.5, HEIGHT - 10);
    }
    const [from, to] = [x(state.from), x(state.to)];
    context.fillStyle = palette.text;
    context.globalAlpha = 0.07;
    context.fillRect(from, 1, to - from, HEIGHT - 2);
    context.globalAlpha = 1;
    context.strokeStyle = palette.text;
    context.lineWidth = 1.5;
    context.strokeRect(from, 1, Math.max(2, to - from), HEIGHT - 2);
  }

  #drawBusy(
    context: CanvasRenderingContext2D,
    inner: number,
    part: (row: number) => number,
    color: string,
  ): void {
    const counts = this.#countsFor(inner, part);
    const most = counts.reduce((max, count) => Math.max(max, count), 1);
    context.fillStyle = color;
    context.globalAlpha = 0.8;
    context.beginPath();
    for (const [column, count] of counts.entries()) {
      if (count === 0) continue;
      const height = Math.max(1, (Math.log1p(count) / Math.log1p(most)) * (HEIGHT - 14));
      context.rect(SIDE + column, HEIGHT - 3 - height, 1, height);
    }
    context.fill();
    context.globalAlpha = 1;
  }

  /** How many rows stand at each pixel; the same until the run, the axis or the width changes. */
  #countsFor(inner: number, part: (row: number) => number): Uint32Array {
    const run = this.#store.current;
    const { axis } = this.#store.state;
    const length = Math.ceil(inner) + 1;
    const known = this.#busy;
    if (known?.run === run && known.axis === axis && known.counts.length === length)
      return known.counts;
    const counts = new Uint32Array(length);
    for (let row = 0; row < run.model.count; row += 1) counts[Math.floor(part(row) * inner)]! += 1;
    this.#busy = { run, axis, counts };
    return counts;
  }

  #positionAt(event: PointerEvent): number {
    const { state } = this.#store;
    const inner = this.#canvas.clientWidth - 2 * SIDE;
    return ((event.offsetX - SIDE) / inner) * this.#store.current.axis(state.axis).end;
  }

  #begin(event: PointerEvent): void {
    const at = this.#positionAt(event);
    const { from, to, axis } = this.#store.state;
    this.#canvas.setPointerCapture(event.pointerId);
    if (at < from || at > to) {
      const { end } = this.#store.current.axis(axis);
      this.#store.set(panned(from, to, at - (from + to) / 2, end));
    }
    this.#drag = { at, from: this.#store.state.from, to: this.#store.state.to };
  }

  #move(event: PointerEvent): void {
    if (this.#drag === null) return;
    const { at, from, to } = this.#drag;
    const { end } = this.#store.current.axis(this.#store.state.axis);
    this.#store.set(panned(from, to, this.#positionAt(event) - at, end));
  }
}
