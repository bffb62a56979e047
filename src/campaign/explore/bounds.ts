import { CampaignError } from '../run/seeds.ts';

/** How much of everything one explored story may have; SandTable's bounds (Tang et al., EuroSys 2024), and duplications. */
export interface Bounds {
  /** Operations that clients begin, all clients together. */
  readonly requests: number;
  /** Timers and waits of servers that come to their end. */
  readonly timeouts: number;
  /** The same of clients: calls given up, sleeps before another try. */
  readonly clientTimeouts: number;
  /** Server processes killed; each may start again. */
  readonly crashes: number;
  /** Servers that lose their power, and with it what was not synced. */
  readonly powerLosses: number;
  /** Messages lost. One that never arrives is explored without: it may stay on its way for ever. */
  readonly drops: number;
  /** Messages that arrive and stay on their way, to arrive again. */
  readonly duplicates: number;
  /** Messages under way at once; a state with more is not followed further. */
  readonly messages: number;
  /** Steps of one story. */
  readonly depth: number;
  /** Ends of syncs as steps of their own: 1; at once: 0. */
  readonly syncs: 0 | 1;
  /** Servers differ in nothing but their names, so that states which differ in nothing else are one: 1. */
  readonly symmetry: 0 | 1;
}

/** Bounds that most planted bugs need no more than, small enough for an answer within a minute. */
const DEFAULT_BOUNDS: Bounds = {
  requests: 1,
  timeouts: 2,
  clientTimeouts: 0,
  crashes: 0,
  powerLosses: 0,
  drops: 0,
  duplicates: 0,
  messages: 12,
  depth: 40,
  syncs: 0,
  symmetry: 0,
};

const SWITCHES: readonly string[] = ['syncs', 'symmetry'];

/** `timeouts=3,crashes=1` over the defaults. @throws CampaignError naming what is wrong and what there is. */
export function parseBounds(text: string): Bounds {
  const bounds: Record<string, number> = { ...DEFAULT_BOUNDS };
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((one) => one.trim());
    const known = Object.keys(DEFAULT_BOUNDS);
    if (!known.includes(name))
      throw new CampaignError(
        `--bounds: there is no bound "${name}"; there are ${known.join(', ')}`,
      );
    const limit = SWITCHES.includes(name) ? 1 : 1_000;
    if (!/^\d+$/.test(value) || Number(value) > limit)
      throw new CampaignError(
        `--bounds ${part.trim()}: expected a whole number from 0 to ${limit}`,
      );
    bounds[name] = Number(value);
  }
  return bounds as unknown as Bounds;
}

/** The bounds that are not 0, as they are written. */
export function describeBounds(bounds: Bounds): string {
  return Object.entries(bounds)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',');
}
