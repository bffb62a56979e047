import { OKABE_ITO, readPalette } from '../draw/palette.ts';
import { TONES, type Tone } from '../draw/tones.ts';
import type { Store } from '../app/store.ts';
import type { Theme } from '../app/theme.ts';
import { byId, h, replace } from './dom.ts';
import { swatch, toneSwatch } from './swatch.ts';

/** What colours and patterns mean, in the words of this run's protocol; drawn by what draws the picture. */
export function mountLegend(store: Store, theme: Theme): void {
  const element = byId('legend');
  let shown: unknown = null;
  const render = (): void => {
    const { head } = store.current.model.data;
    const { message, past, future, drop } = readPalette(element);
    const roles = rolesByTone(head.looks);
    replace(
      element,
      ...[...roles].map(([tone, words]) => item(toneSwatch(tone), words.join(', '))),
      item(arrow(message, []), 'message'),
      item(arrow(past, []), 'before the cursor, may have caused it'),
      item(arrow(future, [5, 3]), 'after it'),
      item(arrow(drop, [], true), 'lost, with the reason'),
      item(box(OKABE_ITO.green), 'ok'),
      item(box('#8a8a8a', true), 'failed'),
      item(box(OKABE_ITO.yellow, false, true), 'unknown outcome'),
      head.culprit === null ? null : item(box(OKABE_ITO.vermillion), 'culprit'),
      ...head.nodes.map(({ name }, node) => toggle(store, name, node)),
    );
  };
  store.listen((state, before) => {
    if (shown === store.current && state.hidden === before.hidden) return;
    shown = store.current;
    render();
  });
  theme.listen(render);
}

function rolesByTone(
  looks: readonly { readonly tone: Tone; readonly role: string }[],
): Map<Tone, string[]> {
  const found = new Map<Tone, string[]>();
  for (const tone of Object.keys(TONES) as Tone[]) {
    const words = [
      ...new Set(looks.filter((look) => look.tone === tone).map(({ role }) => role)),
    ].filter((word) => word !== 'up');
    if (words.length > 0) found.set(tone, words);
  }
  return found;
}

function item(picture: HTMLElement, text: string): HTMLElement {
  return h('span', { class: 'legend-item' }, picture, text);
}

function arrow(color: string, dash: number[], cross = false): HTMLElement {
  return swatch(26, 12, (context) => {
    context.strokeStyle = color;
    context.lineWidth = 1.4;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(1, 10);
    context.lineTo(22, 3);
    context.stroke();
    context.setLineDash([]);
    if (!cross) return;
    context.beginPath();
    context.moveTo(18, 0);
    context.lineTo(25, 7);
    context.moveTo(25, 0);
    context.lineTo(18, 7);
    context.stroke();
  });
}

function box(color: string, strike = false, dashed = false): HTMLElement {
  return swatch(22, 12, (context) => {
    context.globalAlpha = 0.35;
    context.fillStyle = color;
    context.fillRect(0, 0, 22, 12);
    context.globalAlpha = 1;
    context.strokeStyle = color === OKABE_ITO.yellow ? '#8a7d00' : color;
    if (dashed) context.setLineDash([4, 3]);
    context.strokeRect(0.5, 0.5, 21, 11);
    if (!strike) return;
    context.beginPath();
    context.moveTo(0, 12);
    context.lineTo(12, 0);
    context.stroke();
  });
}

function toggle(store: Store, name: string, node: number): HTMLElement {
  const shown = !store.state.hidden.has(node);
  return h(
    'button',
    {
      class: 'small node-toggle',
      'aria-pressed': String(shown),
      title: shown ? `Hide ${name}` : `Show ${name}`,
      onclick: () => {
        const hidden = new Set(store.state.hidden);
        if (shown) hidden.add(node);
        else hidden.delete(node);
        if (hidden.size < store.current.model.names.length) store.set({ hidden });
      },
    },
    name,
  );
}
