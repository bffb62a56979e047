import type { History } from '../../history/history.ts';
import { restrict, type Memory } from '../causal/memory.ts';
import { memoryOf, type MemoryReading } from '../causal/memory-of-history.ts';
import type { Execution } from '../causal/reads-from.ts';
import type { Violation } from '../causal/violation.ts';
import { compileRegisters } from '../compile/compile-registers.ts';
import { registerTasks } from '../compile/search-tasks.ts';
import { quiescentConvergence } from '../convergence/quiescent-convergence.ts';
import { keyText } from '../core/operation-text.ts';
import { plainStoreDefinition } from '../models/register.ts';
import {
  DEFAULT_SEQUENTIAL_BUDGET,
  sequentialConsistency,
  sequentialObjects,
  type SequentialBudget,
} from '../sequential/sequential-consistency.ts';
import type { SequentialOutcome } from '../sequential/sequential-outcome.ts';
import type { Consistency } from './consistency.ts';
import { MemoryWords } from './explain-memory.ts';
import { judgeMemory, type MemoryModel, type MemoryOutcome } from './memory-judge.ts';
import { minimalMemoryCore, suspectsOf, type MemoryCore } from './minimal-memory-core.ts';
import type { ModelVerdict } from './model-verdict.ts';
import { VerdictWords } from './verdict-words.ts';

/** Work limits of a judgement; every unit is the same on every machine. */
export interface MemoryBudget extends SequentialBudget {
  /** Steps over all ways to pair reads with writes, when values repeat. */
  readonly pairingWork: number;
}

export const DEFAULT_MEMORY_BUDGET: MemoryBudget = {
  ...DEFAULT_SEQUENTIAL_BUDGET,
  pairingWork: 2_000_000,
};

/** The consistencies of a memory that are polynomial, and their short names. */
const POLYNOMIAL: ReadonlyMap<Consistency, MemoryModel> = new Map([
  ['causal-memory', 'CM'],
  ['causal-convergence', 'CCv'],
  ['weak-causal', 'CC'],
  ['pram', 'PRAM'],
  ['writes-follow-reads', 'writes-follow-reads'],
  ['monotonic-writes', 'monotonic-writes'],
  ['monotonic-reads', 'monotonic-reads'],
  ['read-your-writes', 'read-your-writes'],
]);

const CORE_SEARCH_STATES = 5_000;
const CORE_PAIRING_WORK = 50_000;

/** Verdicts of a history of registers or a key-value store on the consistencies asked for, linearizability apart. */
export class MemoryVerdicts {
  readonly #history: History;
  readonly #reading: Extract<MemoryReading, { kind: 'memory' }>;
  readonly #budget: MemoryBudget;
  readonly #words: VerdictWords;
  readonly #independently: boolean;

  /** Returns the reason when the history is no memory. @throws HistoryError on values of the wrong shape. */
  static of(
    history: History,
    model: string,
    budget: MemoryBudget,
    independently: boolean,
  ): MemoryVerdicts | string {
    const reading = memoryOf(history);
    return reading.kind === 'memory'
      ? new MemoryVerdicts(history, reading, model, budget, independently)
      : reading.reason;
  }

  private constructor(
    history: History,
    reading: Extract<MemoryReading, { kind: 'memory' }>,
    model: string,
    budget: MemoryBudget,
    independently: boolean,
  ) {
    this.#independently = independently;
    this.#history = history;
    this.#reading = reading;
    this.#budget = budget;
    this.#words = new VerdictWords(history, model);
  }

  get memory(): Memory {
    return this.#reading.memory;
  }

