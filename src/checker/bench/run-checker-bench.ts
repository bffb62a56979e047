import { check } from '../check.ts';
import type { Verdict } from '../verdict.ts';
import { generateHistory } from './generate-history.ts';
import type { GeneratedHistory } from './generate-history.ts';

/** One measured case. */
export interface BenchCase {
  readonly name: string;
  readonly generated: GeneratedHistory;
}

export interface BenchResult {
  readonly name: string;
  readonly operations: number;
  readonly verdict: Verdict['verdict'];
  readonly procedure: string;
  /** As the given clock says, without generating the history. */
  readonly seconds: number;
  readonly work: number;
  readonly coreSize: number;
}

const MILLION = 1_000_000;
const CLIENTS = [5, 10, 20, 50];

function caseOf(name: string, more: Partial<GeneratedHistory>): BenchCase[] {
  const common: GeneratedHistory = {
    kind: 'register',
    operations: MILLION,
    clients: 10,
    keys: 1,
    crashedPerMille: 0,
    staleRead: false,
    seed: 1,
    ...more,
  };
  return [
    { name: `${name}-ok`, generated: common },
    { name: `${name}-bad`, generated: { ...common, staleRead: true } },
  ];
}

/** The cases that the project promises something about, each with and without a stale read near the end. */
export function checkerBenchCases(): BenchCase[] {
  return [
    ...CLIENTS.flatMap((clients) => caseOf(`register-1m-c${clients}`, { clients })),
    ...CLIENTS.flatMap((clients) => caseOf(`kv20-1m-c${clients}`, { clients, keys: 20 })),
    ...caseOf('register-100k-c20', { operations: 100_000, clients: 20 }),
    ...caseOf('cas5-100k-c10', { kind: 'cas', operations: 100_000 }),
    ...caseOf('cas5-100k-c20', { kind: 'cas', operations: 100_000, clients: 20 }),
    ...caseOf('register-10k-crashed1pct', { operations: 10_000, crashedPerMille: 10 }),
    ...[1_000, 10_000, 100_000, MILLION].flatMap((operations) =>
      caseOf(`growth-${operations}`, { operations, clients: 20 }),
    ),
  ];
}

/** Runs cases one after the other. `nowSeconds` is the caller's clock: this room has none. */
export function runCheckerBench(
  cases: readonly BenchCase[],
  nowSeconds: () => number,
  report: (result: BenchResult) => void = () => undefined,
): BenchResult[] {
  return cases.map(({ name, generated }) => {
    const history = generateHistory(generated);
    const begin = nowSeconds();
    const verdict = check(history, {
      model: generated.kind === 'cas' ? 'cas-register' : 'register',
    });
    const result: BenchResult = {
      name,
      operations: history.length,
      verdict: verdict.verdict,
      procedure: verdict.procedure,
      seconds: nowSeconds() - begin,
      work: verdict.work,
      coreSize: verdict.core.length,
    };
    report(result);
    return result;
  });
}
