import type { Memory } from '../causal/memory.ts';
import { resolveReads } from '../causal/reads-from.ts';
import { FrontierSearch } from './frontier-search.ts';
import { saturate } from './saturation.ts';
import { budgetReason, type SequentialOutcome } from './sequential-outcome.ts';
import { searchMemory } from './value-search.ts';

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
 * a bounded search settles the rest. Histories that write a value twice are searched over values instead.
 */
export function sequentialConsistency(
  memory: Memory,
  budget: SequentialBudget = DEFAULT_SEQUENTIAL_BUDGET,
): SequentialOutcome {
  const resolution = resolveReads(memory);
  if (resolution.kind === 'ambiguous') return searchMemory(memory, budget.searchStates);
  const { execution } = resolution;
  const { relation, violation } = saturate(execution, budget.saturationWork);
  if (violation !== undefined)
    return {
      verdict: 'violated',
      procedure: 'saturation',
      memory: execution.memory,
      proof: { execution, violation },
    };
  const result = new FrontierSearch(relation).search(budget.searchStates);
  switch (result.kind) {
    case 'witness':
      return {
        verdict: 'holds',
        procedure: result.states === 0 ? 'saturation, then a witness' : 'saturation, then search',
        order: result.order,
        memory: execution.memory,
      };
    case 'refuted':
      return {
        verdict: 'violated',
        procedure: 'saturation, then exhaustive search',
        memory: execution.memory,
        proof: undefined,
      };
    case 'budget':
      return {
        verdict: 'inconclusive',
        procedure: 'saturation, then search',
        reason: budgetReason(result.states, result.longest, execution.memory),
      };
  }
}
