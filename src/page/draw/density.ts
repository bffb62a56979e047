import * as Kind from '../../sim/engine/event-kind.ts';
import { laneOf, rowX, type Scene } from './scene.ts';

/** Width of a bundle of messages, in pixels. */
const BUNDLE = 28;

/**
 * So many messages that arrows would be a black sheet: how busy every lane is, pixel by pixel, and messages between the
 * same two nodes bundled, the bundle as wide as it is full. Losses are counted apart and always seen.
 */
export function drawDensity(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, firstRow, endRow, layout, palette, left, width } = scene;
  const { kind, node, peer } = model.data.rows;
  const nodes = model.names.length;
  const columns = Math.ceil(width) + 1;
  const buckets = Math.ceil(width / BUNDLE) + 1;
  const busy = new Uint32Array(nodes * columns);
  const bundles = new Uint32Array(nodes * nodes * buckets);
  const losses = new Uint32Array(nodes * nodes * buckets);
  for (let row = firstRow; row < endRow; row += 1) {
    const at = rowX(scene, row) - left;
    if (at < 0 || at > width) continue;
    const from = node[row]!;
    if (from < 0) continue;
    if (kind[row]! < Kind.FIRST_INNER_KIND) busy[from * columns + (at | 0)]! += 1;
    if (kind[row] !== Kind.SEND && kind[row] !== Kind.DROP) continue;
    const bundle = (from * nodes + peer[row]!) * buckets + ((at / BUNDLE) | 0);
    if (kind[row] === Kind.SEND) bundles[bundle]! += 1;
    else losses[bundle]! += 1;
  }
  const most = busy.reduce((max, value) => Math.max(max, value), 1);
  context.save();
  context.fillStyle = palette.past;
  context.globalAlpha = 0.75;
  context.beginPath();
  for (const lane of layout.lanes)
    for (let column = 0; column < columns; column += 1) {
      const count = busy[lane.node * columns + column]!;
      if (count === 0) continue;
      const height = Math.max(1, (Math.log1p(count) / Math.log1p(most)) * 9);
      context.rect(left + column, lane.lineY - height / 2, 1, height);
    }
  context.fill();
  const fullest = bundles.reduce((max, value) => Math.max(max, value), 1);
  drawBundles(context, scene, bundles, buckets, fullest, palette.message);
  drawBundles(context, scene, losses, buckets, fullest, palette.drop);
  context.restore();
}

function drawBundles(
  context: CanvasRenderingContext2D,
  scene: Scene,
  counts: Uint32Array,
  buckets: number,
  fullest: number,
  color: string,
): void {
  const nodes = scene.model.names.length;
  context.strokeStyle = color;
  for (let pair = 0; pair < nodes * nodes; pair += 1) {
    const [from, to] = [laneOf(scene, Math.floor(pair / nodes)), laneOf(scene, pair % nodes)];
    if (from === undefined || to === undefined || from === to) continue;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const count = counts[pair * buckets + bucket]!;
      if (count === 0) continue;
      const part = Math.min(1, Math.log1p(count) / Math.log1p(fullest));
      context.globalAlpha = 0.12 + 0.4 * part;
      context.lineWidth = 0.5 + 2 * part ** 2;
      const x = scene.left + bucket * BUNDLE;
      context.beginPath();
      context.moveTo(x + BUNDLE * 0.2, from.lineY);
      context.lineTo(x + BUNDLE * 0.8, to.lineY);
      context.stroke();
    }
  }
}
