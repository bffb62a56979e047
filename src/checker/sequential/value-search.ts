import { NO_VALUE, type Memory } from '../causal/memory.ts';
import { budgetReason, type SequentialOutcome } from './sequential-outcome.ts';
import { StateSet } from './state-set.ts';

interface Frame {
  readonly placed: number;
  readonly candidates: readonly number[];
  next: number;
}

/**
 * Sequential consistency of a memory in which values repeat: depth first over cursors and the values of all keys. Writes
 * of unknown outcome may be left out. Exact within `stateLimit` remembered states.
 */
export function searchMemory(memory: Memory, stateLimit: number): SequentialOutcome {
  const procedure = 'search over values (a value was written twice)';
  const { firstStep, processes, keys, operation } = memory;
  const cursor = firstStep.slice(0, processes);
  const held = new Int32Array(keys).fill(memory.initial);
  const trail: number[] = [];
  const before: number[] = [];
  const failed = new StateSet(processes + keys);
  const frames: Frame[] = [];
  let longest = 0;

  const enabled = (step: number): boolean =>
    memory.read[step] === NO_VALUE || memory.read[step] === held[memory.key[step]!];
  const place = (step: number): void => {
    const key = memory.key[step]!;
    trail.push(step);
    before.push(held[key]!);
    cursor[memory.process[step]!]! += 1;
    if (memory.write[step] !== NO_VALUE) held[key] = memory.write[step]!;
  };
  const undoTo = (depth: number): void => {
    while (trail.length > depth) {
      const step = trail.pop()!;
      held[memory.key[step]!] = before.pop()!;
      cursor[memory.process[step]!]! -= 1;
    }
  };
  const heads = (): number[] => Array.from(cursor).filter((step, p) => step < firstStep[p + 1]!);
  /** Steps that change nothing when placed now never hurt. */
  const placeHarmless = (): void => {
    for (let progress = true; progress;) {
      progress = false;
      for (const step of heads()) {
        const key = memory.key[step]!;
        if (memory.optional[step] === 1 || !enabled(step)) continue;
        if (memory.read[step] === NO_VALUE) continue;
        if (memory.write[step] !== NO_VALUE && memory.write[step] !== held[key]) continue;
        place(step);
        progress = true;
      }
    }
  };
  const state = (): Int32Array => {
    const vector = new Int32Array(processes + keys);
    vector.set(cursor);
    vector.set(held, processes);
    return vector;
  };

  let known = false;
  for (;;) {
    if (!known) {
      placeHarmless();
      longest = Math.max(longest, trail.length);
      const left = heads();
      if (left.every((step) => memory.optional[step] === 1))
        return { verdict: 'holds', procedure, order: Int32Array.from(trail), memory };
      known = failed.has(state());
      if (!known) {
        const candidates = left
          .filter(enabled)
          .sort((a, b) => operation[a]! - operation[b]! || a - b);
        frames.push({ placed: trail.length, candidates, next: 0 });
      }
    }
    for (;;) {
      const frame = frames.at(-1);
      if (frame === undefined) return { verdict: 'violated', procedure, memory, proof: undefined };
      undoTo(frame.placed);
      const step = frame.candidates[frame.next];
      if (step !== undefined) {
        frame.next += 1;
        place(step);
        known = false;
        break;
      }
      failed.add(state());
      frames.pop();
      if (failed.size >= stateLimit)
        return {
          verdict: 'inconclusive',
          procedure,
          reason: budgetReason(failed.size, longest, memory),
        };
    }
  }
}
