import { check } from '../../checker/check.ts';
import { checkAll } from '../../checker/lattice/check-all.ts';
import {
  CONSISTENCIES,
  consistencyNamed,
  type Consistency,
} from '../../checker/lattice/consistency.ts';
import type { ModelVerdict } from '../../checker/lattice/model-verdict.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { HistoryFormat } from '../../history/detect-format.ts';
import type { History } from '../../history/history.ts';
import { readHistory } from '../../history/read-history.ts';
import type { RunOutcome } from '../../scenario/run-result.ts';
import { CommandError, exitFor } from '../exit-codes.ts';
import { print } from '../output.ts';
import { summaryLine } from './run.ts';

export interface CheckCommandOptions {
  readonly consistency?: readonly string[];
  readonly model?: string;
  readonly format: string;
  readonly initial?: string;
  readonly nilRead?: 'value' | 'unknown';
  readonly casFail?: 'no-effect' | 'compare-failed' | 'compare-if-said';
  readonly independent?: boolean;
  readonly order: 'line' | 'time';
  readonly budget?: number;
  readonly witness?: boolean;
  readonly json?: boolean;
}

const FORMATS = ['auto', 'jsonl', 'edn', 'porcupine', 'porcupine-json', 'kv'];

/** `splitbrain check`. Returns the exit code. */
export async function checkFiles(
  files: readonly string[],
  options: CheckCommandOptions,
): Promise<number> {
  if (!FORMATS.includes(options.format))
    throw new CommandError(`--format ${options.format}: expected one of ${FORMATS.join(', ')}`);
  const judged: { file: string; verdict: JudgedVerdict }[] = [];
  for (const file of files) {
    const { history } = await readHistory(file, {
      format: options.format as HistoryFormat | 'auto',
      order: options.order,
      independent: options.independent ?? false,
    });
    for (const verdict of judge(history, file, options)) {
      judged.push({ file, verdict });
      if (options.json !== true) printVerdict(file, verdict, history);
    }
  }
  if (options.json === true) {
    const results = judged.map(({ file, verdict }) => ({ file, ...verdictJson(verdict) }));
    print(JSON.stringify(results.length === 1 ? results[0] : { results }, null, 2));
  }
  const outcomes = judged
    // Of everything at once, what cannot be asked of this history says nothing; what was asked by name must be answered.
    .filter(({ verdict }) => verdict.verdict !== 'not judged' || !isAll(options))
    .map(({ verdict }) => outcomeOf(verdict.verdict));
  if (options.json !== true && judged.length > 1) print(summaryLine(outcomes));
  return exitFor(outcomes);
}

type JudgedVerdict = Verdict | ModelVerdict;

function outcomeOf(verdict: JudgedVerdict['verdict']): RunOutcome {
  if (verdict === 'holds') return 'passed';
  return verdict === 'violated' ? 'failed' : 'inconclusive';
}

function isAll(options: CheckCommandOptions): boolean {
  return options.consistency?.includes('all') ?? false;
}

const TRANSACTION_MODELS = ['list-append', 'rw-register', 'transactions'];

/** Linearizability alone has its own way, with witness and budget; anything else goes through the lattice. */
function judge(
  history: History,
  file: string,
  options: CheckCommandOptions,
): readonly JudgedVerdict[] {
  const transactional =
    TRANSACTION_MODELS.includes(options.model ?? '') ||
    (options.model === undefined && history.columns.functions.every((f) => f === 'txn'));
  const asked = options.consistency ?? [transactional ? 'serializable' : 'linearizable'];
  const only = asked.flatMap((name): readonly Consistency[] => {
    if (name === 'all') return CONSISTENCIES;
    const known = consistencyNamed(name);
    if (known === undefined)
      throw new CommandError(
        `--consistency ${name}: expected all, or one of ${CONSISTENCIES.join(', ')}`,
      );
    return [known];
  });
  const dialect = {
    ...(options.initial === undefined ? {} : { initial: parseInitial(options.initial) }),
    ...(options.nilRead === undefined ? {} : { nilRead: options.nilRead }),
    ...(options.casFail === undefined ? {} : { casFail: options.casFail }),
  };
  const budget = options.budget === undefined ? {} : { configurations: options.budget };
  if (only.length === 1 && only[0] === 'linearizable' && !transactional)
    return [
      check(history, {
        ...dialect,
        model: options.model ?? modelOf(history, file),
        budget,
        witness: options.witness ?? false,
      }),
    ];
  const model = transactional || options.model === undefined ? {} : { model: options.model };
  const report = checkAll(history, { ...dialect, ...model, only, linearizableBudget: budget });
  return report.verdicts;
}

/** The data type that the operations' names tell. */
function modelOf(history: History, file: string): string {
  const names = new Set(history.columns.functions);
  const has = (...words: string[]): boolean => words.some((word) => names.has(word));
  if (has('get', 'put') || (has('read', 'write') && history.columns.keys.length > 0)) return 'kv';
  if (has('enqueue', 'dequeue')) return 'queue';
  if (has('push', 'pop')) return 'stack';
  if (has('acquire', 'release', 'lock', 'unlock')) return 'lock';
  if (has('cas')) return 'cas-register';
  if (has('write')) return 'register';
  throw new CommandError(
    `${file}: the operations (${[...names].join(', ')}) do not tell the data type; name it with --model`,
  );
}

function parseInitial(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`--initial ${text}: expected JSON, such as 0, null or '"text"'`);
  }
}

function printVerdict(file: string, verdict: JudgedVerdict, history: History): void {
  print(`${file}: ${verdict.consistency} ${verdict.model}: ${verdict.verdict}`);
  if (verdict.verdict === 'not judged') {
    print(`  ${'reason' in verdict ? (verdict.reason ?? '') : ''}`);
    return;
  }
  print(`  ${history.length} operations, judged by ${verdict.procedure}`);
  if (verdict.verdict !== 'holds') {
    print('');
    for (const line of verdict.explanation.split('\n')) print(`  ${line}`.trimEnd());
    print('');
  }
  if ('certificate' in verdict && verdict.certificate?.kind === 'order')
    for (const order of verdict.certificate.orders)
      print(`  witness: ${order.map((index) => `#${index}`).join(' ')}`);
}

function verdictJson(verdict: JudgedVerdict): Record<string, unknown> {
  return Object.fromEntries(Object.entries(verdict).filter(([field]) => field !== 'zone'));
}
