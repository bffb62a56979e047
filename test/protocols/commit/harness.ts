import { readFileSync } from 'node:fs';

import { commit } from '../../../src/protocols/commit/index.ts';
import type { CommitMonitor } from '../../../src/protocols/commit/monitor.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import type { RunResult } from '../../../src/scenario/run-result.ts';
import { runScenario } from '../../../src/scenario/run.ts';

/** A finished run with the monitor that watched it. */
export interface Watched {
  readonly result: RunResult;
  readonly monitor: CommitMonitor;
}

/** Runs a scenario text of the commit protocol once and keeps its monitor. */
export function watch(text: string, seed = '1'): Watched {
  let monitor: CommitMonitor | null = null;
  const watched = {
    ...commit,
    createMonitor: (...parameters: Parameters<typeof commit.createMonitor>): CommitMonitor =>
      (monitor = commit.createMonitor(...parameters)),
  };
  const scenario = compileScenario(text, 'test.yaml', { commit: watched });
  const result = runScenario(scenario, { seed, freeze: true });
  return { result, monitor: monitor! };
}

/** Names of the properties with this verdict. */
export function withVerdict({ properties }: RunResult, verdict: string): readonly string[] {
  return properties.filter((property) => property.verdict === verdict).map(({ name }) => name);
}

/** The text of `scenarios/commit/NAME.yaml`. */
export function scenarioText(name: string): string {
  return readFileSync(new URL(`../../../scenarios/commit/${name}.yaml`, import.meta.url), 'utf8');
}

/** One order over three managers: 4 rows, coordinator n1, managers n2 to n4. */
export function oneOrder(config: string, extra = ''): string {
  return `
name: one-order
title: one order
protocol: commit
topology: { servers: 4, clients: 1 }
config: { recoveryPeriod: 0s${config === '' ? '' : `, ${config}`} }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
liveness: 20s
script:
  - { at: 100ms, client: c1, do: order, key: x, value: { price: 7 } }
${extra}`;
}
