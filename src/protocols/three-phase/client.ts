import { CommitClient } from '../commit/index.ts';

/** A client of the bank; it cannot tell two phases from three. */
export class ThreePhaseClient extends CommitClient {}
