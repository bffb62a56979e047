/**
 * The vitest face: `simTest` for people's own nodes, `campaign` for scenarios, and matchers for histories, which are
 * registered by importing this module: `expect(history).toBeLinearizable()`, `.toSatisfy('causal')`, `.toHaveAnomaly('G1c')`.
 * Other runners take `simTestWith` and `campaignWith` from `splitbrain`.
 */
import { expect, test } from 'vitest';

import { historyMatchers, type MatcherOptions } from './checker/matchers/history-matchers.ts';
import { campaignWith, simTestWith, type RunnerFace } from './testing.ts';

expect.extend(historyMatchers);

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

const face: RunnerFace = {
  register: (name, body, timeoutMs) => {
    test(name, body, timeoutMs);
  },
  rerun: (name) => {
    const file = expect.getState().testPath ?? '';
    return `npx vitest run ${file} -t ${JSON.stringify(name)}`;
  },
};

/**
 * `simTest('never two leaders', { nodes: { n: [Server, 3] }, seeds: 50 }, async (sim) => { ... })`: one test, the body run
 * for every seed. Pinned seeds under CI, fresh ones besides elsewhere; `SPLITBRAIN_SEED` and `SPLITBRAIN_SEEDS` replace them.
 */
export const simTest: ReturnType<typeof simTestWith> = simTestWith(face);

/**
 * `campaign('raft survives', 'scenarios/raft.yaml', { seeds: 200 })`: one test that runs a scenario under many seeds and
 * fails with the smallest story of the first failure. Seeds as for {@link simTest}.
 */
export const campaign: ReturnType<typeof campaignWith> = campaignWith(face);

export type {
  CampaignTestOptions,
  FaultPlan,
  NodeSource,
  SimTestOptions,
  SimWorld,
} from './testing.ts';
