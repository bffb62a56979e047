import type { AxisMode } from '../layout/axis.ts';

export const TABS = [
  'events',
  'operations',
  'state',
  'metrics',
  'schedule',
  'transactions',
  'compare',
  'campaign',
] as const;
export type Tab = (typeof TABS)[number];

/** Everything a link to this picture has to say; the rest follows from the data. */
export interface ViewState {
  /** Which run of the file. */
  readonly run: number;
  /** The row that everything is about; -1: none. */
  readonly cursor: number;
  /** The chosen operation; -1: none. */
  readonly operation: number;
  /** The stretch of the axis in view. */
  readonly from: number;
  readonly to: number;
  readonly axis: AxisMode;
  readonly tab: Tab;
  readonly hidden: ReadonlySet<number>;
  readonly filter: string;
}

/** In a hash: nothing is chosen. */
const NOTHING = '-';

/**
 * The state as a URL's hash: `#e=1203.2&t=3900000-4700000&v=events`. `e` is the event and the row within it, so that it
 * means the same in every report of the run.
 */
export function hashOf(state: ViewState, eventOfRow: (row: number) => string): string {
  const parts: string[] = [];
  if (state.run !== 0) parts.push(`r=${state.run}`);
  parts.push(`e=${state.cursor >= 0 ? eventOfRow(state.cursor) : NOTHING}`);
  parts.push(`op=${state.operation >= 0 ? state.operation : NOTHING}`);
  parts.push(`t=${Math.round(state.from)}-${Math.round(state.to)}`);
  if (state.axis !== 'time') parts.push(`x=${state.axis}`);
  parts.push(`v=${state.tab}`);
  if (state.hidden.size > 0) parts.push(`hide=${[...state.hidden].join(',')}`);
  if (state.filter !== '') parts.push(`q=${encodeURIComponent(state.filter)}`);
  return `#${parts.join('&')}`;
}

/** Reads {@link hashOf}'s text; what is missing or means nothing is left out. */
export function parseHash(
  hash: string,
  rowOfEvent: (event: number, offset: number) => number,
): Partial<ViewState> {
  const found: { -readonly [K in keyof ViewState]?: ViewState[K] } = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    const [name, ...rest] = part.split('=');
    const value = rest.join('=');
    if (name === 'r' && /^\d+$/.test(value)) found.run = Number(value);
    else if (name === 'op' && /^\d+$/.test(value)) found.operation = Number(value);
    else if (name === 'op' && value === NOTHING) found.operation = -1;
    else if (name === 'e' && value === NOTHING) found.cursor = -1;
    else if (name === 'x' && (value === 'folded' || value === 'rank')) found.axis = value;
    else if (name === 'v' && (TABS as readonly string[]).includes(value)) found.tab = value as Tab;
    else if (name === 'hide')
      found.hidden = new Set(
        value
          .split(',')
          .filter((one) => /^\d+$/.test(one))
          .map(Number),
      );
    else if (name === 'q') found.filter = decoded(value);
    const event = name === 'e' ? /^(\d+)(?:\.(\d+))?$/.exec(value) : null;
    if (event !== null) found.cursor = rowOfEvent(Number(event[1]), Number(event[2] ?? 0));
    const stretch = name === 't' ? /^(-?\d+)-(-?\d+)$/.exec(value) : null;
    if (stretch !== null && Number(stretch[2]) > Number(stretch[1])) {
      found.from = Number(stretch[1]);
      found.to = Number(stretch[2]);
    }
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
