import type { Store } from '../app/store.ts';
import { panned, zoomed } from '../app/view-window.ts';
import type { Scene } from '../draw/scene.ts';
import { hitAt, type Hit } from './hit-test.ts';

interface PointerActions {
  readonly hover: (hit: Hit | null, event: PointerEvent) => void;
  readonly click: (hit: Hit | null) => void;
}

const DRAG_PIXELS = 4;
const ZOOM_PER_NOTCH = 1.25;

/** Mouse and touch on the diagram: drag to pan, wheel to zoom, click to choose. */
export class SpaceTimePointer {
  readonly #canvas: HTMLCanvasElement;
  readonly #store: Store;
  readonly #scene: () => Scene | null;
  readonly #actions: PointerActions;
  #down: { readonly x: number; readonly from: number; readonly to: number } | null = null;
  #dragged = false;

  constructor(
    canvas: HTMLCanvasElement,
    store: Store,
    scene: () => Scene | null,
    actions: PointerActions,
  ) {
    this.#canvas = canvas;
    this.#store = store;
    this.#scene = scene;
    this.#actions = actions;
    canvas.addEventListener('pointerdown', (event) => {
      const { from, to } = store.state;
      this.#down = { x: event.offsetX, from, to };
      this.#dragged = false;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      this.#move(event);
    });
    canvas.addEventListener('pointerup', (event) => {
      if (this.#down !== null && !this.#dragged) actions.click(this.#hit(event));
      this.#down = null;
    });
    canvas.addEventListener('pointerleave', (event) => {
      actions.hover(null, event);
    });
    canvas.addEventListener(
      'wheel',
      (event) => {
        this.#wheel(event);
      },
      { passive: false },
    );
  }

  #hit(event: PointerEvent): Hit | null {
    const scene = this.#scene();
    return scene === null ? null : hitAt(scene, event.offsetX, event.offsetY);
  }

  #move(event: PointerEvent): void {
    const scene = this.#scene();
    if (scene === null) return;
    if (this.#down === null) {
      const hit = this.#hit(event);
      this.#canvas.style.cursor = hit === null ? 'grab' : 'pointer';
      this.#actions.hover(hit, event);
      return;
    }
    const pixels = event.offsetX - this.#down.x;
    if (Math.abs(pixels) > DRAG_PIXELS) this.#dragged = true;
    if (!this.#dragged) return;
    const { from, to } = this.#down;
    this.#store.set(panned(from, to, (-pixels * (to - from)) / scene.width, scene.axis.end));
  }

  #wheel(event: WheelEvent): void {
    const scene = this.#scene();
    // A vertical wheel without a modifier zooms only over the picture itself, not over its names.
    if (scene === null || event.offsetX < scene.left) return;
    event.preventDefault();
    const { from, to } = this.#store.state;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = event.deltaX !== 0 ? event.deltaX : event.deltaY;
      this.#store.set(panned(from, to, (by * (to - from)) / scene.width, scene.axis.end));
      return;
    }
    const around = from + ((event.offsetX - scene.left) / scene.width) * (to - from);
    const factor = event.deltaY > 0 ? ZOOM_PER_NOTCH : 1 / ZOOM_PER_NOTCH;
    this.#store.set(zoomed(from, to, around, factor, scene.axis.end));
  }
}
