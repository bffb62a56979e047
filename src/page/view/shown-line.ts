import type { Shown } from '../draw/draw-scene.ts';
import type { Scene } from '../draw/scene.ts';
import { byId } from './dom.ts';

/** `showing 1.600 s to 2.100 s: 312 of 4121 events`: nothing is left out without being said. */
export function showLine({ events, messages, bundled, merged }: Shown, scene: Scene): void {
  const { axis, state, model } = scene;
  const { head } = model.data;
  const seconds = (position: number): string =>
    (Math.max(0, axis.timeAt(position)) / 1_000_000).toFixed(3);
  const parts = [
    `showing ${seconds(state.from)} s to ${seconds(state.to)} s of ${(head.virtualUs / 1_000_000).toFixed(3)} s: ${events} of ${head.events} events`,
    bundled
      ? `messages ${merged ? 'and operations ' : ''}drawn in bundles, zoom in for each`
      : `${messages} messages, each drawn`,
  ];
  if (state.hidden.size > 0)
    parts.push(`${state.hidden.size} of ${head.nodes.length} nodes hidden`);
  if (model.count < head.rowsInRun)
    parts.push(`${model.count} of ${head.rowsInRun} rows of the run are in this file`);
  parts.push(...head.left);
  byId('shown').textContent = parts.join(' · ');
}
