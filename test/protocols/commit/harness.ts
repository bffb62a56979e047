import { commit } from '../../../src/protocols/commit/index.ts';
import type { CommitMonitor } from '../../../src/protocols/commit/monitor.ts';
import { watchRun, type Watched } from '../watch.ts';

/** Runs a scenario text of the commit protocol once and keeps its monitor. */
export function watch(text: string, seed = '1'): Watched<CommitMonitor> {
  return watchRun(commit, text, seed);
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
