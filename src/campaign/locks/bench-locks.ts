import type { Metrics } from '../bench/engine-bench.ts';
import { nextGrantBound } from './bounds.ts';
import { lockCost } from './cost.ts';
import { judgeFault } from './judge-fault.ts';
import { LOCK_FAULTS } from './lock-fault.ts';
import { LOCK_SCHEMES } from './scheme.ts';

/**
 * `bench locks`: what each lock scheme costs and, unless `quick`, how it fares under each fault: 1 for a notion that was
 * broken. All figures are of virtual time: the same on every machine. `docs/locks.md` has them as tables.
 */
export function benchLocks(quick: boolean): Metrics {
  const metrics: Metrics = {};
  for (const scheme of LOCK_SCHEMES) {
    const { id } = scheme;
    const cost = lockCost(scheme);
    metrics[`${id}.messagesPerLock`] = cost.messagesPerGrant;
    metrics[`${id}.syncsPerLock`] = cost.syncsPerGrant;
    metrics[`${id}.waitMedianMs`] = cost.waitMedianUs / 1_000;
    metrics[`${id}.wait99Ms`] = cost.wait99Us / 1_000;
    metrics[`${id}.evenness`] = cost.evenness;
    metrics[`${id}.overtakes`] = cost.overtakes;
    metrics[`${id}.nextGrantAfterCrashMs`] = nextGrantBound(scheme).measuredUs / 1_000;
    if (quick) continue;
    for (const fault of LOCK_FAULTS) {
      const { broken, overrunUs } = judgeFault(scheme, fault);
      for (const [notion, is] of Object.entries(broken))
        metrics[`${id}.${fault.id}.${notion}Broken`] = is ? 1 : 0;
      metrics[`${id}.${fault.id}.overrunMs`] = overrunUs / 1_000;
    }
  }
  return metrics;
}
