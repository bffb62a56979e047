import type { Look } from '../../report/html/report-data.ts';
import { clampX, rowX, type Scene } from './scene.ts';

/** A stretch of a node's states on the picture. */
export interface SeenSegment {
  readonly from: number;
  readonly to: number;
  readonly look: Look;
}

/** Of states that share a pixel, those of a lesser tone give way. */
const WEIGHT: Readonly<Record<Look['tone'], number>> = {
  down: 0,
  rest: 1,
  off: 1,
  bound: 2,
  bid: 3,
  lead: 4,
};

/** The states of a node in view, one a pixel where there are more. */
export function segmentsInView(scene: Scene, node: number): SeenSegment[] {
  const segments = scene.fixtures.segments[node] ?? [];
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.toRow < scene.firstRow) low = middle + 1;
    else high = middle;
  }
  const seen: SeenSegment[] = [];
  for (let at = low; at < segments.length && segments[at]!.fromRow <= scene.endRow; at += 1) {
    const { fromRow, toRow, look } = segments[at]!;
    const extent = clampX(scene, rowX(scene, fromRow), rowX(scene, toRow));
    if (extent === null) continue;
    const [from, to] = extent;
    const last = seen.at(-1);
    const shares = last !== undefined && to - from <= 1 && last.to - last.from <= 1;
    if (!shares || Math.floor(last.from) !== Math.floor(from)) seen.push({ from, to, look });
    else if (WEIGHT[look.tone] > WEIGHT[last.look.tone])
      seen[seen.length - 1] = { from: last.from, to, look };
  }
  return seen;
}
