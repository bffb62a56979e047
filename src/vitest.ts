/**
 * The test-runner face: `import { historyMatchers } from 'splitbrain/vitest'; expect.extend(historyMatchers);` gives
 * `expect(history).toBeLinearizable()`, `.toSatisfy('causal')` and `.toHaveAnomaly('G1c')`. Nothing of vitest is imported at
 * run time: the object works with any runner whose `expect.extend` takes `{ pass, message }`.
 */
import type {} from 'vitest';

import { createSimTest, type SimTestOptions } from './campaign/vitest-campaign.ts';
import { PLAIN } from './report/format.ts';
import { runText } from './report/run-text.ts';
import type { MatcherOptions } from './checker/matchers/history-matchers.ts';

export {
  historyMatchers,
  type MatcherOptions,
  type MatcherResult,
} from './checker/matchers/history-matchers.ts';
export type { HistoryEvent, HistoryInput } from './checker/matchers/history-input.ts';

interface HistoryAssertions {
  /** Every object of the history is linearizable under its data type; fails also when that is not decided. */
  toBeLinearizable(options?: MatcherOptions): void;
  /** The transactional history shows the anomaly. */
  toHaveAnomaly(name: string, options?: MatcherOptions): void;
}

interface SatisfyAssertion {
  /** The history satisfies a consistency model; fails also when that is not decided. */
  (consistency: string, options?: MatcherOptions): void;
  /** Vitest's own: the value satisfies a predicate. */
  <E>(predicate: (value: E) => boolean, message?: string): void;
}

declare module 'vitest' {
  // The type parameters have to be repeated for the declarations to merge.
  /* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type */
  interface Matchers<T> extends HistoryAssertions {}
  interface Assertion<T> {
    toSatisfy: SatisfyAssertion;
  }
  /* eslint-enable @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type */
}

/** What `simTestWith` needs of vitest's `test`. */
type TestFunction = (name: string, body: () => Promise<void>, timeoutMs: number) => void;

/**
 * `const simTest = simTestWith(test)`: then `simTest(name, { scenario, seeds })` is one test that runs a scenario under many
 * seeds and fails with the smallest story of the first failure. `SPLITBRAIN_SEED` and `SPLITBRAIN_SEEDS` replace the seeds.
 */
export function simTestWith(test: TestFunction): (name: string, options: SimTestOptions) => void {
  return createSimTest(
    (name, body, timeoutMs) => {
      test(name, body, timeoutMs);
    },
    (result) => runText(result, PLAIN, false).join('\n'),
    process.env,
  );
}
export type { SimTestOptions };
