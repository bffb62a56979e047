/** splitbrain as a library: simulate your own nodes, run scenarios, judge histories from anywhere. */

// Simulating one's own nodes.
export { simulate } from './scenario/simulate.ts';
export type {
  BrokenInvariant,
  NodeBuilder,
  OpenOperation,
  Recorder,
  RunningNodes,
  SimulatedRun,
  SimulateOptions,
} from './scenario/simulate.ts';
export { TORN_RECORD } from './sim/engine/env.ts';
export type {
  CallResult,
  Disk,
  DiskError,
  Message,
  NodeEnv,
  NodeFactory,
  NodeId,
  NodeProgram,
  Task,
} from './sim/engine/env.ts';
export { AmbientAccessError } from './sim/engine/guard.ts';
export { firstDivergence } from './sim/engine/divergence.ts';
export type { Divergence } from './sim/engine/divergence.ts';
export { RandomStream, RandomStreams } from './sim/engine/random.ts';
export { Simulation } from './sim/engine/simulation.ts';
export type { SimulationOptions } from './sim/engine/simulation.ts';
export type { TraceLevel, TraceRow } from './sim/engine/trace.ts';
export { Network } from './sim/network/network.ts';
export type { NetworkOptions } from './sim/network/network.ts';
export type { LinkProfile } from './sim/network/link.ts';
export type { LatencyModel } from './sim/network/latency.ts';
export { DiskArray } from './sim/storage/disk-array.ts';
export type { DiskOptions } from './sim/storage/disk-array.ts';
export type {
  Fault,
  FaultAction,
  FaultReport,
  TargetSelector,
  Trigger,
} from './sim/faults/fault.ts';

// Scenarios.
export { compileScenario } from './scenario/compile.ts';
export { PROTOCOLS } from './scenario/registry.ts';
export { runScenario } from './scenario/run.ts';
export type { RunOptions } from './scenario/run.ts';
export { outcomeOf } from './scenario/run-result.ts';
export type { PropertyResult, RunResult } from './scenario/run-result.ts';
export type { Scenario } from './scenario/scenario.ts';
export { ScenarioError } from './scenario/scenario-error.ts';
export type * from './protocols/protocol.ts';

// Histories and verdicts.
export { History } from './history/history.ts';
export type { Operation } from './history/history.ts';
export { HistoryBuilder } from './history/history-builder.ts';
export { HistoryError } from './history/history-error.ts';
export { parseHistory, readHistory } from './history/read-history.ts';
export { writeJsonl } from './history/write-jsonl.ts';
export { check } from './checker/check.ts';
export type { CheckOptions } from './checker/check-options.ts';
export type { Verdict } from './checker/verdict.ts';
export { checkAll } from './checker/lattice/check-all.ts';
export type { CheckAllOptions, LatticeReport } from './checker/lattice/check-all.ts';
export { CONSISTENCIES, consistencyNamed } from './checker/lattice/consistency.ts';
export type { Consistency } from './checker/lattice/consistency.ts';
export type { ModelVerdict } from './checker/lattice/model-verdict.ts';
export { IncrementalChecker } from './checker/stream/incremental-checker.ts';
export type { Model } from './checker/models/model.ts';
export { MODELS } from './checker/models/catalogue.ts';

// Many runs.
export { runCampaign } from './campaign/run/campaign.ts';
export { shrink } from './campaign/shrink/shrink.ts';
export { runZoo } from './campaign/zoo/zoo.ts';

// Tests for runners other than vitest, which has `splitbrain/vitest`.
export { campaignWith, simTestWith } from './testing.ts';
export type {
  CampaignTestOptions,
  FaultPlan,
  NodeSource,
  RunnerFace,
  SimTestOptions,
  SimWorld,
} from './testing.ts';
