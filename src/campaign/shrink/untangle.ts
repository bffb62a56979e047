import type { MomentEntry } from '../../scenario/schema.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { writeDuration } from '../../scenario/units.ts';
import type { ScenarioDocument } from '../documents/document.ts';
import { clientOf } from '../documents/explicit.ts';
import { omit } from '../documents/omit.ts';
import type { Pass } from './passes.ts';

/**
 * What waits for another fault or operation gets the time at which it happened: as long as one waits for the other,
 * neither can go alone. Waiting for events of the protocol stays; it survives changes of the code better than times.
 */
export const untangle: Pass = (document, trials) => {
  const trial = trials.run(document);
  if (trial === null) return document;
  let current = document;
  for (const [index, fault] of (document.faults ?? []).entries()) {
    const startUs = trial.result.faults.find(({ id }) => id === fault.id)?.startUs ?? null;
    if (!waitsForAnother(fault) || startUs === null) continue;
    const timed = { ...omit(fault, 'when', 'after'), at: writeDuration(startUs) };
    const faults = current.faults!.map((one, at) => (at === index ? timed : one));
    if (trials.fails({ ...current, faults })) current = { ...current, faults };
  }
  for (const [index, step] of (document.script ?? []).entries()) {
    const startUs = invokedAtUs(document, index, trial.result);
    if (!waitsForAnother(step) || startUs === null) continue;
    const timed = { ...omit(step, 'when', 'after'), at: writeDuration(startUs) };
    const script = current.script!.map((one, at) => (at === index ? timed : one));
    if (trials.fails({ ...current, script })) current = { ...current, script };
  }
  return current;
};

function waitsForAnother({ when }: MomentEntry): boolean {
  return when !== undefined && ('fault' in when || 'operation' in when);
}

/** When a step was asked: the first operation like it that no earlier step of the file accounts for. */
function invokedAtUs(document: ScenarioDocument, index: number, result: RunResult): number | null {
  const { clients } = result.scenario;
  const like = (step: NonNullable<ScenarioDocument['script']>[number]): string =>
    JSON.stringify([step.client, step.do, step.key ?? 'x', step.value ?? null]);
  const wanted = like(document.script![index]!);
  const before = document.script!.slice(0, index).filter((step) => like(step) === wanted).length;
  const matching = result.history
    .operations()
    .filter(
      (operation) =>
        JSON.stringify([
          clientOf(operation, clients),
          operation.f,
          operation.key,
          operation.input ?? null,
        ]) === wanted,
    );
  return matching[before]?.invokeTimeUs ?? null;
}
