import type { FaultEntry, StepEntry } from '../../scenario/schema.ts';
import { parseDurationUs, writeDuration } from '../../scenario/units.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';
import { minimizeList } from './minimize-list.ts';
import { withoutNode } from './remove-node.ts';
import type { Trials } from './trials.ts';

/** Makes a failing document smaller in one respect, or returns it as it is. */
export type Pass = (document: ScenarioDocument, trials: Trials) => ScenarioDocument;

export const shrinkFaults: Pass = (document, trials) => {
  const { faults } = document;
  if (faults === undefined) return document;
  const kept = minimizeList(faults, (some) => trials.fails(withFaults(document, some)));
  return withFaults(document, kept);
};

export const shrinkOperations: Pass = (document, trials) => {
  const { script } = document;
  if (script === undefined) return document;
  const withSteps = (steps: readonly StepEntry[]): ScenarioDocument => ({
    ...document,
    script: [...steps],
  });
  return withSteps(minimizeList(script, (some) => trials.fails(withSteps(some))));
};

/** When operations cannot be scripted: fewer of them, of fewer kinds, on fewer keys. */
export const shrinkWorkload: Pass = (document, trials) => {
  let current = document;
  const attempt = (change: Partial<NonNullable<ScenarioDocument['workload']>>): void => {
    const { workload } = current;
    if (workload === undefined) return;
    const smaller = { ...current, workload: { ...workload, ...change } };
    if (trials.fails(smaller)) current = smaller;
  };
  for (const f of Object.keys(document.workload?.mix ?? {}))
    attempt({ mix: { ...current.workload?.mix, [f]: 0 } });
  for (const keys of [1, 2]) if ((current.workload?.keys ?? 1) > keys) attempt({ keys });
  for (const operations of [32, 16, 8, 4, 2, 1]) attempt({ operations });
  return current;
};

/** Clients without a step first, then each with its steps; servers one by one. */
export const shrinkNodes: Pass = (document, trials) => {
  let current = document;
  const names = [
    ...nodeNames(document.topology.clients, 'c'),
    ...nodeNames(document.topology.servers, 'n').reverse(),
  ];
  for (const name of names) {
    const smaller = withoutNode(current, name);
    if (trials.fails(smaller)) current = smaller;
  }
  return current;
};

/** Ends the fault phase soon after the failure, and asks for liveness only when that is what fails. */
export const shrinkDuration: Pass = (document, trials) => {
  let current = document;
  const trial = trials.run(document);
  if (trial === null || trial.failure === null) return document;
  if (current.liveness !== 'none') {
    const without: ScenarioDocument = { ...current, liveness: 'none' };
    if (trials.fails(without)) current = without;
  }
  const { history, virtualUs } = trial.result;
  const ends = history.operations().map((operation) => operation.completeTimeUs);
  const lastUs =
    trial.failure.event === null
      ? Math.max(0, ...ends.filter((us) => !Number.isNaN(us)))
      : virtualUs;
  const fullUs = parseDurationUs(current.duration);
  for (const gridUs of [1_000_000, 100_000, 10_000, 1_000]) {
    const us = (Math.floor(lastUs / gridUs) + 1) * gridUs;
    if (us >= fullUs) continue;
    const shorter = endingAt(current, us);
    if (!trials.fails(shorter)) continue;
    current = shorter;
    break;
  }
  // What only the whole run shows may not need most of it.
  for (let us = parseDurationUs(current.duration) >> 1; us >= 1_000; us >>= 1) {
    const gridUs = us >= 100_000 ? 100_000 : us >= 10_000 ? 10_000 : 1_000;
    const shorter = endingAt(current, Math.ceil(us / gridUs) * gridUs);
    if (!trials.fails(shorter)) break;
    current = shorter;
  }
  return current;
};

/** Without what would happen after the end. */
function endingAt(document: ScenarioDocument, endUs: number): ScenarioDocument {
  const happens = ({ at }: { at?: string | undefined }): boolean =>
    at === undefined || parseDurationUs(at) < endUs;
  return {
    ...document,
    duration: writeDuration(endUs),
    ...(document.script === undefined ? {} : { script: document.script.filter(happens) }),
    ...(document.faults === undefined ? {} : { faults: document.faults.filter(happens) }),
  };
}

/**
 * Without chance in network and disks a fault that stays is needed for what it does, not for the luck it changes. Tried
 * once, before anything else is removed: it is a change, not a removal.
 */
export const calmNetwork: Pass = (document, trials) => {
  const network = { latency: '5ms' };
  const calm: ScenarioDocument = { ...omit(document, 'ties'), network, disk: CALM_DISK };
  if (trials.fails(calm)) return calm;
  const calmLinks: ScenarioDocument = { ...document, network };
  return trials.fails(calmLinks) ? calmLinks : document;
};

const CALM_DISK = { sync: '1ms' };

/** Features, links, disks and clocks back to the defaults, one by one. What is constant is simpler than a default range. */
export const shrinkConfiguration: Pass = (document, trials) => {
  let current = document;
  const attempt = (smaller: ScenarioDocument): void => {
    if (trials.fails(smaller)) current = smaller;
  };
  const { config = {}, network = {}, disk = {} } = document;
  for (const key of Object.keys(config))
    attempt({ ...current, config: omit(current.config ?? {}, key) });
  for (const key of ['clocks', 'ties', 'require', 'maxEvents'] as const)
    if (current[key] !== undefined) attempt(omit(current, key));
  for (const key of Object.keys(disk) as (keyof typeof disk)[])
    if (typeof disk[key] !== 'string' || key !== 'sync')
      attempt({ ...current, disk: omit(current.disk ?? {}, key) });
  for (const key of Object.keys(network) as (keyof typeof network)[])
    if (typeof network[key] !== 'string' || key !== 'latency')
      attempt({ ...current, network: omit(current.network ?? {}, key) });
  return current;
};

export function withFaults(
  document: ScenarioDocument,
  faults: readonly FaultEntry[],
): ScenarioDocument {
  return { ...document, faults: [...faults] };
}
