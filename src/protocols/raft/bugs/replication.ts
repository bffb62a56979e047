import type { PlantedBug } from './planted.ts';

export const replicationBugs: readonly PlantedBug[] = [];
