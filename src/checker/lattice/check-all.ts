import type { History } from '../../history/history.ts';
import { CheckError } from '../check-error.ts';
import { check } from '../check.ts';
import { modelTasks } from '../compile/search-tasks.ts';
import {
  inconsistencyWindow,
  type InconsistencyWindow,
} from '../convergence/inconsistency-window.ts';
import { modelNamed, MODELS, variantFor } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import { isRegisterModel, plainStoreDefinition } from '../models/register.ts';
import type { Budget } from '../search/budget.ts';
import { sequentialObjects } from '../sequential/sequential-consistency.ts';
import { analyseTransactions } from '../transactions/analysis.ts';
import type { Anomaly } from '../transactions/anomaly.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from '../transactions/isolation.ts';
import type { Verdict } from '../verdict.ts';
import { CONSISTENCIES, type Consistency } from './consistency.ts';
import { applyImplications } from './implications.ts';
import { DEFAULT_MEMORY_BUDGET, MemoryVerdicts, type MemoryBudget } from './memory-verdicts.ts';
import type { ModelVerdict } from './model-verdict.ts';
import { TransactionVerdicts, transactionWords } from './transaction-verdicts.ts';
import { VerdictWords } from './verdict-words.ts';

export interface CheckAllOptions {
  /** Which consistencies; default: all. */
  readonly only?: readonly Consistency[];
  /** A data type by name, or a specification of one's own; default: what the names of the operations suggest. */
  readonly model?: string | Model;
  /** The state before the first operation, whether an ok read of null saw null, what a failed cas means: see CheckOptions. */
  readonly initial?: unknown;
  readonly nilRead?: 'value' | 'unknown';
  readonly casFail?: 'no-effect' | 'compare-failed' | 'compare-if-said';
  /** Position in the order of events from which on all replicas have heard everything; see `quiescentConvergence`. */
  readonly quietFrom?: number;
  readonly memoryBudget?: Partial<MemoryBudget>;
  /** For linearizability. */
  readonly linearizableBudget?: Partial<Budget>;
  /** Judge every model by itself, even where its verdict follows from another one's. For tests; default false. */
  readonly independently?: boolean;
  /** For transactions: words of the reachability matrix. */
  readonly transactionWork?: number;
}

export interface LatticeReport {
  readonly operations: number;
  /** The data type that was judged. */
  readonly model: string;
  /** In the order of CONSISTENCIES. */
  readonly verdicts: readonly ModelVerdict[];
  /** Of transactional histories: everything found, by name. */
  readonly anomalies: readonly Anomaly[];
  /** How stale reads were; absent when the history is no memory or values repeat. */
  readonly window: InconsistencyWindow | undefined;
}

/**
 * Judges a history under every consistency model at once. What a model cannot judge is reported as `not judged`, with the
 * reason. The implications between models are checked on the results.
 * @throws CheckError or HistoryError when the history is empty or has values of the wrong shape.
 * @throws LatticeContradiction when two verdicts contradict each other, which is a mistake in the checker.
 */
export function checkAll(history: History, options: CheckAllOptions = {}): LatticeReport {
  if (history.length === 0)
    throw new CheckError(
      { file: history.columns.file },
      'a history without operations',
      'at least one invocation',
      'Nothing was judged: record some operations first.',
    );
  const read = history.withDialect({
    ...('initial' in options ? { initial: options.initial } : {}),
    ...(options.nilRead === undefined ? {} : { nilRead: options.nilRead }),
    ...(options.casFail === undefined ? {} : { casFail: options.casFail }),
  });
  const asked = CONSISTENCIES.filter((name) => options.only?.includes(name) ?? true);
  const transactional = options.model === undefined && isTransactional(read);
  const parts = transactional
    ? transactionParts(read, asked, options)
    : objectParts(read, asked, options);
  const verdicts = applyImplications(
    new Map(parts.verdicts.map((verdict) => [verdict.consistency, verdict])),
    parts.words,
  );
  return {
    operations: history.length,
    model: parts.model,
    verdicts: asked.map((name) => verdicts.get(name)!),
    anomalies: parts.anomalies,
    window: parts.window,
  };
}

type Parts = Omit<LatticeReport, 'operations'> & { readonly words: VerdictWords };

const isIsolationLevel = (name: Consistency): name is IsolationLevel =>
  (ISOLATION_LEVELS as readonly string[]).includes(name);

const isTransactional = (history: History): boolean =>
  history.columns.functions.every((f) => f === 'txn' || f === '');

function transactionParts(
  history: History,
  asked: readonly Consistency[],
  options: CheckAllOptions,
): Parts {
  const analysis = analyseTransactions(history);
  const model = analysis.kind === 'not judged' ? 'transactions' : analysis.kind;
  const words =
    analysis.kind === 'not judged'
      ? new VerdictWords(history, model)
      : transactionWords(history, analysis);
  const judge =
    analysis.kind === 'not judged'
      ? undefined
      : new TransactionVerdicts(history, analysis, options.transactionWork);
  const verdicts = asked.map((name) => {
    if (!isIsolationLevel(name))
      return words.notJudged(name, 'it is about single operations, and these are transactions');
    if (analysis.kind === 'not judged') return words.notJudged(name, analysis.reason);
    return judge!.judge(name);
  });
  return { model, words, verdicts, anomalies: judge?.anomalies ?? [], window: undefined };
}

