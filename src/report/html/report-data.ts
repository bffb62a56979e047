import type { LaneTone } from '../../protocols/lane.ts';
import type { PropertyVerdict, RunOutcome } from '../../scenario/run-result.ts';
import type { Status } from '../../history/history.ts';
import type { ValueList } from './value-list.ts';

/** What a report file carries; `container.ts` turns it into bytes and back. */
export interface ReportData {
  readonly format: typeof REPORT_FORMAT;
  /** The version of splitbrain that wrote it. */
  readonly splitbrain: string;
  readonly title: string;
  /** One run, two runs side by side, or the failures of a campaign. */
  readonly runs: readonly RunData[];
  readonly divergence: DivergenceData | null;
  readonly campaign: CampaignData | null;
  /** Present in a report that can run again: what to compile. */
  readonly live: LiveData | null;
}

export const REPORT_FORMAT = 'splitbrain-report/1';

export interface RunData {
  readonly head: RunHead;
  readonly rows: RowColumns;
  readonly payloads: ValueList;
  readonly states: StateColumns;
}

/** The trace's rows in columns; `-1` means none. */
export interface RowColumns {
  /** The number of the event a row happened in, from 1. */
  readonly event: Int32Array;
  readonly timeUs: Float64Array;
  /** `event-kind.ts`. */
  readonly kind: Uint8Array;
  readonly node: Int16Array;
  readonly peer: Int16Array;
  readonly a: Int32Array;
  /** The row that made this one happen: the send of a delivery or loss, the event of a row inside it. */
  readonly cause: Int32Array;
  /** Index into the payloads. */
  readonly payload: Int32Array;
  /** Index into {@link RunHead.places}. */
  readonly place: Int32Array;
  /** Random numbers drawn in the run by then. */
  readonly draws: Int32Array;
}

/** Texts one after another in UTF-8, decoded when somebody looks. */
export interface TextBlock {
  readonly bytes: Uint8Array;
  /** Where each text ends; one entry a text. */
  readonly ends: Float64Array;
}

/** Every change of a node's state, in order of time. */
export interface StateColumns {
  /** The last row of the event that changed it. */
  readonly row: Int32Array;
  readonly node: Int16Array;
  /** Index into {@link RunHead.looks}. */
  readonly look: Int32Array;
  /** One difference (`FieldsDelta`) for each change. */
  readonly deltas: ValueList;
}

export interface Look {
  readonly tone: LaneTone | 'down';
  readonly role: string;
  readonly label: string;
}

export interface NodeData {
  readonly name: string;
  readonly kind: 'server' | 'client';
}

export interface PropertyData {
  readonly name: string;
  readonly verdict: PropertyVerdict;
  readonly declared: 'holds' | 'violated';
  readonly sentence: string;
  readonly because: readonly string[];
  readonly operations: readonly number[];
  readonly event: number | null;
  readonly procedure: string;
}

export interface FaultData {
  readonly id: string;
  readonly kind: string;
  /** As a person writes it: `cut  at 2s  isolate leader  for 800ms`. */
  readonly text: string;
  readonly startUs: number | null;
  /** Null: to the end of the run. */
  readonly endUs: number | null;
  /** Rows of its begin and end; -1 when it never began or ended. */
  readonly startRow: number;
  readonly endRow: number;
  readonly targets: readonly number[]; /** Faults of links: the nodes at their far end, when the schedule names them; empty: any. */
  readonly far: readonly number[];
  /** Who could still talk to whom while it lasted, for partitions; empty otherwise. */
  readonly sides: readonly (readonly number[])[];
  readonly effect: number;
}

export interface OperationData {
  readonly index: number;
  readonly process: number | string;
  /** The node that asked; -1 in a history without a run. */
  readonly node: number;
  readonly f: string;
  /** `undefined`, and so absent from the file: no key, no argument, no answer. */
  readonly key?: unknown;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly status: Status;
  readonly error: string | null;
  /** Positions in the total order of invocations and completions; `complete` is null for an unknown outcome. */
  readonly invoke: number;
  readonly complete: number | null;
  /** Null when the history has no times. */
  readonly invokeUs: number | null;
  readonly completeUs: number | null;
  readonly invokeRow: number;
  readonly completeRow: number;
}

/** How a node's wall clock stood to true time, from `timeUs` on. */
export interface ClockPoint {
  readonly node: number;
  readonly timeUs: number;
  readonly offsetUs: number;
  /** 0: true rate; -1,000,000: frozen. */
  readonly driftPpm: number;
}

