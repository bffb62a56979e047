/** How a campaign's seeds become schedules. */
export const STRATEGIES = ['random', 'pct', 'guided'] as const;
export type Strategy = (typeof STRATEGIES)[number];
