import { paxosCommit } from '../../../src/protocols/paxos-commit/index.ts';
import type { PaxosMonitor } from '../../../src/protocols/paxos-commit/monitor.ts';
import { watchRun, type Watched } from '../watch.ts';

/** One order over three managers rm1 to rm3, decided by a commit group of 2F+1 members tm1, tm2, ... */
export function oneOrder(faultsTolerated: number, extra = ''): string {
  const group = Array.from({ length: 2 * faultsTolerated + 1 }, (_, index) => `tm${index + 1}`);
  return `
name: one-order
title: one order
protocol: paxos-commit
topology: { servers: [${group.join(', ')}, rm1, rm2, rm3], clients: 1 }
config: { faults: ${faultsTolerated} }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
liveness: 20s
script:
  - { id: order, at: 100ms, client: c1, do: order, key: x, value: { price: 7 } }
${extra}`;
}

export function watch(text: string): Watched<PaxosMonitor> {
  return watchRun(paxosCommit, text);
}
