import { performance } from 'node:perf_hooks';

import { checkerBenchCases, runCheckerBench } from '../../checker/bench/run-checker-bench.ts';
import { generateHistory } from '../../checker/bench/generate-history.ts';
import { check } from '../../checker/check.ts';
import { checkAll } from '../../checker/lattice/check-all.ts';
import { readHistory } from '../../history/read-history.ts';

/** What one case of `bench checker` measured, in a process of its own: memory is then its own, too. */
export interface CheckerCaseResult {
  readonly verdict: string;
  readonly parseSeconds: number;
  readonly seconds: number;
  readonly maxResidentMib: number;
}

const ETCD_ROUNDS = 5;

/** Milliseconds to judge each of these logs once the code is warm: the best of a few rounds. */
export interface EtcdResult {
  readonly milliseconds: readonly number[];
}

async function measureEtcd(files: readonly string[]): Promise<EtcdResult> {
  const histories = await Promise.all(files.map(async (file) => (await readHistory(file)).history));
  const best = new Array<number>(files.length).fill(Infinity);
  for (let round = 0; round < ETCD_ROUNDS; round += 1)
    for (const [index, history] of histories.entries()) {
      const begin = performance.now();
      check(history, { model: 'cas-register' });
      best[index] = Math.min(best[index]!, performance.now() - begin);
    }
  return { milliseconds: best };
}

const seconds = (): number => performance.now() / 1000;

async function measure(name: string, file: string | undefined): Promise<CheckerCaseResult> {
  let verdict = '';
  let parseSeconds = 0;
  let begin = seconds();
  if (file !== undefined) {
    const { history } = await readHistory(file);
    parseSeconds = seconds() - begin;
    begin = seconds();
    verdict = check(history, { model: 'register' }).verdict;
  } else if (name === 'cc-ccv-100k-p20' || name === 'all-models-100k-p10') {
    const all = name === 'all-models-100k-p10';
    const history = generateHistory({
      kind: 'register',
      operations: 100_000,
      clients: all ? 10 : 20,
      keys: 20,
      crashedPerMille: 0,
      staleRead: false,
      seed: 1,
    });
    begin = seconds();
    const report = checkAll(history, all ? {} : { only: ['weak-causal', 'causal-convergence'] });
    verdict = report.verdicts.find((one) => one.verdict !== 'not judged')?.verdict ?? 'not judged';
  } else {
    const [found] = checkerBenchCases().filter((candidate) => candidate.name === name);
    if (found === undefined) throw new RangeError(`no checker case is called ${name}`);
    const [result] = runCheckerBench([found], seconds);
    return {
      verdict: result!.verdict,
      parseSeconds: 0,
      seconds: result!.seconds,
      maxResidentMib: maxResidentMib(),
    };
  }
  return { verdict, parseSeconds, seconds: seconds() - begin, maxResidentMib: maxResidentMib() };
}

function maxResidentMib(): number {
  return process.resourceUsage().maxRSS / 1024;
}

// The entry of a child process: name and, for a case that begins with parsing, a file.
const [, , name, ...files] = process.argv;
if (name === 'etcd') process.stdout.write(JSON.stringify(await measureEtcd(files)));
else if (name !== undefined) process.stdout.write(JSON.stringify(await measure(name, files[0])));
