const SVG = 'http://www.w3.org/2000/svg';

/** Drawn in a square of 16: no font need have the sign. */
const PATHS = {
  play: 'M4 2 L13 8 L4 14 Z',
  pause: 'M3 2 H7 V14 H3 Z M9 2 H13 V14 H9 Z',
  back: 'M10 2 V14 L2 8 Z M12 2 H14 V14 H12 Z',
  forward: 'M2 2 H4 V14 H2 Z M6 2 L14 8 L6 14 Z',
  backFar: 'M1 2 H3 V14 H1 Z M9 2 V14 L3 8 Z M15 2 V14 L9 8 Z',
  forwardFar: 'M1 2 L7 8 L1 14 Z M7 2 L13 8 L7 14 Z M13 2 H15 V14 H13 Z',
  faultBack: 'M5 4 V12 L0 8 Z M12 1 L7 9 H10 L9 15 L15 6 H12 L13 1 Z',
  faultForward: 'M11 4 L16 8 L11 12 Z M6 1 L1 9 H4 L3 15 L9 6 H6 L7 1 Z',
} as const;

export type IconName = keyof typeof PATHS;

/** A sign for a button, which says in words elsewhere what it does. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
