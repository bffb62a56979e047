import { checkAll, type CheckAllOptions, type LatticeReport } from '../lattice/check-all.ts';
import { CONSISTENCIES, consistencyNamed, type Consistency } from '../lattice/consistency.ts';
import type { ModelVerdict } from '../lattice/model-verdict.ts';
import type { Anomaly } from '../transactions/anomaly.ts';
import { historyOf } from './history-input.ts';

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** As for `checkAll`; `model` names a data type or is a sequential specification. */
export type MatcherOptions = Omit<CheckAllOptions, 'only' | 'independently'>;

const ANOMALIES: readonly string[] = [
  ...['G0', 'G1a', 'G1b', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item'],
  ...['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item'].flatMap((name) => [
    `${name}-process`,
    `${name}-realtime`,
  ]),
  ...['internal', 'lost-update', 'fractured-read', 'dirty-update', 'duplicate-elements'],
  ...['incompatible-order', 'garbage-read'],
  ...['write-skew', 'long-fork', 'read-skew', 'dirty-read', 'circular-information-flow'],
];

/**
 * For `expect.extend(historyMatchers)`. Each takes a History, an array of events or a path. The failure message is the
 * checker's explanation. A verdict that is not definite fails the assertion and its negation alike.
 */
export const historyMatchers = {
  /** Every object of the history is linearizable under its data type. */
  toBeLinearizable(received: unknown, options: MatcherOptions = {}): MatcherResult {
    return satisfies(received, 'linearizable', options);
  },

  /** The history satisfies a consistency model, by name or alias: 'sequential', 'causal', 'pram', 'serializable', ... */
  toSatisfy(
    received: unknown,
    consistency: string | ((value: unknown) => boolean),
    options: MatcherOptions = {},
  ): MatcherResult {
    // Vitest's own matcher of this name takes a predicate; it keeps working.
    if (typeof consistency === 'function')
      return {
        pass: consistency(received),
        message: () => 'expected the value to satisfy the predicate, or, negated, not to',
      };
    const name = consistencyNamed(consistency);
    if (name === undefined)
      throw new Error(
        `there is no consistency model ${JSON.stringify(consistency)}; expected one of ${CONSISTENCIES.join(', ')}`,
      );
    return satisfies(received, name, options);
  },

  /** A transactional history shows the anomaly, by Adya's or Elle's name or a usual one ('write-skew', 'long-fork', ...). */
  toHaveAnomaly(received: unknown, name: string, options: MatcherOptions = {}): MatcherResult {
    const wanted = ANOMALIES.find((known) => known.toLowerCase() === name.toLowerCase());
    if (wanted === undefined)
      throw new Error(
        `there is no anomaly ${JSON.stringify(name)}; expected one of ${ANOMALIES.join(', ')}`,
      );
    const report = checkAll(historyOf(received), { ...options, only: ['serializable'] });
    refuseUndecided(report.verdicts[0]!, report);
    const found = report.anomalies.find(
      (anomaly) => anomaly.name === wanted || anomaly.aliases.some((alias) => alias === wanted),
    );
    return {
      pass: found !== undefined,
      message: () =>
        found === undefined
          ? `expected the anomaly ${wanted}, but ${foundText(report.anomalies)}`
          : `expected no ${wanted}, but found it:\n\n${anomalyText(found)}`,
    };
  },
};

function satisfies(
  received: unknown,
  consistency: Consistency,
  options: MatcherOptions,
): MatcherResult {
  const report = checkAll(historyOf(received), { ...options, only: [consistency] });
  const verdict = report.verdicts[0]!;
  refuseUndecided(verdict, report);
  return {
    pass: verdict.verdict === 'holds',
    message: () =>
      verdict.verdict === 'holds'
        ? `expected a history that is not ${consistency}, but it is (${verdict.operations} operations, ${verdict.procedure})`
        : `expected a history that is ${consistency}, but it is not:\n\n${verdict.explanation}`,
  };
}

/** Neither `expect` nor `expect.not` may pass on a verdict that says nothing. */
function refuseUndecided(verdict: ModelVerdict, report: LatticeReport): void {
  if (verdict.verdict === 'holds' || verdict.verdict === 'violated') return;
  throw new Error(
    `${verdict.consistency} is ${verdict.verdict} for these ${report.operations} operations (model ${report.model}): ` +
      (verdict.reason ?? verdict.summary),
  );
}

function foundText(anomalies: readonly Anomaly[]): string {
  if (anomalies.length === 0) return 'found no anomaly at all';
  const names = [...new Set(anomalies.map((anomaly) => anomaly.name))];
  return `found only ${names.join(', ')}:\n\n${anomalies.slice(0, 3).map(anomalyText).join('\n\n')}`;
}

function anomalyText({ name, sentence, because }: Anomaly): string {
  return [`  ${name}: ${sentence}`, ...because.map((line) => `    - ${line}`)].join('\n');
}
