import type { NodeData } from '../../report/html/report-data.ts';

/** A node's horizontal stripe of the picture, in CSS pixels from its top. */
export interface Lane {
  readonly node: number;
  readonly top: number;
  readonly height: number;
  /** Where messages leave and arrive. */
  readonly lineY: number;
  /** The stripe that shows the node's state, or its operations. */
  readonly barTop: number;
  readonly barHeight: number;
}

export interface LaneLayout {
  readonly lanes: readonly Lane[];
  /** By node; undefined for hidden nodes. */
  readonly byNode: readonly (Lane | undefined)[];
  /** The row of fault names above the lanes. */
  readonly faultTop: number;
  readonly faultRows: number;
  readonly axisTop: number;
  readonly height: number;
}

export const FAULT_ROW_HEIGHT = 16;
const AXIS_HEIGHT = 22;
const MIN_LANE = 34;
const MAX_LANE = 76;
const BAR_HEIGHT = 15;
const TOP = 4;

/** Clients first, then servers, as tall as the room allows; more lanes than fit make the picture taller. */
export function layOutLanes(
  nodes: readonly NodeData[],
  hidden: ReadonlySet<number>,
  faultRows: number,
  roomHeight: number,
): LaneLayout {
  const order = nodes
    .map((_, node) => node)
    .filter((node) => !hidden.has(node))
    .sort((a, b) => rank(nodes[a]!) - rank(nodes[b]!) || a - b);
  const lanesTop = TOP + faultRows * FAULT_ROW_HEIGHT + (faultRows > 0 ? 4 : 0);
  const room = roomHeight - lanesTop - AXIS_HEIGHT;
  const height = Math.floor(
    Math.min(MAX_LANE, Math.max(MIN_LANE, room / Math.max(1, order.length))),
  );
  const lanes = order.map((node, index): Lane => {
    const top = lanesTop + index * height;
    const barTop = top + 4;
    return {
      node,
      top,
      height,
      barTop,
      barHeight: BAR_HEIGHT,
      lineY: Math.round(barTop + BAR_HEIGHT + (height - BAR_HEIGHT - 8) / 2) + 1,
    };
  });
  const byNode: (Lane | undefined)[] = nodes.map(() => undefined);
  for (const lane of lanes) byNode[lane.node] = lane;
  const axisTop = lanesTop + order.length * height;
  return { lanes, byNode, faultTop: TOP, faultRows, axisTop, height: axisTop + AXIS_HEIGHT };
}

function rank({ kind }: NodeData): number {
  return kind === 'client' ? 0 : 1;
}

/** Puts intervals into as few rows as possible, none over another; returns each one's row. */
export function packRows(
  intervals: readonly { readonly from: number; readonly to: number }[],
): number[] {
  const ends: number[] = [];
  const order = intervals
    .map((interval, index) => ({ ...interval, index }))
    .sort((a, b) => a.from - b.from || a.index - b.index);
  const rows = intervals.map(() => 0);
  for (const { from, to, index } of order) {
    const free = ends.findIndex((end) => end <= from);
    const row = free < 0 ? ends.length : free;
    ends[row] = to;
    rows[index] = row;
  }
  return rows;
}

/** The lane at a height; undefined between and outside of lanes. */
export function laneAt({ lanes }: LaneLayout, y: number): Lane | undefined {
  return lanes.find(({ top, height }) => y >= top && y < top + height);
}
