import type { Budget } from './budget.ts';
import { depthFirstSearch } from './depth-first-search.ts';
import { frontierSearch } from './frontier-search.ts';
import type { SearchResult } from './search-result.ts';
import type { SearchTask } from './search-task.ts';

/** Which search answered. */
export type PortfolioResult = SearchResult & { readonly by: 'depth-first' | 'frontier' };

/** The depth-first search may generate this many configurations per operation before the frontier search takes over. */
const FIRST_TRY = 8;
const FIRST_TRY_LEAST = 4_000;

/**
 * A short depth-first try, which finds the order of most good histories almost at once; then the frontier search, which
 * refutes; and if that runs out of memory, the depth-first search with what is left.
 */
export function portfolioSearch(
  task: SearchTask,
  budget: Budget,
  witness = false,
): PortfolioResult {
  const tryFirst = Math.min(
    budget.configurations,
    Math.max(FIRST_TRY_LEAST, FIRST_TRY * task.op.length),
  );
  const first = depthFirstSearch(task, { ...budget, configurations: tryFirst }, witness);
  if (first.outcome !== 'exhausted') return { ...first, by: 'depth-first' };
  let work = first.work;
  const half = Math.max(0, Math.floor((budget.configurations - work) / 2));
  const second = frontierSearch(task, { ...budget, configurations: half }, witness);
  work += second.work;
  if (second.outcome !== 'exhausted') return { ...second, work, by: 'frontier' };
  const rest = Math.max(0, budget.configurations - work);
  const third = depthFirstSearch(task, { ...budget, configurations: rest }, witness);
  work += third.work;
  if (third.outcome !== 'exhausted') return { ...third, work, by: 'depth-first' };
  // Nobody answered: report whoever proved the longest prefix.
  const tries: PortfolioResult[] = [
    { ...first, by: 'depth-first' },
    { ...second, by: 'frontier' },
    { ...third, by: 'depth-first' },
  ];
  const best = tries.reduce((a, b) => (proven(b) > proven(a) ? b : a));
  return { ...best, work };
}

function proven(result: SearchResult): number {
  return result.outcome === 'exhausted' ? result.provenReturns : 0;
}
