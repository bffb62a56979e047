import { h, visible } from './dom.ts';

const SHOWN = 2_000;

/** A foreign text; of a very long one the beginning, how much there is, and a button for the rest. */
export function longText(text: string): HTMLElement {
  if (text.length <= SHOWN) return h('bdi', {}, visible(text));
  const rest = h('button', { class: 'small' }, `show all ${text.length} characters`);
  const element = h('bdi', {}, visible(text.slice(0, SHOWN)), '… ', rest);
  rest.addEventListener('click', () => {
    element.replaceChildren(visible(text));
  });
  return element;
}
