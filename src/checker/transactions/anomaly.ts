/** Names after Adya (1999) and Elle (Kingsbury and Alvaro, VLDB 2020); the cyclic ones also with -process or -realtime. */
export type AnomalyName =
  | 'G0'
  | 'G1a'
  | 'G1b'
  | 'G1c'
  | 'G-single'
  | 'G-nonadjacent'
  | 'G2-item'
  | 'internal'
  | 'lost-update'
  | 'fractured-read'
  | 'dirty-update'
  | 'duplicate-elements'
  | 'incompatible-order'
  | 'garbage-read'
  | `${'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item'}-${'process' | 'realtime'}`;

/** Well-known names of special cases: found by `toHaveAnomaly` beside the formal name. */
export type AnomalyAlias =
  'write-skew' | 'long-fork' | 'read-skew' | 'dirty-read' | 'circular-information-flow';

export interface Anomaly {
  readonly name: AnomalyName;
  readonly aliases: readonly AnomalyAlias[];
  /** Operations of the history that show it. */
  readonly operations: readonly number[];
  readonly sentence: string;
  readonly because: readonly string[];
}
