import type { History } from '../history/history.ts';
import type { Figure } from '../protocols/protocol.ts';
import type { NodeFailure } from '../sim/engine/ports.ts';
import type { Checkpoint, Trace } from '../sim/engine/trace.ts';
import type { FaultReport, Fault } from '../sim/faults/fault.ts';
import type { QuorumCore } from './quorum-core.ts';
import type { Declared, Scenario } from './scenario.ts';
import type { OperationCount, World } from './world.ts';

export type PropertyVerdict = 'holds' | 'violated' | 'inconclusive' | 'vacuous';

/** One property of one run, judged. */
export interface PropertyResult {
  readonly name: string;
  readonly verdict: PropertyVerdict;
  readonly declared: Declared;
  /** One plain sentence for anything but `holds`. */
  readonly sentence: string;
  /** The because-chain, a line each. */
  readonly because: readonly string[];
  /** Indexes of the history's operations that matter. */
  readonly operations: readonly number[];
  /** The event at which it was seen, when it was seen at one. */
  readonly event: number | null;
  /** What judged it: `white box`, or the checker's procedure. */
  readonly procedure: string;
}

export interface RunTimings {
  /** Real milliseconds; never part of a verdict or a hash. */
  readonly simulateMs: number;
  readonly checkMs: number;
}

/** One run of one scenario under one seed. */
export interface RunResult {
  readonly scenario: Scenario;
  readonly seed: string;
  /** 64-bit trace hash, 16 hexadecimal digits. */
  readonly hash: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly events: number;
  readonly virtualUs: number;
  readonly schedule: readonly Fault[];
  /** Who was healed after the fault phase; null: everything. */
  readonly core: QuorumCore | null;
  readonly faults: readonly FaultReport[];
  readonly properties: readonly PropertyResult[];
  /** What the protocol measured. */
  readonly figures: readonly Figure[];
  readonly operations: ReadonlyMap<string, OperationCount>;
  readonly messages: { readonly sent: number; readonly delivered: number; readonly lost: number };
  readonly history: History;
  readonly failures: readonly NodeFailure[];
  readonly trace: Trace;
  readonly world: World;
  readonly timings: RunTimings;
}

/** What a run means for its exit code: as declared, not as declared, or not put to the test. */
export type RunOutcome = 'passed' | 'failed' | 'inconclusive';

/** `violated` that was declared is a pass; `holds` where a violation was declared is a failure (DESIGN §5). */
export function outcomeOf(properties: readonly PropertyResult[]): RunOutcome {
  if (properties.some((property) => isFailure(property))) return 'failed';
  return properties.some(({ verdict }) => verdict === 'inconclusive' || verdict === 'vacuous')
    ? 'inconclusive'
    : 'passed';
}

export function isFailure({ verdict, declared }: PropertyResult): boolean {
  return declared === 'holds' ? verdict === 'violated' : verdict === 'holds';
}