/** A sequential order that explains the answers of one object's operations. */
export interface OrderData {
  /** The key; null when the history is one object. */
  readonly object: string | null;
  readonly order: readonly number[];
  /** Everything is explained, or only what had been answered before the culprit was. */
  readonly complete: boolean;
}

/** What judges the history, for the page to replay: a model by name and how to read values. */
export interface ModelData {
  readonly name: string;
  readonly initial: unknown;
  readonly nilRead: 'value' | 'unknown';
  readonly casFail: 'no-effect' | 'compare-failed' | 'compare-if-said';
}

export interface CycleData {
  readonly name: string;
  readonly sentence: string;
  readonly because: readonly string[];
  readonly transactions: readonly { readonly operation: number; readonly text: string }[];
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly type: string;
    readonly because: string;
  }[];
}

export interface TransactionsData {
  /** Every isolation level asked, the weakest first. */
  readonly levels: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly summary: string;
  }[];
  readonly cycles: readonly CycleData[];
  /** Anomalies that are no cycles. */
  readonly others: readonly { readonly sentence: string; readonly because: readonly string[] }[];
}

export interface ScheduleData {
  /** The faults of this run as a scenario file writes them. */
  readonly yaml: string;
  /** The smallest run that still fails, when it was asked for. */
  readonly shrunk: {
    readonly yaml: string;
    readonly sizes: string;
    readonly minimal: boolean;
    readonly faults: readonly {
      readonly id: string;
      readonly text: string;
      readonly needed: boolean;
      readonly necessity: string;
    }[];
    readonly twin: readonly string[];
  } | null;
  /** The command that finds it. */
  readonly command: string;
}

export interface RunHead {
  readonly scenario: string;
  readonly title: string;
  readonly claim: string;
  readonly source: string;
  readonly protocol: string;
  readonly bug: string | null;
  readonly seed: string;
  readonly hash: string;
  readonly outcome: RunOutcome | 'nondeterministic';
  readonly events: number;
  readonly virtualUs: number;
  /** When the fault phase ended; null when the run ended before. */
  readonly healUs: number | null;
  readonly nodes: readonly NodeData[];
  /** What the command line prints about this run, line by line. */
  readonly text: readonly string[];
  readonly reproduce: string;
  readonly properties: readonly PropertyData[];
  /** The property the text tells first; -1 when all is as declared and nothing was violated. */
  readonly told: number;
  /** The operation whose answer no order explains. */
  readonly culprit: number | null;
  /** The row to look at first: the culprit's answer, or the event at which an invariant broke. */
  readonly violationRow: number;
  readonly faults: readonly FaultData[];
  readonly operations: readonly OperationData[];
  readonly clocks: readonly ClockPoint[];
  readonly model: ModelData | null;
  readonly orders: readonly OrderData[];
  readonly transactions: TransactionsData | null;
  readonly schedule: ScheduleData;
  readonly messages: { readonly sent: number; readonly delivered: number; readonly lost: number };
  readonly looks: readonly Look[];
  /** Source lines: `protocols/raft/core/reads.ts:88`. */
  readonly places: readonly string[];
  /** What of the run is not in the file, in words. Empty: all of it is. */
  readonly left: readonly string[];
  /** Rows of the run, also of those left out. */
  readonly rowsInRun: number;
}

/** Where two runs part. */
export interface DivergenceData {
  /** Null: they are equal. */
  readonly event: number | null;
  /** The first row that differs, in each run; -1: that run had ended. */
  readonly rows: readonly [number, number];
  readonly text: readonly string[];
}

export interface CampaignData {
  readonly text: readonly string[];
  readonly seeds: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly verdict: string;
  readonly buckets: readonly {
    readonly signature: string;
    readonly scenario: string;
    readonly seed: string;
    readonly count: number;
    readonly sentence: string;
    readonly reproduce: string;
    /** Index into the runs of the file; null when its run is not in it. */
    readonly run: number | null;
    readonly note: string;
  }[];
  readonly faults: readonly (readonly [
    kind: string,
    drawn: number,
    began: number,
    bit: number,
    effect: number,
  ])[];
  readonly operations: readonly (readonly [
    f: string,
    ok: number,
    fail: number,
    info: number,
    okDuringFaults: number,
  ])[];
  readonly marks: readonly (readonly [mark: string, runs: number])[];
  readonly missed: readonly string[];
  readonly divergences: readonly string[];
}

export interface LiveData {
  readonly scenarioText: string;
  readonly scenarioFile: string;
  /** How a command names it. */
  readonly scenarioWord: string;
  readonly seed: string;
  /** The schedule the run was given; null: the scenario's own. */
  readonly scheduleText: string | null;
}
