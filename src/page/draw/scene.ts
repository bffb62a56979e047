import type { Axis } from '../layout/axis.ts';
import { layOutLanes, packRows, type Lane, type LaneLayout } from '../layout/lanes.ts';
import type { ViewState } from '../app/state.ts';
import type { OpenRun } from '../app/open-run.ts';
import { episodesOf, type Episode } from '../model/episodes.ts';
import { OperationIndex } from '../model/operation-index.ts';
import type { RunModel } from '../model/run-model.ts';
import type { Segment } from '../model/states.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { FaultData } from '../../report/html/report-data.ts';
import type { Palette } from './palette.ts';

/** Everything one drawing of the diagram needs to know; coordinates are CSS pixels. */
export interface Scene {
  readonly run: OpenRun;
  readonly model: RunModel;
  readonly state: ViewState;
  readonly fixtures: Fixtures;
  readonly axis: Axis;
  readonly layout: LaneLayout;
  readonly palette: Palette;
  /** Left edge of the drawing area; names stand before it. */
  readonly left: number;
  readonly width: number;
  /** Rows in view: from the first to before the second. */
  readonly firstRow: number;
  readonly endRow: number;
  readonly x: (position: number) => number;
}

/** What a run draws wherever the view stands; worked out once. */
export interface Fixtures {
  readonly segments: readonly (readonly Segment[])[];
  readonly episodes: readonly Episode[];
  /** By fault, the row of the band of names it stands in; -1 for faults that never began. */
  readonly faultRows: readonly number[];
  readonly faultRowCount: number;
  /** Sends whose message took so long that both ends may lie outside the view. */
  readonly slowSends: readonly number[];
  readonly operations: OperationIndex;
  /** By point of the clocks, when the same clock's next begins. */
  readonly clockEnds: readonly number[];
}

export const NAME_WIDTH = 64;

/** A fault that is over as soon as it has happened, whatever its schedule says of an end. */
export function isMoment({ kind }: FaultData): boolean {
  return kind === 'fire-timer' || kind === 'clock-step';
}

const MOST_FAULT_ROWS = 5;
/** Less than any distance between two places, so that what stands exactly at the edge is in view. */
const ABOVE = 1e-3;
const RIGHT = 14;

export function fixturesOf(run: OpenRun): Fixtures {
  const { model, states } = run;
  const { faults } = model.data.head;
  const begun = faults
    .map((fault, index) => ({ fault, index }))
    .filter(({ fault }) => fault.startUs !== null);
  const rows = packRows(
    begun.map(({ fault }) => ({
      from: fault.startUs!,
      to: isMoment(fault) ? fault.startUs! + model.endUs / 12 : (fault.endUs ?? model.endUs),
    })),
  );
  const faultRows = faults.map(() => -1);
  for (const [at, { index }] of begun.entries()) faultRows[index] = rows[at]! % MOST_FAULT_ROWS;
  return {
    segments: model.names.map((_, node) => states.segments(node)),
    episodes: episodesOf(model),
    faultRows,
    faultRowCount: Math.max(0, ...faultRows.map((row) => row + 1)),
    slowSends: slowSends(model),
    operations: new OperationIndex(model.data.head.operations),
    clockEnds: clockEnds(model),
  };
}

function clockEnds({ names, endUs, data: { head } }: RunModel): number[] {
  const next = names.map(() => endUs);
  return head.clocks
    .toReversed()
    .map(({ node, timeUs }) => {
      const end = next[node]!;
      next[node] = timeUs;
      return end;
    })
    .reverse();
}

function slowSends(model: RunModel): number[] {
  const { kind, timeUs } = model.data.rows;
  const found: number[] = [];
  for (let row = 0; row < model.count; row += 1) {
    if (kind[row] !== Kind.SEND) continue;
    const end = model.fate[row]!;
    if (end < 0 || timeUs[end]! - timeUs[row]! > model.slowUs) found.push(row);
  }
  return found;
}

export function sceneOf(
  run: OpenRun,
  state: ViewState,
  fixtures: Fixtures,
  size: { readonly width: number; readonly height: number },
  palette: Palette,
): Scene {
  const { model } = run;
  const axis = run.axis(state.axis);
  const layout = layOutLanes(
    model.data.head.nodes,
    state.hidden,
    fixtures.faultRowCount,
    size.height,
  );
  const width = Math.max(1, size.width - NAME_WIDTH - RIGHT);
  const scale = width / Math.max(1e-9, state.to - state.from);
  return {
    run,
    model,
    state,
    fixtures,
    axis,
    layout,
    palette,
    left: NAME_WIDTH,
    width,
    firstRow: axis.rowAt(state.from),
    endRow: axis.rowAt(state.to + ABOVE),
    x: (position) => NAME_WIDTH + (position - state.from) * scale,
  };
}

export function laneOf(scene: Scene, node: number): Lane | undefined {
  return scene.layout.byNode[node];
}

/** An interval cut to the drawing area; null when it lies outside. */
export function clampX(scene: Scene, from: number, to: number): [number, number] | null {
  const right = scene.left + scene.width;
  const [a, b] = [Math.max(scene.left, from), Math.min(right, to)];
  return b < scene.left || a > right ? null : [a, Math.max(b, a + 1)];
}

export function rowX(scene: Scene, row: number): number {
  return scene.x(row >= scene.model.count ? scene.axis.end : scene.axis.ofRow(row));
}
