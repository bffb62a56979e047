/** Okabe and Ito's colours (2008), which people with any kind of colour vision can tell apart. */
export const OKABE_ITO = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  vermillion: '#D55E00',
  yellow: '#F0E442',
  black: '#000000',
} as const;

/** What the canvas takes from the style sheet, so that one set of variables serves both and dark mode works. */
export interface Palette {
  readonly dark: boolean;
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly message: string;
  readonly past: string;
  readonly future: string;
  readonly culprit: string;
  readonly drop: string;
  readonly cursor: string;
  readonly sides: readonly string[];
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    dark: read('--dark') === '1',
    background: read('--surface'),
    text: read('--text'),
    faint: read('--faint'),
    line: read('--line'),
    message: read('--message'),
    past: read('--past'),
    future: read('--future'),
    culprit: read('--bad'),
    drop: read('--drop'),
    cursor: read('--cursor'),
    sides: [read('--side-a'), read('--side-b'), read('--side-c'), read('--side-d')],
  };
}
