import type { History, Operation } from '../../history/history.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import type { FaultEntry, StepEntry } from '../../scenario/schema.ts';
import { writeDuration } from '../../scenario/units.ts';
import type { ScenarioDocument } from './document.ts';
import { faultEntry } from './fault-entry.ts';
import { omit } from './omit.ts';

/**
 * The document with what its nemesis drew written out. Every fault may miss: what matters in an explicit schedule is
 * whether the failure comes back. Run under the same seed it has the same hash.
 */
export function withExplicitFaults(
  document: ScenarioDocument,
  schedule: RunResult['schedule'],
): ScenarioDocument {
  const rest = omit(document, 'nemesis');
  if (schedule.length === 0) return rest;
  const faults = schedule.map((fault): FaultEntry => ({ ...faultEntry(fault), mayMiss: true }));
  return { ...rest, faults };
}

/** The document with the quorum core that the seed drew written out: the same run, the same hash. */
export function withExplicitCore(
  document: ScenarioDocument,
  { core }: Pick<RunResult, 'core'>,
): ScenarioDocument {
  const { liveness } = document;
  if (core === null || typeof liveness !== 'object' || typeof liveness.heal === 'object')
    return document;
  return {
    ...document,
    liveness: {
      ...liveness,
      heal: [...core.core],
      left: { ...core.left } as NonNullable<(typeof liveness)['left']>,
    },
  };
}

/**
 * As {@link withExplicitFaults}, of the faults that had an effect. What cannot have one on this topology (a ring of three
 * servers) is drawn by a nemesis, but refused in a file.
 */
export function withBitingFaults(document: ScenarioDocument, result: RunResult): ScenarioDocument {
  const bitten = new Set(result.faults.filter(({ effect }) => effect > 0).map(({ id }) => id));
  const biting = result.schedule.filter(({ id }) => bitten.has(id));
  return biting.length === 0
    ? { ...omit(document, 'nemesis'), faults: [] }
    : withExplicitFaults(document, biting);
}

/**
 * The document with what its workload drew as scripted steps, each at the time it was asked for. Not the same draws, so
 * another hash; whether the failure survives must be tried.
 */
export function withExplicitOperations(
  document: ScenarioDocument,
  result: RunResult,
): ScenarioDocument {
  const { workload, ...rest } = document;
  if (workload === undefined) return rest;
  const { scenario, history } = result;
  const taken = new Set([
    ...(document.script ?? []).map((step) => step.id),
    ...(document.faults ?? []).map((fault) => fault.id),
  ]);
  const steps = drawnOperations(history, scenario.durationUs)
    .filter((operation) => !isScripted(operation, document.script ?? [], scenario.clients))
    .map((operation): StepEntry => {
      const id = `op${operation.index}`;
      return {
        id: taken.has(id) ? `drawn-${id}` : id,
        at: writeDuration(operation.invokeTimeUs),
        client: clientOf(operation, scenario.clients),
        do: operation.f,
        ...(operation.key === undefined ? {} : { key: operation.key as string }),
        ...(operation.input === undefined || operation.input === null
          ? {}
          : { value: operation.input }),
      };
    });
  return { ...rest, script: [...(document.script ?? []), ...steps] };
}

/** What was asked before the heal; the reads of the liveness phase come by themselves. */
function drawnOperations(history: History, durationUs: number): Operation[] {
  return history.operations().filter(({ invokeTimeUs }) => invokeTimeUs < durationUs);
}

/** Processes of client i are i, i + n, i + 2n, ... of n clients. */
export function clientOf({ process }: Operation, clients: readonly string[]): string {
  return clients[Number(process) % clients.length]!;
}

/** Steps of the file are in the history too, at their own time. */
function isScripted(
  operation: Operation,
  script: readonly StepEntry[],
  clients: readonly string[],
): boolean {
  return script.some(
    (step) =>
      step.client === clientOf(operation, clients) &&
      step.do === operation.f &&
      (step.key ?? 'x') === operation.key &&
      JSON.stringify(step.value ?? null) === JSON.stringify(operation.input ?? null),
  );
}
