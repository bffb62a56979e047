import type { Store } from '../app/store.ts';
import type { Theme } from '../app/theme.ts';
import { drawScene, type Shown } from '../draw/draw-scene.ts';
import { readPalette, type Palette } from '../draw/palette.ts';
import { fixturesOf, sceneOf, type Fixtures, type Scene } from '../draw/scene.ts';
import { prepareCanvas } from './canvas.ts';
import { byId } from './dom.ts';
import { hitAt, type Hit } from './hit-test.ts';
import { SpaceTimePointer } from './space-time-pointer.ts';
import { showTooltip, hideTooltip } from './tooltip.ts';

/** Of the window's height so much is the diagram's; more lanes than fit make it taller, up to the box's own limit. */
const ROOM_PART = 0.46;
const MIN_HEIGHT = 240;
const MAX_HEIGHT = 640;

function roomFor(windowHeight: number): number {
  return Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, windowHeight * ROOM_PART));
}

/** The diagram of messages, states, operations and faults over time. */
export class SpaceTime {
  readonly canvas: HTMLCanvasElement;
  readonly #store: Store;
  readonly #fixtures: (Fixtures | undefined)[] = [];
  readonly #fixtureRuns: unknown[] = [];
  #palette: Palette | null = null;
  #scene: Scene | null = null;
  #onShown: (shown: Shown, scene: Scene) => void;
  readonly #run: number | null;

  /** `run`: always this run (side by side); null: the current one. */
  constructor(
    store: Store,
    theme: Theme,
    canvasId: string,
    onShown: (shown: Shown, scene: Scene) => void,
    run: number | null = null,
  ) {
    this.#store = store;
    this.#run = run;
    this.canvas = byId(canvasId) as HTMLCanvasElement;
    this.#onShown = onShown;
    store.listen(() => {
      this.draw();
    });
    theme.listen(() => {
      this.#palette = null;
      this.draw();
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.canvas.parentElement!);
    new SpaceTimePointer(this.canvas, store, () => this.#scene, {
      hover: (hit, event) => {
        if (hit === null) hideTooltip();
        else showTooltip(hit.text, event);
      },
      click: (hit) => {
        this.#click(hit);
      },
    });
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  get fixtures(): Fixtures {
    const index = this.#run ?? this.#store.state.run;
    const run = this.#store.open(index);
    if (this.#fixtureRuns[index] !== run) {
      this.#fixtureRuns[index] = run;
      this.#fixtures[index] = fixturesOf(run);
    }
    return this.#fixtures[index]!;
  }

  draw(): void {
    const box = this.canvas.parentElement!;
    const size = { width: box.clientWidth, height: roomFor(window.innerHeight) };
    if (size.width === 0) return;
    this.#palette ??= readPalette(this.canvas);
    const { state } = this.#store;
    const run = this.#store.open(this.#run ?? state.run);
    const scene = sceneOf(run, state, this.fixtures, size, this.#palette);
    const context = prepareCanvas(this.canvas, size.width, scene.layout.height);
    this.#scene = scene;
    const shown = drawScene(context, scene);
    this.#onShown(shown, scene);
  }

  /** What is at a point of the canvas. */
  hit(x: number, y: number): Hit | null {
    return this.#scene === null ? null : hitAt(this.#scene, x, y);
  }

  #click(hit: Hit | null): void {
    if (hit === null) return;
    this.#store.moveTo(hit.row, hit.operation);
    if (hit.operation >= 0 && hit.row < 0) this.#store.set({ operation: hit.operation });
  }
}
