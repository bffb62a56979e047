import type { PlantedBug } from './planted.ts';

export const durabilityBugs: readonly PlantedBug[] = [];
