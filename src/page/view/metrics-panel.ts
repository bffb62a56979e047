import uPlot from 'uplot';

import type { Store } from '../app/store.ts';
import type { Theme } from '../app/theme.ts';
import { OKABE_ITO, readPalette } from '../draw/palette.ts';
import { NAME_WIDTH } from '../draw/scene.ts';
import { metricsOf, type Metrics } from '../model/metrics.ts';
import { byId, h, replace } from './dom.ts';

const CHART_HEIGHT = 132;
const RIGHT = 14;

interface Line {
  readonly label: string;
  readonly color: string;
  readonly dash?: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Charts over the same stretch of time as the diagram above, point under point, with the faults behind and the cursor through all. */
export class MetricsPanel {
  readonly #store: Store;
  #charts: uPlot[] = [];
  #drawn: unknown = null;
  #metrics: Metrics | null = null;

  constructor(store: Store, theme: Theme) {
    this.#store = store;
    store.listen((state) => {
      if (state.tab !== 'metrics') return;
      if (this.#drawn !== store.current) this.#build();
      this.#follow();
    });
    theme.listen(() => {
      this.#drawn = null;
      if (store.state.tab === 'metrics') {
        this.#build();
        this.#follow();
      }
    });
    new ResizeObserver(() => {
      for (const chart of this.#charts) chart.setSize({ width: this.#width, height: CHART_HEIGHT });
    }).observe(byId('diagram'));
  }

  /** The charts, for tests: where a time stands in each. */
  positions(us: number): number[] {
    return this.#charts.map((chart) => chart.valToPos(us / 1_000_000, 'x') + chart.over.offsetLeft);
  }

  get #width(): number {
    return byId('diagram').clientWidth;
  }

  #build(): void {
    this.#drawn = this.#store.current;
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
    const { model } = this.#store.current;
    const metrics = metricsOf(model);
    this.#metrics = metrics;
    const box = h('div', { class: 'charts' });
    const seconds = metrics.unavailable.reduce((sum, [from, to]) => sum + to - from, 0) / 1_000_000;
    replace(
      byId('panel-metrics'),
      h(
        'p',
        { 'data-testid': 'unavailable' },
        metrics.unavailable.length === 0
          ? 'There was no stretch in which clients waited unusually long for a success.'
          : `Unavailable ${metrics.unavailable.length === 1 ? 'once' : `${metrics.unavailable.length} times`}, ${seconds.toFixed(3)} s in all (grey bars under the charts): ${metrics.unavailable
              .slice(0, 4)
              .map(
                ([from, to]) => `${(from / 1_000_000).toFixed(3)}–${(to / 1_000_000).toFixed(3)} s`,
              )
              .join(', ')}.`,
      ),
      box,
    );
    const { dark } = readPalette(box);
    const black = dark ? '#e8e8e8' : OKABE_ITO.black;
    this.#add(box, 'operations / s', metrics, [
      { label: 'ok', color: OKABE_ITO.green, values: metrics.ok },
      { label: 'failed', color: OKABE_ITO.vermillion, dash: [6, 3], values: metrics.fail },
      { label: 'unknown', color: OKABE_ITO.orange, dash: [2, 2], values: metrics.unknown },
    ]);
    this.#add(box, 'latency, ms', metrics, [
      { label: 'p50', color: OKABE_ITO.blue, values: metrics.p50 },
      { label: 'p95', color: OKABE_ITO.sky, dash: [8, 3], values: metrics.p95 },
      { label: 'p99', color: OKABE_ITO.purple, dash: [4, 3], values: metrics.p99 },
      { label: 'max', color: black, dash: [1, 3], values: metrics.max },
    ]);
    if (metrics.staleness.some((value) => value !== null))
      this.#add(box, 'staleness of reads, ms', metrics, [
        { label: 'oldest value returned', color: OKABE_ITO.vermillion, values: metrics.staleness },
      ]);
    this.#add(box, 'messages under way', metrics, [
      { label: 'in flight', color: OKABE_ITO.blue, values: metrics.inFlight },
    ]);
    if (metrics.leaders.some((count) => count > 0))
      this.#add(box, 'nodes that lead', metrics, [
        { label: 'leaders', color: OKABE_ITO.blue, values: metrics.leaders },
      ]);
  }

  #add(box: HTMLElement, title: string, { times }: Metrics, lines: readonly Line[]): void {
    const palette = readPalette(box);
    const grid = { stroke: palette.line, width: 1 };
    const axis = { stroke: palette.text, grid, ticks: grid, font: '11px system-ui, sans-serif' };
    const figure = h('figure', {}, h('figcaption', {}, title));
    box.append(figure);
    const chart = new uPlot(
      {
        width: this.#width,
        height: CHART_HEIGHT,
        padding: [6, RIGHT, 0, 0],
        cursor: { sync: { key: 'run' }, drag: { x: false, y: false } },
        legend: { live: true },
        scales: {
          x: { time: false },
          y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.08)] },
        },
        axes: [
          {
            ...axis,
            size: 24,
            values: (_chart, ticks) => ticks.map((tick) => `${Number(tick.toFixed(6))} s`),
          },
          { ...axis, size: NAME_WIDTH },
        ],
        series: [
          { label: 's' },
          ...lines.map(({ label, color, dash }) => ({
            label,
            stroke: color,
            width: 1.6,
            dash: [...(dash ?? [])],
            points: { size: 4 },
            spanGaps: false,
          })),
        ],
        hooks: {
          drawClear: [
            (one) => {
              this.#drawBands(one);
            },
          ],
          draw: [
            (one) => {
              this.#drawCursor(one);
            },
          ],
        },
      },
      [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData,
      figure,
    );
    chart.over.addEventListener('click', () => {
      const seconds = chart.posToVal(chart.cursor.left ?? 0, 'x');
      const row = this.#store.current.model.firstAt(seconds * 1_000_000);
      this.#store.moveTo(Math.min(row, this.#store.current.model.count - 1));
    });
    this.#charts.push(chart);
  }

  #follow(): void {
    const { from, to, axis } = this.#store.state;
    const line = this.#store.current.axis(axis);
    const [min, max] = [line.timeAt(from) / 1_000_000, line.timeAt(to) / 1_000_000];
    for (const chart of this.#charts) chart.setScale('x', { min, max });
  }

  #drawBands(chart: uPlot): void {
    const { model } = this.#store.current;
    const { ctx, bbox } = chart;
    const palette = readPalette(chart.root);
    const at = (us: number): number =>
      Math.max(
        bbox.left,
        Math.min(bbox.left + bbox.width, chart.valToPos(us / 1_000_000, 'x', true)),
      );
    ctx.save();
    for (const { startUs, endUs, effect } of model.data.head.faults) {
      if (startUs === null) continue;
      const [from, to] = [at(startUs), at(endUs ?? model.endUs)];
      ctx.globalAlpha = effect > 0 ? 0.22 : 0.08;
      ctx.fillStyle = palette.sides[0]!;
      ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
    }
    ctx.globalAlpha = 0.7;
    ctx.fillStyle = palette.faint;
    for (const [fromUs, toUs] of this.#metrics?.unavailable ?? [])
      ctx.fillRect(at(fromUs), bbox.top + bbox.height - 5, Math.max(1, at(toUs) - at(fromUs)), 5);
    ctx.restore();
  }

  #drawCursor(chart: uPlot): void {
    const { cursor } = this.#store.state;
    if (cursor < 0) return;
    const { ctx, bbox } = chart;
    const x = chart.valToPos(this.#store.current.model.timeUs(cursor) / 1_000_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = readPalette(chart.root).cursor;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }
}
