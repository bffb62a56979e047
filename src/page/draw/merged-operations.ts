import type { OperationData } from '../../report/html/report-data.ts';
import { laneOf, type Scene } from './scene.ts';

type Extent = (operation: OperationData) => readonly [number, number] | null;

/** The worst is drawn last: it must be seen where several share a pixel. */
const ORDER: readonly OperationData['status'][] = ['ok', 'fail', 'info'];

/**
 * So many operations that their words and frames would not be seen: which stretches of each lane had some, by how they
 * ended. Every operation leaves at least a pixel.
 */
export function drawMerged(
  context: CanvasRenderingContext2D,
  scene: Scene,
  operations: readonly OperationData[],
  extentOf: Extent,
  fills: Readonly<Record<OperationData['status'], string>>,
): void {
  const filled = new Map<string, number>();
  const paths = new Map(ORDER.map((status) => [status, new Path2D()]));
  for (const operation of operations) {
    const lane = laneOf(scene, operation.node);
    const extent = extentOf(operation);
    if (lane === undefined || extent === null) continue;
    const name = `${operation.status} ${operation.node}`;
    const from = Math.max(Math.floor(extent[0]), filled.get(name) ?? 0);
    const to = Math.max(Math.ceil(extent[1]), Math.floor(extent[0]) + 1);
    if (to <= from) continue;
    filled.set(name, to);
    paths.get(operation.status)!.rect(from, lane.barTop, to - from, lane.barHeight);
  }
  context.save();
  context.globalAlpha = scene.palette.dark ? 0.5 : 0.4;
  for (const [status, path] of paths) {
    context.fillStyle = fills[status];
    context.fill(path);
  }
  context.restore();
}
