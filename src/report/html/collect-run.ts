import { faultEntry } from '../../campaign/documents/fault-entry.ts';
import { writeScenario } from '../../campaign/documents/write-scenario.ts';
import { clientOf, namedByClient } from '../../scenario/client-names.ts';
import { LINEARIZABLE } from '../../scenario/property-names.ts';
import { outcomeOf, type PropertyResult, type RunResult } from '../../scenario/run-result.ts';
import { PLAIN } from '../format.ts';
import { runText, toldProperties } from '../run-text.ts';
import { collectFaults } from './fault-data.ts';
import { collectOperations } from './operation-data.ts';
import { collectOrders, leftOut, modelData } from './order-data.ts';
import type { NodeData, OperationData, RunData, RunHead, ScheduleData } from './report-data.ts';
import { collectRows } from './row-columns.ts';
import type { RunProbe } from './run-probe.ts';
import { collectTransactions } from './transaction-data.ts';

export interface CollectOptions {
  /** The command that repeats the run. */
  readonly reproduce: string;
  /** What the probe's places mean; empty without them. */
  readonly places?: readonly string[];
  readonly shrunk?: ScheduleData['shrunk'];
  /** The command that finds the smallest schedule. */
  readonly shrinkCommand?: string;
  /** A sentence that outranks every verdict: the run did not repeat. */
  readonly nondeterminism?: readonly string[];
}

/** A finished run (trace level `full`, watched by the probe) as a report's data. */
export function collectRun(result: RunResult, probe: RunProbe, options: CollectOptions): RunData {
  const { scenario, trace } = result;
  const nodes: NodeData[] = [
    ...scenario.servers.map((name) => ({ name, kind: 'server' as const })),
    ...scenario.clients.map((name) => ({ name, kind: 'client' as const })),
  ];
  const { rows, payloads } = collectRows({ result }, probe.places);
  const history = namedByClient(result.history, scenario.clients);
  const operations = collectOperations(result.history, trace, (process) =>
    nodes.findIndex(({ name }) => name === clientOf(process, scenario.clients)),
  );
  const { properties } = result;
  const [told] = toldProperties(properties, outcomeOf(properties));
  const linearizable = properties.find(({ name }) => name === LINEARIZABLE);
  const core = linearizable?.verdict === 'violated' ? linearizable.operations : [];
  const { orders, culprit } = collectOrders(history, scenario.protocol.model, core);
  const head: RunHead = {
    scenario: scenario.name,
    title: scenario.title,
    claim: scenario.claim.trim(),
    source: scenario.source,
    protocol: scenario.protocol.name,
    bug: scenario.bug,
    seed: result.seed,
    hash: result.hash,
    outcome: options.nondeterminism === undefined ? outcomeOf(properties) : 'nondeterministic',
    events: result.events,
    virtualUs: result.virtualUs,
    healUs: result.virtualUs >= scenario.durationUs ? scenario.durationUs : null,
    nodes,
    text: [...(options.nondeterminism ?? []), ...runText(result, PLAIN, false, options.reproduce)],
    reproduce: options.reproduce,
    properties: properties.map((property) => withOpenOperations(property, result, operations)),
    told: told === undefined ? -1 : properties.indexOf(told),
    culprit: told !== undefined && told !== linearizable ? null : culprit,
    violationRow: violationRow(result, told, operations[culprit ?? -1]?.completeRow ?? -1),
    faults: collectFaults(result),
    operations,
    clocks: probe.clocks,
    model: modelData(result.history, scenario.protocol.model),
    orders,
    transactions: collectTransactions(history),
    schedule: {
      yaml: result.schedule.length === 0 ? '' : scheduleYaml(result),
      shrunk: options.shrunk ?? null,
      command: options.shrinkCommand ?? '',
    },
    messages: result.messages,
    looks: probe.looks,
    places: options.places ?? [],
    left: leftOut(history, scenario.protocol.model),
    rowsInRun: trace.rows,
  };
  return { head, rows, payloads, states: probe.states() };
}

/** What a monitor saw, with what the clients that it names had under way: where their story begins. */
function withOpenOperations(
  property: PropertyResult,
  { world }: RunResult,
  operations: readonly OperationData[],
): PropertyResult {
  const seen = world.violations.find(({ invariant }) => invariant === property.name);
  if (seen === undefined || property.operations.length > 0) return property;
  const open = operations.filter(
    ({ node, invokeUs, completeUs }) =>
      seen.nodes.includes(node) &&
      invokeUs !== null &&
      invokeUs <= seen.timeUs &&
      (completeUs === null || completeUs >= seen.timeUs),
  );
  return { ...property, operations: open.map(({ index }) => index) };
}

function scheduleYaml({ schedule }: RunResult): string {
  return writeScenario({ faults: schedule.map(faultEntry) });
}

/** Where to look first; -1 when nothing is wrong. */
function violationRow(
  { trace }: RunResult,
  told: PropertyResult | undefined,
  culpritRow: number,
): number {
  if (told === undefined || told.verdict === 'holds') return -1;
  if (told.name === LINEARIZABLE && culpritRow >= 0) return culpritRow;
  return told.event === null ? -1 : trace.firstRowOf(told.event);
}