function objectParts(
  history: History,
  asked: readonly Consistency[],
  options: CheckAllOptions,
): Parts {
  const model = modelFor(history, options.model);
  const name = typeof model === 'string' ? 'unknown' : model.name;
  const words = new VerdictWords(history, name);
  const verdicts: ModelVerdict[] = asked
    .filter(isIsolationLevel)
    .map((level) =>
      words.notJudged(level, 'it is about transactions, and these are single operations'),
    );
  const others = asked.filter((consistency) => !isIsolationLevel(consistency));
  if (typeof model === 'string')
    return {
      model: name,
      words,
      verdicts: [...verdicts, ...others.map((consistency) => words.notJudged(consistency, model))],
      anomalies: [],
      window: undefined,
    };
  if (others.includes('linearizable'))
    verdicts.push(
      linearizable(check(history, { ...options, model, budget: options.linearizableBudget ?? {} })),
    );
  // A linearization is a sequential order: no need to look for another one.
  const linearized =
    verdicts.at(-1)?.consistency === 'linearizable' && verdicts.at(-1)?.verdict === 'holds';
  const skipped = linearized && options.independently !== true;
  const left = skipped ? others.filter((consistency) => consistency !== 'sequential') : others;
  if (skipped && others.includes('sequential'))
    verdicts.push(words.holds('sequential', 'implied by linearizable'));
  const budget = { ...DEFAULT_MEMORY_BUDGET, ...options.memoryBudget };
  const memory = isRegisterModel(model)
    ? MemoryVerdicts.of(history, name, budget, options.independently ?? false)
    : `it is defined here for registers and key-value stores, not for ${name}`;
  if (typeof memory !== 'string')
    return {
      model: name,
      words,
      verdicts: [...verdicts, ...memory.judge(left, options.quietFrom)],
      anomalies: [],
      window: inconsistencyWindow(history, memory.memory),
    };
  for (const consistency of left) {
    if (consistency === 'linearizable') continue;
    verdicts.push(
      consistency === 'sequential'
        ? sequential(history, model, words, budget)
        : words.notJudged(consistency, memory),
    );
  }
  return { model: name, words, verdicts, anomalies: [], window: undefined };
}

/** The model asked for, the one whose operations these are, or why there is none. */
function modelFor(history: History, asked: string | Model | undefined): Model | string {
  const { functions } = history.columns;
  if (typeof asked === 'string') {
    const model = modelNamed(asked);
    if (model === undefined)
      throw new CheckError(
        {},
        `there is no model ${JSON.stringify(asked)}`,
        `one of ${MODELS.map((known) => known.name).join(', ')}`,
        'Choose one of these, or pass a sequential specification of your own.',
      );
    return variantFor(model, functions);
  }
  if (asked !== undefined) return asked;
  const knows = (model: Model): boolean => functions.every((f) => model.functions.includes(f));
  if (knows(plainStoreDefinition)) return plainStoreDefinition;
  const fitting = MODELS.map((model) => variantFor(model, functions)).filter(knows);
  if (fitting.length === 1) return fitting[0]!;
  return fitting.length === 0
    ? `no model knows all of the operations ${functions.join(', ')}; name the model`
    : `the operations ${functions.join(', ')} fit ${fitting.map(({ name }) => name).join(', ')}; name the model`;
}

function linearizable(verdict: Verdict): ModelVerdict {
  return {
    verdict: verdict.verdict,
    consistency: 'linearizable',
    model: verdict.model,
    procedure: verdict.procedure,
    operations: verdict.operations,
    core: verdict.core,
    coreIsMinimal: verdict.coreIsMinimal,
    summary: verdict.summary,
    because: [],
    explanation: verdict.explanation,
    reason: verdict.inconclusive?.advice,
    anomalies: [],
    order: undefined,
  };
}

function sequential(
  history: History,
  model: Model,
  words: VerdictWords,
  budget: MemoryBudget,
): ModelVerdict {
  const tasks = modelTasks(history, model, history.dialect);
  const outcome = sequentialObjects(history, tasks, budget);
  switch (outcome.verdict) {
    case 'holds':
      return words.holds('sequential', outcome.procedure, outcome.order);
    case 'inconclusive':
      return words.inconclusive('sequential', outcome.procedure, outcome.reason);
    case 'violated':
      return words.violated(
        'sequential',
        outcome.procedure,
        { operations: [], minimal: false },
        {
          summary: `No order of all ${history.length} operations explains every answer.`,
          because: [
            'Every order that keeps the order of each client was tried, up to equal states.',
          ],
        },
      );
  }
}
