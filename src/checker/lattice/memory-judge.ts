import { CausalOrder } from '../causal/causal-models.ts';
import type { Memory } from '../causal/memory.ts';
import { causalMemory, pipelinedMemory } from '../causal/process-view.ts';
import { resolveReads, type Execution } from '../causal/reads-from.ts';
import type { Violation } from '../causal/violation.ts';
import { sessionGuarantee } from '../session/session-guarantees.ts';
import type { SessionGuarantee } from '../session/session-premise.ts';

/** The models of a shared memory that are polynomial once every read's writer is known. */
export type MemoryModel = 'CC' | 'CCv' | 'CM' | 'PRAM' | SessionGuarantee;

export type MemoryOutcome =
  | { readonly verdict: 'holds'; readonly execution: Execution; readonly tried: number }
  | {
      readonly verdict: 'violated';
      readonly execution: Execution;
      readonly violation: Violation;
      /** How many ways to pair reads with writes were refuted; 1 when values are unique. */
      readonly tried: number;
    }
  | { readonly verdict: 'inconclusive'; readonly tried: number; readonly ambiguousStep: number };

/** Work units (steps of all tried executions) spent on histories whose values repeat before giving up. */
const DEFAULT_PAIRING_WORK = 2_000_000;

/**
 * Judges all `models` together, sharing what they have in common: what follows from a model that was judged already is not
 * judged again, unless `independently` (for tests of the implications themselves).
 */
export function judgeMemory(
  memory: Memory,
  models: readonly MemoryModel[],
  pairingWork = DEFAULT_PAIRING_WORK,
  independently = false,
): Map<MemoryModel, MemoryOutcome> {
  const outcomes = new Map<MemoryModel, MemoryOutcome>();
  const resolution = resolveReads(memory);
  if (resolution.kind === 'unique') {
    const judge = new ExecutionJudge(resolution.execution, models, independently);
    for (const model of models) outcomes.set(model, outcome(judge, model, 1));
    return outcomes;
  }
  const refuted = new Map<MemoryModel, MemoryOutcome>();
  let tried = 0;
  for (const execution of resolution.executions) {
    tried += 1;
    const judge = new ExecutionJudge(execution, models, independently);
    for (const model of models) {
      if (outcomes.has(model)) continue;
      const result = outcome(judge, model, tried);
      (result.verdict === 'holds' ? outcomes : refuted).set(model, result);
    }
    if (outcomes.size === models.length) return outcomes;
    if (tried * (memory.steps + 1) >= pairingWork) {
      for (const model of models)
        if (!outcomes.has(model))
          outcomes.set(model, { verdict: 'inconclusive', tried, ambiguousStep: resolution.step });
      return outcomes;
    }
  }
  for (const [model, result] of refuted) if (!outcomes.has(model)) outcomes.set(model, result);
  return outcomes;
}

function outcome(judge: ExecutionJudge, model: MemoryModel, tried: number): MemoryOutcome {
  const { execution } = judge;
  const violation = judge.violation(model);
  return violation === undefined
    ? { verdict: 'holds', execution, tried }
    : { verdict: 'violated', execution, violation, tried };
}

/** One execution under several models; the causal order is computed once. */
class ExecutionJudge {
  readonly execution: Execution;
  readonly #shortcut: (model: MemoryModel) => boolean;
  readonly #known = new Map<MemoryModel, Violation | undefined>();
  #causal: CausalOrder | undefined;

  constructor(execution: Execution, asked: readonly MemoryModel[], independently: boolean) {
    this.execution = execution;
    this.#shortcut = (model) => !independently && asked.includes(model);
  }

  violation(model: MemoryModel): Violation | undefined {
    if (!this.#known.has(model)) this.#known.set(model, this.#judge(model));
    return this.#known.get(model);
  }

  #judge(model: MemoryModel): Violation | undefined {
    switch (model) {
      case 'CC':
        return this.#order.weakCausal();
      case 'CCv':
        return this.violation('CC') ?? this.#order.convergence();
      case 'CM':
        return this.violation('CC') ?? causalMemory(this.#order);
      case 'PRAM':
        return this.#holds('CM') ? undefined : pipelinedMemory(this.execution);
      case 'read-your-writes':
      case 'monotonic-reads':
      case 'monotonic-writes':
      case 'writes-follow-reads':
        // One order of all writes for everyone is also an order for each session.
        return this.#holds('CCv') ? undefined : sessionGuarantee(this.execution, model);
    }
  }

  #holds(stronger: MemoryModel): boolean {
    return this.#shortcut(stronger) && this.violation(stronger) === undefined;
  }

  get #order(): CausalOrder {
    this.#causal ??= new CausalOrder(this.execution);
    return this.#causal;
  }
}
