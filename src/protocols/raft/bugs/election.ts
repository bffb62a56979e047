import type { PlantedBug } from './planted.ts';

export const electionBugs: readonly PlantedBug[] = [];
