import type { RunResult } from '../../scenario/run-result.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { Fault, FaultBegun, FaultReport } from '../../sim/faults/fault.ts';
import { describeFault } from '../describe-fault.ts';
import type { FaultData } from './report-data.ts';

/** The faults of a run's schedule with what became of them. */
export function collectFaults({ schedule, faults, trace, scenario }: RunResult): FaultData[] {
  const names = [...scenario.servers, ...scenario.clients];
  const edges = faultEdges(trace);
  const reports = new Map(faults.map((report) => [report.id, report]));
  return schedule.map((fault): FaultData => {
    const report = reports.get(fault.id);
    const targets = (report?.targets ?? []).map((name) => names.indexOf(name));
    const begun = report !== undefined && report.startUs !== null;
    return {
      id: fault.id,
      kind: fault.action.kind,
      text: describeFault(fault),
      startUs: begun ? report.startUs : null,
      endUs: begun ? report.endUs : null,
      startRow: edges.start.get(fault.id) ?? -1,
      endRow: edges.end.get(fault.id) ?? -1,
      targets,
      sides: begun ? sidesOf(fault, report, names, scenario.servers.length) : [],
      far: farEnd(fault, scenario.servers.length, names),
      effect: report?.effect ?? 0,
    };
  });
}

function faultEdges(trace: RunResult['trace']): Record<'start' | 'end', Map<string, number>> {
  const start = new Map<string, number>();
  const end = new Map<string, number>();
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const { kind, payload } = trace.row(index);
    if (kind === Kind.FAULT_START) start.set((payload as FaultBegun).fault.id, index);
    else if (kind === Kind.FAULT_END) end.set((payload as Fault).id, index);
  }
  return { start, end };
}

/** The groups between which nothing passes; empty for faults that do not split the nodes into such groups. */
function sidesOf(
  { action }: Fault,
  { targets }: FaultReport,
  names: readonly string[],
  servers: number,
): number[][] {
  const isClient = (node: number): boolean => node >= servers;
  const on = targets.map((name) => names.indexOf(name));
  if (action.kind === 'partition')
    return action.groups.map((group) => group.map((name) => names.indexOf(name)));
  if (!SPLITTING.has(action.kind)) return [];
  const all = names.map((_, node) => node).filter((node) => on.some(isClient) || !isClient(node));
  return [on, all.filter((node) => !on.includes(node))];
}

/** Where the links lead that a fault is about. */
function farEnd({ action }: Fault, servers: number, names: readonly string[]): number[] {
  if (action.kind !== 'one-way' && action.kind !== 'messages' && action.kind !== 'clog') return [];
  const { to } = action;
  if (to.kind === 'nodes') return to.names.map((name) => names.indexOf(name));
  const all = names.map((_, node) => node);
  if (to.kind === 'servers') return all.slice(0, servers);
  return to.kind === 'clients' ? all.slice(servers) : [];
}

/** Kinds that cut their targets off from all the others. */
const SPLITTING: ReadonlySet<string> = new Set(['isolate', 'flapping', 'halves']);
