import { IMPOSSIBLE } from '../search/machine.ts';
import { StateSet } from './state-set.ts';

/**
 * What a search for a sequential order needs to know: steps grouped by process, each on one object, and what objects do.
 * Objects and their states are numbers.
 */
export interface SequentialProblem {
  readonly steps: number;
  readonly processes: number;
  /** First step of each process, and the number of steps at the end. */
  readonly firstStep: Int32Array;
  readonly objects: number;
  objectOf(step: number): number;
  initialState(object: number): number;
  /** The state after the step, or IMPOSSIBLE when the step cannot end like this in this state. */
  after(state: number, step: number): number;
  /** Whether the step never changes a state in which it is possible. */
  isPure(step: number): boolean;
  /** Whether nobody knows if the step happened; always the last of its process. */
  isOptional(step: number): boolean;
  /** Where the step stands in the history; the search tries steps in this order. */
  placeOf(step: number): number;
}

export type SearchResult =
  | { readonly kind: 'witness'; readonly order: readonly number[]; readonly states: number }
  | { readonly kind: 'refuted'; readonly states: number }
  | { readonly kind: 'budget'; readonly states: number; readonly longest: number };

interface Frame {
  readonly placed: number;
  readonly candidates: readonly number[];
  next: number;
}

/**
 * Looks for one order of all steps that keeps every process's order and that the specification allows: depth first, oldest
 * step first, steps that change nothing as soon as they can be, remembering failed states exactly. Steps of unknown
 * outcome may be left out. Exact within `stateLimit` remembered states.
 */
export function searchSpecification(problem: SequentialProblem, stateLimit: number): SearchResult {
  const { firstStep, processes, objects } = problem;
  const cursor = firstStep.slice(0, processes);
  const states = Int32Array.from({ length: objects }, (_, object) => problem.initialState(object));
  const processOf = new Int32Array(problem.steps);
  for (let p = 0; p < processes; p += 1) processOf.fill(p, firstStep[p], firstStep[p + 1]);
  const order: number[] = [];
  const before: number[] = [];
  const failed = new StateSet(processes + objects);
  const frames: Frame[] = [];
  let longest = 0;

  const after = (step: number): number => problem.after(states[problem.objectOf(step)]!, step);
  const place = (step: number, state: number): void => {
    const object = problem.objectOf(step);
    order.push(step);
    before.push(states[object]!);
    states[object] = state;
    cursor[processOf[step]!]! += 1;
  };
  const undoTo = (depth: number): void => {
    while (order.length > depth) {
      const step = order.pop()!;
      states[problem.objectOf(step)] = before.pop()!;
      cursor[processOf[step]!]! -= 1;
    }
  };
  const heads = (): number[] => Array.from(cursor).filter((step, p) => step < firstStep[p + 1]!);
  const placeHarmless = (): void => {
    for (let progress = true; progress;) {
      progress = false;
      for (const step of heads()) {
        if (!problem.isPure(step)) continue;
        const state = after(step);
        if (state === IMPOSSIBLE) continue;
        place(step, state);
        progress = true;
      }
    }
  };
  const current = (): Int32Array => {
    const vector = new Int32Array(processes + objects);
    vector.set(cursor);
    vector.set(states, processes);
    return vector;
  };

  for (let known = false; ;) {
    if (!known) {
      placeHarmless();
      longest = Math.max(longest, order.length);
      const left = heads();
      if (left.every((step) => problem.isOptional(step)))
        return { kind: 'witness', order: [...order], states: failed.size };
      known = failed.has(current());
      if (!known) {
        const candidates = left
          .filter((step) => after(step) !== IMPOSSIBLE)
          .sort((a, b) => problem.placeOf(a) - problem.placeOf(b) || a - b);
        frames.push({ placed: order.length, candidates, next: 0 });
      }
    }
    const frame = frames.at(-1);
    if (frame === undefined) return { kind: 'refuted', states: failed.size };
    undoTo(frame.placed);
    const step = frame.candidates[frame.next];
    // A frame without candidates left is a failed state; its predecessor goes on.
    known = step === undefined;
    if (step !== undefined) {
      frame.next += 1;
      place(step, after(step));
      continue;
    }
    failed.add(current());
    frames.pop();
    if (failed.size >= stateLimit) return { kind: 'budget', states: failed.size, longest };
  }
}
