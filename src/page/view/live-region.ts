import type { Store } from '../app/store.ts';
import { byId, visible } from './dom.ts';

/** Says where the cursor went, for those who hear the page. */
export function mountLiveRegion(store: Store): void {
  const element = byId('live');
  store.listen((state, before) => {
    if (state.cursor === before.cursor || state.cursor < 0) return;
    const { model } = store.current;
    const event = model.data.rows.event[state.cursor]!;
    element.textContent = `event ${event} of ${model.data.head.events}, ${visible(model.describe(state.cursor).slice(0, 200))}`;
  });
}
