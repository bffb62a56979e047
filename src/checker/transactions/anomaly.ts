/** Anomalies that are no cycles. */
export type DirectAnomaly =
  | 'G1a'
  | 'G1b'
  | 'internal'
  | 'lost-update'
  | 'fractured-read'
  | 'dirty-update'
  | 'duplicate-elements'
  | 'incompatible-order'
  | 'garbage-read';

type CycleShape = 'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item';

/** Names after Adya (1999) and Elle (Kingsbury and Alvaro, VLDB 2020); the cyclic ones also with -process or -realtime. */
export type AnomalyName = DirectAnomaly | CycleShape | `${CycleShape}-${'process' | 'realtime'}`;

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

/** Why each anomaly that is no cycle is one: the rule that it breaks. */
export const BROKEN_RULE: Readonly<Record<DirectAnomaly, string>> = {
  G1a: 'An aborted transaction has no effect, so nobody may read what it wrote.',
  G1b: 'Others may read only what a transaction leaves behind, not what it overwrote itself.',
  internal: 'Within a transaction a read returns what that transaction last read or wrote there.',
  'lost-update':
    'Only one of two updates can come next after the version both had read; the other would have had to read that one.',
  'fractured-read': 'Whoever sees one write of a transaction sees all of them.',
  'dirty-update': 'A version that contains an aborted write keeps what never happened.',
  'duplicate-elements': 'An element is appended once, so a list holds it once.',
  'incompatible-order':
    'Appends only add to the end, in the order of the transaction: of two reads of a list, one is the beginning of the other.',
  'garbage-read': 'A value is the initial one or was written by someone.',
};
