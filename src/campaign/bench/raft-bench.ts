import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import type { RunResult } from '../../scenario/run-result.ts';
import { runScenario } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { median, type Metrics } from './engine-bench.ts';

const WARM_UP_SEEDS = 30;
const CLUSTER_RUNS = 15;
/** Virtual time of one run of {@link benchCluster}. */
const CLUSTER_US = 120_000_000;

/**
 * `bench raft`: whole runs of a scenario (faults, invariants, history check), seed after seed. The share of the invariants
 * is what the same seeds take without them, run in turn.
 */
export function benchRaft(scenario: Scenario, scenarioFile: string, seeds: number): Metrics {
  const runOne = (seed: number, invariants: boolean): RunResult =>
    runScenario(scenario, { seed: `bench-${seed}`, invariants });
  for (let seed = 0; seed < WARM_UP_SEEDS; seed += 1) runOne(seed, seed % 2 === 0);
  const shares: number[] = [];
  let totalMs = 0;
  let simulateMs = 0;
  let checkMs = 0;
  let events = 0;
  let messages = 0;
  let virtualUs = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const startMs = performance.now();
    const full = runOne(seed, true);
    totalMs += performance.now() - startMs;
    const bare = runOne(seed, false);
    simulateMs += full.timings.simulateMs;
    checkMs += full.timings.checkMs;
    events += full.events;
    messages += full.messages.delivered;
    virtualUs += full.virtualUs;
    shares.push(1 - bare.timings.simulateMs / full.timings.simulateMs);
  }
  return {
    seeds,
    eventsPerSeed: events / seeds,
    eventsPerSecond: events / (totalMs / 1000),
    messagesPerSecond: messages / (totalMs / 1000),
    seedsPerSecond: seeds / (totalMs / 1000),
    virtualSecondsPerSecond: virtualUs / 1000 / totalMs,
    invariantShare: Math.max(0, median(shares)),
    checkerShare: checkMs / (simulateMs + checkMs),
    messagesPerSecondBare: benchCluster(scenario),
    ...memoryOfOneRun(scenarioFile),
  };
}

/**
 * Messages delivered per second by the same cluster without invariants or faults, one write in flight, 1..10 ms and 5 %
 * loss on every link: the work of "etcd raft, des 5 nodes W=1" in the reference measurements, with disks, clients, history and
 * hash beside it. The best run counts, for a neighbour can only slow one down.
 */
function benchCluster(base: Scenario): number {
  const scenario: Scenario = {
    ...base,
    clients: base.clients.slice(0, 1),
    network: { latency: { kind: 'uniform', minUs: 1000, maxUs: 10_000 }, lossPpm: 50_000 },
    workload: { ...base.workload!, mix: [{ f: 'write', weight: 1 }], thinkMinUs: 0, thinkMaxUs: 0 },
    nemesis: null,
    durationUs: CLUSTER_US,
    livenessUs: null,
    maxEvents: Infinity,
  };
  let best = 0;
  for (let seed = 0; seed < CLUSTER_RUNS; seed += 1) {
    const { messages, timings } = runScenario(scenario, {
      seed: `cluster-${seed}`,
      invariants: false,
    });
    best = Math.max(best, messages.delivered / (timings.simulateMs / 1000));
  }
  return best;
}

/** Resident memory of a fresh process after one run, and of one that did nothing. */
function memoryOfOneRun(scenarioFile: string): Metrics {
  const cli = fileURLToPath(new URL('../../../bin/splitbrain.js', import.meta.url));
  const rss = (script: string): number =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1),
    ) /
    1024 /
    1024;
  const report = 'console.log(process.memoryUsage().rss)';
  const floorMib = rss(report);
  const afterRunMib = rss(
    `process.argv = ['node', 'splitbrain', 'run', ${JSON.stringify(scenarioFile)}, '--no-files', '--quiet'];` +
      `await import(${JSON.stringify(cli)}); ${report}`,
  );
  return {
    nodeFloorMib: floorMib,
    oneRunMib: afterRunMib,
    oneRunAboveFloorMib: afterRunMib - floorMib,
  };
}
