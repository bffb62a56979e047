import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { compileDocument, withDocument, type Subject } from '../documents/document.ts';
import type { Metrics } from './engine-bench.ts';

/** A scheme, the scenario that runs the business case by it, and what its developer has to write. */
export interface Scheme {
  readonly name: string;
  /** Messages that each service must have a business handler for. */
  readonly handlers: readonly string[];
}

/** In the order of the table; the scenario of each is `cost-shootout-NAME`. */
export const SCHEMES: readonly Scheme[] = [
  { name: 'two-phase', handlers: ['Work'] },
  { name: 'three-phase', handlers: ['Work'] },
  { name: 'paxos-commit', handlers: ['Work'] },
  { name: 'percolator', handlers: [] },
  { name: 'tcc', handlers: ['Try', 'Confirm', 'Cancel'] },
  { name: 'saga', handlers: ['Action', 'Compensate'] },
  { name: 'messages', handlers: ['Transfer', 'CheckTx', 'PullReply', 'Reverse'] },
  { name: 'notification', handlers: ['Change', 'Call', 'Reconcile'] },
];

/** The columns: what is measured of each scheme. */
export const COLUMNS = [
  'latencyP50Us',
  'latencyP99Us',
  'lockTimeMeanUs',
  'messagesPerOperation',
  'forcedWritesPerOperation',
  'operationsPerSecond',
  'operationsPerSecondContended',
  'abortedPercentContended',
  'tornAuditsPercent',
  'handlers',
] as const;
export type Column = (typeof COLUMNS)[number];

const SEEDS = 5;
/** So few accounts that the clients are in each other's way. */
const CONTENDED_KEYS = 2;
/** What a scheme calls the time for which it binds rows; a scheme without one binds nothing. */
const LOCK_FIGURES = ['lock-time-mean', 'reserved-mean'];
const BUSINESS = ['transfer', 'order'];

/**
 * `bench shootout`: one business case (transfers, orders with stock, audits) by every scheme, without faults. Virtual time
 * and counts only: the same figures on every machine. `subjects`: the scenarios of {@link SCHEMES}.
 */
export function benchShootout(subjects: ReadonlyMap<string, Subject>): Metrics {
  const metrics: Metrics = {};
  for (const { name, handlers } of SCHEMES) {
    const subject = subjects.get(name);
    if (subject === undefined)
      throw new RangeError(`there is no scenario cost-shootout-${name}: the scheme cannot be run`);
    const row = { ...measured(subject), handlers: handlers.length };
    for (const column of COLUMNS) metrics[`${name}.${column}`] = row[column];
  }
  return metrics;
}

function measured(subject: Subject): Record<Exclude<Column, 'handlers'>, number> {
  const cost = runs(subject, { audits: false, keys: null });
  const read = runs(subject, { audits: true, keys: null });
  const contended = runs(subject, { audits: false, keys: CONTENDED_KEYS });
  const latencies = cost.flatMap(latenciesUs).sort((a, b) => a - b);
  const audits = sum(read, (result) => figure(result, 'audits'));
  const torn = sum(read, (result) => figure(result, 'torn-audits'));
  const done = sum(cost, okOf);
  const doneContended = sum(contended, okOf);
  const refused = sum(contended, (result) => countOf(result, 'fail'));
  return {
    latencyP50Us: quantile(latencies, 0.5),
    latencyP99Us: quantile(latencies, 0.99),
    lockTimeMeanUs: Math.round(sum(cost, lockTimeUs) / cost.length),
    messagesPerOperation: round(sum(cost, ({ messages }) => messages.sent) / done),
    forcedWritesPerOperation: round(sum(cost, (result) => figure(result, 'forced-writes')) / done),
    operationsPerSecond: round(done / seconds(cost)),
    operationsPerSecondContended: round(doneContended / seconds(contended)),
    abortedPercentContended: round((100 * refused) / (refused + doneContended)),
    tornAuditsPercent: round((100 * torn) / Math.max(1, audits)),
  };
}

function runs(
  subject: Subject,
  { audits, keys }: { readonly audits: boolean; readonly keys: number | null },
): readonly RunResult[] {
  const { document } = subject;
  const { workload } = document;
  if (workload === undefined) throw new RangeError(`${subject.file} has no workload to measure`);
  const { transfer = 0, order = 0, audit = 0 } = workload.mix;
  const mix = { transfer, order, ...(audits ? { audit } : {}) };
  const changed = { ...workload, mix, ...(keys === null ? {} : { keys }) };
  const scenario = compileDocument(withDocument(subject, { ...document, workload: changed }));
  return Array.from({ length: SEEDS }, (_, index) =>
    runScenario(scenario, { seed: String(index + 1) }),
  );
}

function latenciesUs({ history }: RunResult): number[] {
  return history
    .operations()
    .filter(({ f, status }) => status === 'ok' && BUSINESS.includes(f))
    .map(({ invokeTimeUs, completeTimeUs }) => completeTimeUs - invokeTimeUs);
}

function countOf({ operations }: RunResult, outcome: 'ok' | 'fail'): number {
  return BUSINESS.reduce((total, f) => total + (operations.get(f)?.[outcome] ?? 0), 0);
}

function okOf(result: RunResult): number {
  return countOf(result, 'ok');
}

function figure({ figures }: RunResult, name: string): number {
  return figures.find((one) => one.name === name)?.value ?? 0;
}

function lockTimeUs(result: RunResult): number {
  return LOCK_FIGURES.reduce((total, name) => total + figure(result, name), 0);
}

function seconds(results: readonly RunResult[]): number {
  return sum(results, ({ scenario }) => scenario.durationUs) / 1_000_000;
}

function sum(results: readonly RunResult[], of: (result: RunResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
