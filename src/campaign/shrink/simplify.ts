import type { FaultReport } from '../../sim/faults/fault.ts';
import type { FaultEntry } from '../../scenario/schema.ts';
import { parseDurationUs, writeDuration } from '../../scenario/units.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';
import { withFaults, type Pass } from './passes.ts';
import type { Trials } from './trials.ts';

/** Times are tried on these grids, the coarsest first: `300ms` reads better than `287654us`. */
const GRIDS_US: readonly number[] = [100_000, 10_000, 1_000];

/** Drawn targets become the nodes that they meant, chances become certainties. */
export const nameTargets: Pass = (document, trials) => {
  const trial = trials.run(document);
  if (trial === null) return document;
  const reports = new Map(trial.result.faults.map((report) => [report.id, report]));
  const servers = nodeNames(document.topology.servers, 'n');
  return simplifyFaults(document, trials, (fault, attempt) => {
    const report = reports.get(fault.id);
    let current = fault;
    for (const simpler of simplerFaults(fault, report, servers))
      if (attempt({ ...current, ...simpler })) current = { ...current, ...simpler };
  });
};

function simplerFaults(
  fault: FaultEntry,
  report: FaultReport | undefined,
  servers: readonly string[],
): Partial<FaultEntry>[] {
  const simpler: Partial<FaultEntry>[] = [];
  const targets = report?.targets ?? [];
  const drawn = (target: FaultEntry['target']): boolean =>
    typeof target === 'string' && /^(random \d+|minority|majority)$/.test(target);
  const named = targets.length === 1 ? targets[0]! : [...targets];
  if (targets.length > 0 && drawn(fault.target)) simpler.push({ target: named });
  if (targets.length > 0 && drawn(fault.from)) simpler.push({ from: named });
  if (fault.kind === 'halves' && targets.length > 0)
    simpler.push({
      kind: 'partition',
      groups: [[...targets], servers.filter((name) => !targets.includes(name))],
    });
  if (fault.drop !== undefined && fault.drop !== '100%') simpler.push({ drop: '100%' });
  if (fault.duplicate !== undefined && fault.duplicate !== '100%')
    simpler.push({ duplicate: '100%' });
  if (Array.isArray(fault.delay)) simpler.push({ delay: fault.delay[1] });
  return simpler;
}

/** Faults shorter, all times on the coarsest grid on which it still fails. */
export const roundTimes: Pass = (document, trials) => {
  const faultsRounded = simplifyFaults(document, trials, (fault, attempt) => {
    let current = fault;
    const change = (part: Partial<FaultEntry>): boolean => {
      if (!attempt({ ...current, ...part })) return false;
      current = { ...current, ...part };
      return true;
    };
    while (current.for !== undefined && parseDurationUs(current.for) >= 2_000)
      if (!change({ for: writeDuration(parseDurationUs(current.for) >> 1) })) break;
    for (const key of ['at', 'for', 'after'] as const) {
      const text = current[key];
      if (text !== undefined) roundedTexts(text).some((rounded) => change({ [key]: rounded }));
    }
  });
  const { script } = faultsRounded;
  if (script === undefined) return faultsRounded;
  let current = faultsRounded;
  for (const index of script.keys()) {
    const { at } = script[index]!;
    if (at === undefined) continue;
    roundedTexts(at).some((rounded) => {
      const steps = (current.script ?? []).map((step, position) =>
        position === index ? { ...step, at: rounded } : step,
      );
      const simpler = { ...current, script: steps };
      if (!trials.fails(simpler)) return false;
      current = simpler;
      return true;
    });
  }
  return current;
};

/** The time on ever finer grids, below and above; none when it is on the coarsest already. */
function roundedTexts(text: string): string[] {
  const us = parseDurationUs(text);
  const texts: string[] = [];
  for (const gridUs of GRIDS_US) {
    if (us % gridUs === 0) break;
    const below = Math.floor(us / gridUs) * gridUs;
    texts.push(writeDuration(below), writeDuration(below + gridUs));
  }
  return texts;
}

type Attempt = (changed: FaultEntry) => boolean;

/** Lets `simplify` try changes of each fault in turn; those under which it still fails stay. */
function simplifyFaults(
  document: ScenarioDocument,
  trials: Trials,
  simplify: (fault: FaultEntry, attempt: Attempt) => void,
): ScenarioDocument {
  let current = document;
  for (const { id } of document.faults ?? []) {
    const fault = current.faults!.find((one) => one.id === id)!;
    simplify(fault, (changed) => {
      const simpler = withFaults(
        current,
        current.faults!.map((one) => (one.id === id ? changed : one)),
      );
      if (!trials.fails(simpler)) return false;
      current = simpler;
      return true;
    });
  }
  return current;
}
