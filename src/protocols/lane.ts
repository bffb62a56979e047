import type { NodeProgram } from '../sim/engine/env.ts';

/**
 * What a picture makes of a node's state, whatever the protocol: `lead` decides for others (leader, lock holder,
 * coordinator with a decision to make), `bid` wants to (candidate, waiter), `bound` has promised and must not go back
 * (prepared participant), `rest` follows, `off` takes no part.
 */
export type LaneTone = 'lead' | 'bid' | 'bound' | 'rest' | 'off';

/** Plain data: what JSON can say. */
export type LaneValue =
  null | boolean | number | string | readonly LaneValue[] | { readonly [name: string]: LaneValue };

/**
 * A node's state as a report draws and lists it. Fields are compared after every event of the node and kept as
 * differences; of lists only the changed end is kept. The list {@link LOG_FIELD} and the fields {@link LOG_FIRST_FIELD}
 * and {@link COMMIT_FIELD} together draw a replicated log.
 */
export interface LaneState {
  readonly tone: LaneTone;
  /** `leader`, `participant`: one word for the legend. */
  readonly role: string;
  /** A few characters drawn into the lane: `t3`, `x #7`. */
  readonly label: string;
  readonly fields: Readonly<Record<string, LaneValue>>;
  /** Further fields, too long to be read whole after every event. */
  readonly lists?: Readonly<Record<string, LaneList>>;
}

/** A list of a node's state, read where it may have changed. */
export interface LaneList {
  readonly length: number;
  /** As long as this is the same object, the list has only grown at its end. */
  readonly lineage: object;
  readonly at: (index: number) => LaneValue;
}

/** The held entries as texts that begin with their term: `3 write x 2`. */
export const LOG_FIELD = 'log';
/** The index of the first of them. */
export const LOG_FIRST_FIELD = 'logFirst';
/** The last index known to be committed. */
export const COMMIT_FIELD = 'commitIndex';

/** Reads the state of a running program, server or client; null when there is nothing to show. Must not change it. */
export type LaneReader = (
  program: NodeProgram,
  nameOf: (node: number) => string,
) => LaneState | null;
