import type { Shown } from '../draw/draw-scene.ts';
import { drawScene } from '../draw/draw-scene.ts';
import { sendsInView } from '../draw/messages.ts';
import { faultExtent } from '../draw/bands.ts';
import { cone, PAST } from '../model/causality.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { MetricsPanel } from '../view/metrics-panel.ts';
import type { SpaceTime } from '../view/space-time.ts';
import type { ViewState } from './state.ts';
import type { Store } from './store.ts';

/**
 * What tests may ask of the page, as `window.__r`: they look at meaning first and at pixels second (ux.md c.6). Also
 * what a person needs to script the page from the console.
 */
export class TestDoor {
  readonly #store: Store;
  readonly #diagram: SpaceTime;
  readonly #metrics: MetricsPanel;

  constructor(store: Store, diagram: SpaceTime, metrics: MetricsPanel) {
    this.#store = store;
    this.#diagram = diagram;
    this.#metrics = metrics;
  }

  open(): void {
    (window as unknown as { __r: TestDoor }).__r = this;
  }

  state(): ViewState & { readonly event: number } {
    const { state } = this.#store;
    return { ...state, event: this.#store.current.model.data.rows.event[state.cursor] ?? -1 };
  }

  set(change: Partial<ViewState>): void {
    this.#store.set(change);
    this.#store.flush();
  }

  moveTo(row: number): void {
    this.#store.moveTo(row);
    this.#store.flush();
  }

  facts(): Record<string, unknown> {
    const { model } = this.#store.current;
    const { head } = model.data;
    const drops = model.data.rows.kind.reduce((sum, kind) => sum + (kind === Kind.DROP ? 1 : 0), 0);
    return {
      rows: model.count,
      hash: head.hash,
      outcome: head.outcome,
      nodes: model.names,
      culprit: head.culprit,
      violationRow: head.violationRow,
      faults: head.faults,
      drops,
      orders: head.orders,
      events: head.events,
    };
  }

  timeOf(row: number): number {
    return this.#store.current.model.timeUs(row);
  }

  /** The rows of a kind, by its name. */
  rowsOf(name: string): number[] {
    const { kind } = this.#store.current.model.data.rows;
    return [...kind.keys()].filter((row) => Kind.KIND_NAMES[kind[row]!] === name);
  }

  /** The fields of a node at a row, as the slider shows them. */
  fieldsAt(node: number, row: number): unknown {
    return this.#store.current.states.at(node, row).fields;
  }

  coneOf(row: number): number[] {
    const grades = cone(this.#store.current.model, row);
    return [...grades.entries()].filter(([, grade]) => grade === PAST).map(([at]) => at);
  }

  /** Where things stand on the canvas, CSS pixels from its left top corner. */
  geometry(): Record<string, unknown> {
    const scene = this.#diagram.scene!;
    return {
      left: scene.left,
      width: scene.width,
      height: scene.layout.height,
      lanes: scene.layout.lanes,
      faults: scene.model.data.head.faults.map((fault) => ({
        id: fault.id,
        extent: faultExtent(scene, fault),
      })),
      crosses: sendsInView(scene).filter(
        (send) => scene.model.data.rows.kind[scene.model.fate[send]!] === Kind.DROP,
      ).length,
      messages: sendsInView(scene).length,
      segments: scene.fixtures.segments.map((segments) =>
        segments.map(({ fromRow, look }) => ({ row: fromRow, ...look })),
      ),
      episodes: scene.fixtures.episodes,
    };
  }

  xOfTime(us: number): number {
    const scene = this.#diagram.scene!;
    return scene.x(scene.axis.ofTime(us));
  }

  chartPositions(us: number): number[] {
    return this.#metrics.positions(us);
  }

  /**
   * Milliseconds while the picture moves `frames` times: of work on the page's thread for each, and from one shown to the
   * next, painting included; and of computing a cone. Each frame is shown before the next is drawn: a browser that is given
   * no time to paint gathers the work of many, and then does it within the drawing of one.
   */
  async timings(
    frames: number,
  ): Promise<{ frameMs: number[]; shownMs: number[]; coneMs: number; shown: Shown | null }> {
    const { state } = this.#store;
    const span = state.to - state.from;
    const frameMs: number[] = [];
    const shownMs: number[] = [];
    await shownFrame();
    for (let frame = 0; frame < frames; frame += 1) {
      const started = performance.now();
      this.set({ from: state.from + (frame * span) / 200, to: state.to + (frame * span) / 200 });
      frameMs.push(performance.now() - started);
      await shownFrame();
      shownMs.push(performance.now() - started);
    }
    const started = performance.now();
    cone(this.#store.current.model, Math.floor(this.#store.current.model.count / 2));
    const coneMs = performance.now() - started;
    const { scene, canvas } = this.#diagram;
    return {
      frameMs,
      shownMs,
      coneMs,
      shown: scene === null ? null : drawScene(canvas.getContext('2d')!, scene),
    };
  }
}

/** When the browser has painted what was drawn. */
function shownFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        resolve();
      };
      port2.postMessage(null);
    });
  });
}
