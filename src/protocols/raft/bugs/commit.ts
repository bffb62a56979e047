import type { PlantedBug } from './planted.ts';

export const commitBugs: readonly PlantedBug[] = [];