  judge(asked: readonly Consistency[], quietFrom: number | undefined): ModelVerdict[] {
    const models = asked.flatMap((name) => POLYNOMIAL.get(name) ?? []);
    const outcomes = judgeMemory(
      this.memory,
      models,
      this.#budget.pairingWork,
      this.#independently,
    );
    return asked.flatMap((name): ModelVerdict[] => {
      const model = POLYNOMIAL.get(name);
      if (model !== undefined) return [this.#polynomial(name, model, outcomes.get(model)!)];
      if (name === 'sequential') return [this.#sequential(outcomes)];
      if (name === 'quiescent-convergence') return [this.#convergence(quietFrom)];
      return [];
    });
  }

  #polynomial(name: Consistency, model: MemoryModel, outcome: MemoryOutcome): ModelVerdict {
    const repeated = outcome.tried > 1;
    const procedure = repeated
      ? `${procedureOf(model)}, for each of ${outcome.tried} ways to pair reads with writes (a value was written twice)`
      : procedureOf(model);
    switch (outcome.verdict) {
      case 'holds': {
        const refused = this.#reading.refusedComparisons.length;
        if (refused === 0) return this.#words.holds(name, procedure);
        return this.#words.notJudged(
          name,
          `${refused} compare-and-sets found another value (#${this.#reading.refusedComparisons[0]!} first), which its ` +
            'definition does not cover; the other operations do not contradict it',
        );
      }
      case 'inconclusive': {
        const read = this.memory.operation[outcome.ambiguousStep]!;
        return this.#words.inconclusive(
          name,
          procedure,
          `values are written more than once (the writer of #${read} is not certain) and ${outcome.tried} ways to pair ` +
            'reads with writes were tried in vain. Let every write write a value of its own, or raise the budget.',
        );
      }
      case 'violated': {
        const suspects = repeated ? this.memory : suspectsOf(outcome.execution, outcome.violation);
        const violates = (memory: Memory): boolean =>
          judgeMemory(memory, [model], CORE_PAIRING_WORK).get(model)!.verdict === 'violated';
        const core = minimalMemoryCore(suspects, violates);
        return this.#explained(name, procedure, core, (memory) => {
          const small = judgeMemory(memory, [model], CORE_PAIRING_WORK).get(model)!;
          return small.verdict === 'violated' && small.tried === 1 ? small : undefined;
        });
      }
    }
  }

  #sequential(outcomes: ReadonlyMap<MemoryModel, MemoryOutcome>): ModelVerdict {
    const outcome = this.#refutedBy(outcomes) ?? this.#sequentialOutcome();
    switch (outcome.verdict) {
      case 'holds':
        return this.#words.holds('sequential', outcome.procedure, outcome.order);
      case 'inconclusive':
        return this.#words.inconclusive('sequential', outcome.procedure, outcome.reason);
      case 'violated': {
        if (this.#reading.refusedComparisons.length > 0)
          return this.#refutedObjects(outcome.procedure);
        const { proof } = outcome;
        const suspects =
          proof === undefined ? this.memory : suspectsOf(proof.execution, proof.violation);
        const budget = { ...this.#budget, searchStates: CORE_SEARCH_STATES };
        const core = minimalMemoryCore(
          suspects,
          (memory) => sequentialConsistency(memory, budget).verdict === 'violated',
        );
        return this.#explained('sequential', outcome.procedure, core, (memory) => {
          const small = sequentialConsistency(memory, budget);
          return small.verdict === 'violated' ? small.proof : undefined;
        });
      }
    }
  }

  /** What contradicts a causal model contradicts sequential consistency: the rules of saturation include its rules. */
  #refutedBy(outcomes: ReadonlyMap<MemoryModel, MemoryOutcome>): SequentialOutcome | undefined {
    if (this.#reading.refusedComparisons.length > 0 || this.#independently) return undefined;
    for (const model of ['CC', 'CCv', 'CM'] as const) {
      const outcome = outcomes.get(model);
      if (outcome?.verdict !== 'violated' || outcome.tried > 1) continue;
      return { verdict: 'violated', procedure: procedureOf(model), proof: outcome };
    }
    return undefined;
  }

  #sequentialOutcome(): SequentialOutcome {
    if (this.#reading.refusedComparisons.length === 0)
      return sequentialConsistency(this.memory, this.#budget);
    const registers = compileRegisters(this.#history, plainStoreDefinition, this.#history.dialect);
    const objects = new Set(registers.object);
    return sequentialObjects(
      this.#history,
      registerTasks(this.#history, registers, objects),
      this.#budget,
    );
  }

  #refutedObjects(procedure: string): ModelVerdict {
    return this.#words.violated(
      'sequential',
      procedure,
      { operations: [], minimal: false },
      {
        summary: `No order of all ${this.#history.length} operations explains every answer.`,
        because: ['Every order that keeps the order of each client was tried, up to equal states.'],
      },
    );
  }

  #convergence(quietFrom: number | undefined): ModelVerdict {
    const name = 'quiescent-convergence';
    const outcome = quiescentConvergence(this.#history, this.memory, quietFrom);
    switch (outcome.verdict) {
      case 'holds':
        return this.#words.holds(
          name,
          `${outcome.reads} reads of ${outcome.keys} quiet keys compared`,
        );
      case 'not judged':
        return this.#words.notJudged(name, outcome.reason);
      case 'violated': {
        const { key } = this.#history.operation(outcome.operations[0]!);
        const where = key === undefined ? 'the value' : keyText(key);
        const ids = outcome.operations.map((index) => `#${index}`);
        const last = ids.at(-1)!;
        const because: Record<typeof outcome.why, string> = {
          disagreement: `Both ${ids.join(' and ')} began after the last write of ${where} had completed, yet they read different values.`,
          overwritten: `${last} began after the last write of ${where} had completed, yet it read the value of ${ids[0]!}, which ${ids[1] ?? ''} had replaced in the causal order.`,
          'never written': `${last} read a value that nobody wrote.`,
          'initial value': `${last} began after the last write of ${where} had completed, yet it read the initial value, which ${ids[0]!} had replaced.`,
        };
        return this.#words.violated(
          name,
          'reads of quiet keys compared',
          { operations: outcome.operations, minimal: true },
          {
            summary: `Not converged: ${where} was quiet, but ${ids.slice(-2).join(' and ')} do not show one final value.`,
            because: [because[outcome.why]],
          },
        );
      }
    }
  }

  /** Words the minimal core by judging it once more: a small history has the clearest contradiction. */
  #explained(
    name: Consistency,
    procedure: string,
    core: MemoryCore,
    prove: (memory: Memory) => Proof | undefined,
  ): ModelVerdict {
    const inCore = new Set(core.operations);
    const proof = prove(restrict(this.memory, (step) => inCore.has(this.memory.operation[step]!)));
    if (proof === undefined)
      return this.#words.violated(name, procedure, core, {
        summary: `No order of these ${core.operations.length} operations explains all their answers.`,
        because: [
          core.minimal
            ? 'Every possible order was tried; without any one of these operations there is one.'
            : 'Every possible order of all operations was tried; the budget ended before the set was minimal.',
        ],
      });
    const words = new MemoryWords(this.#history, proof.execution, this.#reading.failedWrites);
    const { violation } = proof;
    const dirty = violation.kind === 'thin-air' ? words.dirtySource(violation.read) : undefined;
    const operations =
      dirty === undefined ? core.operations : [...core.operations, dirty].sort((a, b) => a - b);
    return this.#words.violated(
      name,
      procedure,
      { ...core, operations },
      { summary: words.summary(violation), because: words.because(violation) },
    );
  }
}

interface Proof {
  readonly execution: Execution;
  readonly violation: Violation;
}

function procedureOf(model: MemoryModel): string {
  switch (model) {
    case 'CC':
    case 'CCv':
      return 'vector clocks';
    case 'CM':
    case 'PRAM':
      return "saturation of each process's view";
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return "order of writes in each session's view";
  }
}
