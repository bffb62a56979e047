import type { Memory } from '../causal/memory.ts';
import { ALL_READERS, HappensBefore, WITHOUT_CLOCKS } from '../causal/happens-before.ts';
import { resolveReads, type Execution } from '../causal/reads-from.ts';
import { FrontierSearch } from './frontier-search.ts';
import { saturate } from './saturation.ts';
import { budgetReason, type SequentialOutcome } from './sequential-outcome.ts';
import { memoryProblem, modelProblem } from './sequential-problems.ts';
import { searchSpecification, type SequentialProblem } from './specification-search.ts';
import type { History } from '../../history/history.ts';
import type { ObjectTask } from '../compile/search-tasks.ts';

/** Limits of the search for a sequential order, in units that are the same on every machine. */
export interface SequentialBudget {
  /** Steps visited by saturation. */
  readonly saturationWork: number;
  /** Failed states remembered by a search; each costs 4 bytes per process and key. */
  readonly searchStates: number;
}

export const DEFAULT_SEQUENTIAL_BUDGET: SequentialBudget = {
  saturationWork: 20_000_000,
  searchStates: 200_000,
};

/**
 * Sequential consistency (Lamport 1979) of a memory: is there one order of all steps that keeps every process's order and
 * in which each read returns the last write? Exact within the budget: saturation refutes, a first descent finds a witness,
 * a bounded search settles the rest. (A descent without saturation comes first: it is cheap and usually enough.) Histories that write a value twice are searched over values instead.
 */
export function sequentialConsistency(
  memory: Memory,
  budget: SequentialBudget = DEFAULT_SEQUENTIAL_BUDGET,
): SequentialOutcome {
  const resolution = resolveReads(memory);
  if (resolution.kind === 'ambiguous')
    return search(
      memoryProblem(memory),
      (step) => memory.operation[step]!,
      'search over values (a value was written twice)',
      budget,
    );
  const { execution } = resolution;
  const asItHappened = firstDescent(execution);
  if (asItHappened !== undefined) return asItHappened;
  const { relation, violation } = saturate(execution, budget.saturationWork);
  if (violation !== undefined)
    return { verdict: 'violated', procedure: 'saturation', proof: { execution, violation } };
  const result = new FrontierSearch(relation).search(budget.searchStates);
  switch (result.kind) {
    case 'witness':
      return {
        verdict: 'holds',
        procedure: result.states === 0 ? 'saturation, then a witness' : 'saturation, then search',
        order: Array.from(result.order, (step) => execution.memory.operation[step]!),
      };
    case 'refuted':
      return {
        verdict: 'violated',
        procedure: 'saturation, then exhaustive search',
        proof: undefined,
      };
    case 'budget':
      return {
        verdict: 'inconclusive',
        procedure: 'saturation, then search',
        reason: budgetReason(result, execution.memory),
      };
  }
}

/** Most histories that hold follow the order in which they happened: one descent over the causal order finds it. */
function firstDescent(execution: Execution): SequentialOutcome | undefined {
  const relation = new HappensBefore(execution, ALL_READERS, WITHOUT_CLOCKS());
  const result = new FrontierSearch(relation).search(1);
  if (result.kind !== 'witness') return undefined;
  const order = Array.from(result.order, (step) => execution.memory.operation[step]!);
  return { verdict: 'holds', procedure: 'a witness', order };
}

/** The same for any data type, given as the linearizability checker compiles it: one task per object. */
export function sequentialObjects(
  history: History,
  tasks: readonly ObjectTask[],
  budget: SequentialBudget = DEFAULT_SEQUENTIAL_BUDGET,
): SequentialOutcome {
  const problem = modelProblem(history, tasks);
  const procedure = 'search over the states of all objects';
  return search(problem, (step) => problem.operation[step]!, procedure, budget);
}

function search(
  problem: SequentialProblem,
  operationOf: (step: number) => number,
  procedure: string,
  budget: SequentialBudget,
): SequentialOutcome {
  const result = searchSpecification(problem, budget.searchStates);
  switch (result.kind) {
    case 'witness':
      return { verdict: 'holds', procedure, order: result.order.map(operationOf) };
    case 'refuted':
      return { verdict: 'violated', procedure, proof: undefined };
    case 'budget':
      return { verdict: 'inconclusive', procedure, reason: budgetReason(result, problem) };
  }
}
