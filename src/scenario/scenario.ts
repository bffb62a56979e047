import type { ProtocolDefinition } from '../protocols/protocol.ts';
import type { Fault, Moment } from '../sim/faults/fault.ts';
import type { NemesisProfile } from '../sim/faults/nemesis-profile.ts';
import type { LinkProfile } from '../sim/network/link.ts';
import type { DiskOptions } from '../sim/storage/disk-array.ts';
import type { Requirements } from './requirements.ts';

/** One scripted client operation. */
export interface ScriptStep {
  readonly id: string;
  readonly start: Moment;
  readonly client: string;
  readonly f: string;
  readonly key: string | null;
  readonly value: unknown;
}

/** Random operations of every client. */
export interface WorkloadPlan {
  /** Per client; Infinity: until the fault phase ends. */
  readonly operations: number;
  readonly mix: readonly { readonly f: string; readonly weight: number }[];
  readonly keys: number;
  /** 'unique', or how many different values. */
  readonly values: 'unique' | number;
  readonly thinkMinUs: number;
  readonly thinkMaxUs: number;
  readonly fromUs: number;
}

export interface ClockPlan {
  readonly node: string;
  readonly offsetUs: number;
  readonly driftPpm: number;
}

/** What becomes of a server outside the core, for good and beside the faults that were under way. */
export const LEFT_STATES = ['cut', 'down', 'paused'] as const;
export type LeftState = (typeof LEFT_STATES)[number];

/** What the end of the fault phase heals. */
export type HealPlan =
  | { readonly kind: 'all' }
  /** A set of servers that suffices, drawn from the seed; the others stay as broken as they are, or more. */
  | { readonly kind: 'quorum-core' }
  /** The same, written out. */
  | {
      readonly kind: 'core';
      readonly core: readonly string[];
      readonly left: Readonly<Partial<Record<string, LeftState>>>;
    };

export type Declared = 'holds' | 'violated';

/** A scenario with every name resolved, every default filled in and every duration in µs. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly claim: string;
  readonly source: string;
  readonly tags: readonly string[];
  /** The file it came from, or null. */
  readonly file: string | null;
  readonly defaultSeed: string;
  readonly protocol: ProtocolDefinition;
  readonly bug: string | null;
  readonly config: unknown;
  readonly servers: readonly string[];
  readonly clients: readonly string[];
  readonly network: LinkProfile;
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly profile: LinkProfile;
  }[];
  readonly disk: DiskOptions;
  readonly clocks: readonly ClockPlan[];
  readonly ties: 'fifo' | 'shuffled';
  readonly durationUs: number;
  /** Null: liveness is not asked. */
  readonly livenessUs: number | null;
  readonly heal: HealPlan;
  /** During the fault phase: how long a quorum that no fault touches may commit nothing; null: not asked. */
  readonly quorumCommitsUs: number | null;
  /** After the liveness phase: so long nothing is asked, and nothing may change. */
  readonly idleUs: number;
  readonly maxEvents: number;
  readonly workload: WorkloadPlan | null;
  readonly script: readonly ScriptStep[];
  readonly faults: readonly Fault[];
  /** Ids of faults that may stay without effect. */
  readonly mayMiss: ReadonlySet<string>;
  readonly nemesis: { readonly profile: NemesisProfile; readonly fromUs: number } | null;
  readonly requireOkDuringFaults: readonly string[];
  /** What else must have happened. */
  readonly required: Requirements;
  /** Only what the file says; anything else is declared to hold. */
  readonly declared: Readonly<Record<string, Declared>>;
}
