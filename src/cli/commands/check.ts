import { check } from '../../checker/check.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { HistoryFormat } from '../../history/detect-format.ts';
import type { History } from '../../history/history.ts';
import { readHistory } from '../../history/read-history.ts';
import { CommandError, exitFor } from '../exit-codes.ts';
import { print } from '../output.ts';
import { summaryLine } from './run.ts';

export interface CheckCommandOptions {
  readonly consistency: readonly string[];
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

const FORMATS = ['auto', 'jsonl', 'edn', 'porcupine', 'kv'];

/** `splitbrain check`. Returns the exit code. */
export async function checkFiles(
  files: readonly string[],
  options: CheckCommandOptions,
): Promise<number> {
  if (!FORMATS.includes(options.format))
    throw new CommandError(`--format ${options.format}: expected one of ${FORMATS.join(', ')}`);
  for (const consistency of options.consistency)
    if (consistency !== 'linearizable')
      throw new CommandError(`--consistency ${consistency}: expected linearizable`);
  const judged: { file: string; verdict: Verdict }[] = [];
  for (const file of files) {
    const { history } = await readHistory(file, {
      format: options.format as HistoryFormat | 'auto',
      order: options.order,
      independent: options.independent ?? false,
    });
    const verdict = check(history, {
      model: options.model ?? modelOf(history, file),
      ...(options.initial === undefined ? {} : { initial: parseInitial(options.initial) }),
      ...(options.nilRead === undefined ? {} : { nilRead: options.nilRead }),
      ...(options.casFail === undefined ? {} : { casFail: options.casFail }),
      ...(options.budget === undefined ? {} : { budget: { configurations: options.budget } }),
      witness: options.witness ?? false,
    });
    judged.push({ file, verdict });
    if (options.json !== true) printVerdict(file, verdict, history);
  }
  const outcomes = judged.map(({ verdict }) =>
    verdict.verdict === 'holds'
      ? 'passed'
      : verdict.verdict === 'violated'
        ? 'failed'
        : 'inconclusive',
  );
  if (options.json === true) {
    const results = judged.map(({ file, verdict }) => ({ file, ...verdictJson(verdict) }));
    print(JSON.stringify(results.length === 1 ? results[0] : { results }, null, 2));
  } else if (files.length > 1) print(summaryLine(outcomes));
  return exitFor(outcomes);
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

function printVerdict(file: string, verdict: Verdict, history: History): void {
  print(`${file}: ${verdict.consistency} ${verdict.model}: ${verdict.verdict}`);
  print(`  ${history.length} operations, judged by ${verdict.procedure}`);
  if (verdict.verdict !== 'holds') {
    print('');
    for (const line of verdict.explanation.split('\n')) print(`  ${line}`.trimEnd());
    print('');
  }
  if (verdict.certificate?.kind === 'order')
    for (const order of verdict.certificate.orders)
      print(`  witness: ${order.map((index) => `#${index}`).join(' ')}`);
}

function verdictJson(verdict: Verdict): Record<string, unknown> {
  return Object.fromEntries(Object.entries(verdict).filter(([field]) => field !== 'zone'));
}
