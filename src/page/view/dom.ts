type Child = Node | string | null | false;

interface Attributes {
  readonly [name: string]: string | number | boolean | null | ((event: never) => void);
}

/**
 * Makes an element. Attributes that are functions are listeners (`onclick`); `null` and `false` are left out. Texts are
 * text, never markup: whatever a message carries, it shows as what it is.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function')
      element.addEventListener(name.replace(/^on/, ''), value as unknown as EventListener);
    else if (value !== null && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

/** Foreign text, isolated so that right-to-left letters turn nothing around, with invisible characters made visible. */
export function foreign(text: string): HTMLElement {
  return h('bdi', {}, visible(text));
}

/** Control characters and those that change the direction of text, written as what they are. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The element that the template has under this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element "${id}"`);
  return element;
}

export function replace(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== false));
}
