import type { LatencyModel } from '../network/latency.ts';

/** Which nodes a fault is about; resolved when the fault begins, any choice drawn from the fault's own stream. */
export type TargetSelector =
  | { readonly kind: 'nodes'; readonly names: readonly string[] }
  /** The server that claims the role with the highest rank (the Raft leader of the highest term). */
  | { readonly kind: 'role'; readonly role: string }
  /** Every server that is up and does not hold the role `leader`. */
  | { readonly kind: 'followers' }
  /** This many servers, drawn. */
  | { readonly kind: 'random'; readonly count: number }
  /** This many clients, drawn. */
  | { readonly kind: 'random-clients'; readonly count: number }
  /** The largest set of servers that is less than half, drawn. */
  | { readonly kind: 'minority' }
  /** The smallest set of servers that is more than half, drawn. */
  | { readonly kind: 'majority' }
  | { readonly kind: 'servers' }
  | { readonly kind: 'clients' };

/** What a fault or a script step waits for. Counting starts when the run does, or when its `afterFault` has begun. */
export type Trigger =
  | {
      readonly kind: 'mark';
      readonly mark: string;
      readonly node: string | null;
      /** Fields of the mark's detail that must be equal. */
      readonly where: Readonly<Record<string, unknown>>;
      readonly nth: number;
    }
  | {
      readonly kind: 'message';
      readonly type: string;
      readonly from: string | null;
      readonly to: string | null;
      readonly on: 'sent' | 'delivered';
      readonly nth: number;
    }
  /** When this many events have been dispatched. */
  | { readonly kind: 'event'; readonly event: number }
  | { readonly kind: 'fault'; readonly id: string; readonly edge: 'start' | 'end' }
  /** A scripted operation of this id was invoked or completed. */
  | { readonly kind: 'operation'; readonly id: string; readonly edge: 'invoke' | 'complete' };

/** When something begins: a time, or a trigger and a delay after it. */
export type Moment =
  { readonly atUs: number } | { readonly when: Trigger; readonly delayUs: number };

/** When a fault ends: after a while, at a moment, or (null) when the fault phase does. */
export type FaultEnd = { readonly forUs: number } | { readonly until: Moment } | null;

/** What it does. Chances are in millionths. */
export type FaultAction =
  | { readonly kind: 'partition'; readonly groups: readonly (readonly string[])[] }
  | { readonly kind: 'isolate'; readonly target: TargetSelector }
  | { readonly kind: 'halves' }
  | { readonly kind: 'bridge' }
  | { readonly kind: 'ring' }
  | { readonly kind: 'one-way'; readonly from: TargetSelector; readonly to: TargetSelector }
  | { readonly kind: 'links'; readonly kept: readonly (readonly [string, string])[] }
  /** A partition that comes and goes: `upUs` cut, `downUs` healed, again. */
  | {
      readonly kind: 'flapping';
      readonly target: TargetSelector;
      readonly cutUs: number;
      readonly healedUs: number;
    }
  | {
      readonly kind: 'messages';
      readonly from: TargetSelector;
      readonly to: TargetSelector;
      readonly types: readonly string[] | null;
      readonly dropPpm: number;
      readonly duplicatePpm: number;
      readonly reorderPpm: number;
      readonly corruptPpm: number;
      readonly delay: LatencyModel | null;
    }
  | { readonly kind: 'clog'; readonly from: TargetSelector; readonly to: TargetSelector }
  /** The journey of one message: the `nth` of its type on this link since the fault began arrives at these times, or never. */
  | {
      readonly kind: 'message';
      readonly type: string;
      readonly from: string;
      readonly to: string;
      readonly nth: number;
      /** Virtual times, one a copy; one that is past when the message is sent means at once. Empty: it is lost. */
      readonly arrivesUs: readonly number[];
    }
  | { readonly kind: 'kill'; readonly target: TargetSelector }
  | { readonly kind: 'power-loss'; readonly target: TargetSelector }
  | { readonly kind: 'disk-loss'; readonly target: TargetSelector }
  | { readonly kind: 'pause'; readonly target: TargetSelector }
  | { readonly kind: 'slow-disk'; readonly target: TargetSelector; readonly factor: number }
  | { readonly kind: 'stalled-disk'; readonly target: TargetSelector }
  | { readonly kind: 'failed-sync'; readonly target: TargetSelector; readonly failPpm: number }
  | { readonly kind: 'clock-step'; readonly target: TargetSelector; readonly byUs: number }
  | { readonly kind: 'clock-drift'; readonly target: TargetSelector; readonly ppm: number }
  | { readonly kind: 'clock-freeze'; readonly target: TargetSelector }
  /** Fires a named timer now, whatever it was set to: the scripted form of "its timeout happened to come first". */
  | { readonly kind: 'fire-timer'; readonly target: TargetSelector; readonly timer: string }
  /** The task that would wake first does so now: its sleep is over, or its call has timed out. */
  | { readonly kind: 'wake'; readonly target: TargetSelector };

export type FaultKind = FaultAction['kind'];

/** Those that cut links. */
export const CUT_KINDS = [
  'partition',
  'isolate',
  'halves',
  'bridge',
  'ring',
  'one-way',
  'links',
  'flapping',
] as const satisfies readonly FaultKind[];

/** One line of a schedule. A run is fully described by scenario + seed + schedule. */
export interface Fault {
  readonly id: string;
  readonly start: Moment;
  readonly end: FaultEnd;
  readonly action: FaultAction;
}

/** The payload of a fault-start row: the fault, and whom it was about when it began. */
export interface FaultBegun {
  readonly fault: Fault;
  targets: readonly string[];
}

/** What became of a fault in a run. */
export interface FaultReport {
  readonly id: string;
  readonly kind: FaultKind;
  /** `waiting`: its moment never came. */
  readonly state: 'waiting' | 'active' | 'ended';
  readonly startUs: number | null;
  readonly startEvent: number | null;
  readonly endUs: number | null;
  /** The nodes it was about, as resolved. */
  readonly targets: readonly string[];
  /** What it really did: messages blocked, processes killed, syncs failed, ... 0: it never bit. */
  readonly effect: number;
}
