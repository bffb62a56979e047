import { NEVER, type History } from '../../history/history.ts';
import { CausalOrder } from '../causal/causal-models.ts';
import { NO_VALUE, type Memory } from '../causal/memory.ts';
import { INITIAL, resolveReads, THIN_AIR } from '../causal/reads-from.ts';

export type ConvergenceOutcome =
  | { readonly verdict: 'holds'; readonly keys: number; readonly reads: number }
  | {
      readonly verdict: 'violated';
      readonly key: number;
      /** Operations of the history: the two reads, or the read and the writes it should not have missed. */
      readonly operations: readonly number[];
      readonly why: 'disagreement' | 'overwritten' | 'never written' | 'initial value';
    }
  | { readonly verdict: 'not judged'; readonly reason: string };

/**
 * Quiescent convergence: once nobody writes a key any more, all reads of it return the same value, and it is one that no
 * other write to the key had replaced in the causal order. A key is quiet from the completion of its last write on, or from
 * `quietFrom` (a position in the history's order of events), which a caller gives who knows that by then all replicas have
 * heard everything; without it a key with a write of unknown outcome is never quiet.
 */
export function quiescentConvergence(
  history: History,
  memory: Memory,
  quietFrom?: number,
): ConvergenceOutcome {
  const quiet = quietPositions(history, memory, quietFrom);
  const resolution = resolveReads(memory);
  const execution = resolution.kind === 'unique' ? resolution.execution : undefined;
  const applied = execution?.memory ?? memory;
  const keyIds = new Map<number, number>();
  for (let step = 0; step < memory.steps; step += 1)
    keyIds.set(memory.operation[step]!, memory.key[step]!);
  const causal = execution === undefined ? undefined : new CausalOrder(execution);
  const settled = new Map<number, number>();
  let reads = 0;
  for (let step = 0; step < applied.steps; step += 1) {
    if (applied.read[step] === NO_VALUE || applied.write[step] !== NO_VALUE) continue;
    const operation = applied.operation[step]!;
    const key = keyIds.get(operation)!;
    if (history.columns.invoke[operation]! <= quiet[key]!) continue;
    reads += 1;
    const first = settled.get(key);
    if (first !== undefined && applied.read[first] !== applied.read[step])
      return violated(key, [applied.operation[first]!, operation], 'disagreement');
    if (first !== undefined) continue;
    settled.set(key, step);
    if (execution === undefined || causal === undefined) continue;
    const writer = execution.from[step]!;
    if (writer === THIN_AIR) return violated(key, [operation], 'never written');
    const newer = overwriting(causal, applied, writer, applied.key[step]!);
    if (newer < 0) continue;
    const writes = writer === INITIAL ? [newer] : [writer, newer];
    return violated(
      key,
      [...writes.map((write) => applied.operation[write]!), operation],
      writer === INITIAL ? 'initial value' : 'overwritten',
    );
  }
  if (reads > 0) return { verdict: 'holds', keys: settled.size, reads };
  return {
    verdict: 'not judged',
    reason:
      'no read follows the last write of a key whose writes were all answered: let the clients read once more at the ' +
      'end, or give the point from which all is quiet',
  };
}

function violated(
  key: number,
  operations: readonly number[],
  why: 'disagreement' | 'overwritten' | 'never written' | 'initial value',
): ConvergenceOutcome {
  return { verdict: 'violated', key, operations, why };
}

/** Per key, the position after which it is quiet; NEVER if that is not known, or if nobody wrote the key. */
function quietPositions(history: History, memory: Memory, quietFrom?: number): Int32Array {
  const quiet = new Int32Array(memory.keys).fill(-1);
  for (let step = 0; step < memory.steps; step += 1) {
    if (memory.write[step] === NO_VALUE) continue;
    const complete = history.columns.complete[memory.operation[step]!]!;
    if (complete === NEVER && quietFrom !== undefined) continue;
    quiet[memory.key[step]!] = Math.max(quiet[memory.key[step]!]!, complete, quietFrom ?? 0);
  }
  return quiet.map((position) => (position < 0 ? NEVER : position));
}

/** A write that certainly replaced the value of `writer`, or -1. */
function overwriting(causal: CausalOrder, memory: Memory, writer: number, key: number): number {
  if (causal.broken !== undefined) return -1;
  for (let step = 0; step < memory.steps; step += 1) {
    if (memory.write[step] === NO_VALUE || memory.key[step] !== key || step === writer) continue;
    if (writer === INITIAL || causal.relation.reaches(writer, step)) return step;
  }
  return -1;
}
