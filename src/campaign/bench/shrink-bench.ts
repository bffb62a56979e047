import { performance } from 'node:perf_hooks';

import { runScenario } from '../../scenario/run.ts';
import {
  compileDocument,
  nodeNames,
  readSubject,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { writeScenario } from '../documents/write-scenario.ts';
import { DEFAULT_PLAN, planDocument } from '../run/one-run.ts';
import { violationsOf, type Failure } from '../run/signature.ts';
import { shrink } from '../shrink/shrink.ts';
import type { Metrics } from './engine-bench.ts';

/** A planted bug and the scenario that a person wrote to show it: what shrinking is measured against. */
export interface ShrinkCase {
  readonly bug: string;
  readonly handMade: Subject;
}

/** One failing seed, shrunk. */
export interface ShrinkRow {
  readonly bug: string;
  readonly seed: string;
  readonly property: string;
  readonly before: number;
  readonly after: number;
  readonly handMade: number;
  readonly ratio: number;
  /** The smallest known for the same property: this bug's other seeds, the hand-made scenario, and that one shrunk. */
  readonly best: number;
  readonly seconds: number;
  readonly runs: number;
  readonly minimal: boolean;
  /** The written file gave the same property and the same hash, every time. */
  readonly replayed: boolean;
}

export interface ShrinkBench {
  readonly rows: readonly ShrinkRow[];
  /** Cases for which fewer failing seeds were found than asked for. */
  readonly missing: readonly string[];
  readonly metrics: Metrics;
}

/** Raft bugs that a scripted scenario shows, and that chance finds too. */
export const SHRINK_CASES: Readonly<Record<string, string>> = {
  'apply-on-append': 'apply-before-commit',
  'double-vote': 'split-brain-double-vote',
  'no-up-to-date-check': 'vote-uptodate-bug',
  'local-clock-in-apply': 'rsm-local-clock',
  'figure-8': 'figure8-bug',
  'half-is-enough': 'split-brain-half-is-enough',
  'fixed-timeouts': 'split-vote-fixed',
  'no-consistency-check': 'log-matching-no-check',
  'no-dedup': 'cinemas-counter-no-dedup',
  'ack-before-sync': 'ack-before-sync',
  'vote-before-sync': 'vote-once-forgotten',
  'learner-counted': 'learner-counted',
  'commit-needs-everyone': 'quorum-core-write-all',
};

const SEEDS_TRIED = 300;
const REPLAYS = 3;
const LIMIT_MS = 60_000;

/**
 * What a person has to read: faults, operations, servers, clients, and the entries of logs that a hand-made scenario
 * plants (a drawn run has to make them by operations).
 */
export function scheduleSize({ faults, script, topology, config }: ScenarioDocument): number {
  const planted = config?.['logs'];
  return (
    (faults ?? []).length +
    (script ?? []).length +
    nodeNames(topology.servers, 'n').length +
    nodeNames(topology.clients, 'c').length +
    (Array.isArray(planted) ? planted.flat().length : 0)
  );
}

/**
 * Shrinks the first failing seeds of each case under swarm configurations of `base`, and compares what is left with the
 * hand-made scenario. Only failures of a property that the hand-made scenario declares violated count.
 */
export function benchShrink(
  base: Subject,
  cases: readonly ShrinkCase[],
  seedsPerCase: number,
  onRow: (row: ShrinkRow) => void = () => undefined,
): ShrinkBench {
  const rows: ShrinkRow[] = [];
  const missing: string[] = [];
  for (const one of cases) {
    const failing = failingRuns(base, one, seedsPerCase);
    if (failing.length < seedsPerCase)
      missing.push(`${one.bug}: ${failing.length} failing seeds of ${SEEDS_TRIED}`);
    const measured = failing.map((run) => measure(one, run));
    for (const row of measured) {
      const alike = measured.filter(({ property }) => property === row.property);
      const best = Math.min(
        shrunkByHand(one, row.property),
        ...alike.flatMap(({ after, handMade }) => [after, handMade]),
      );
      rows.push({ ...row, best });
      onRow({ ...row, best });
    }
  }
  return { rows, missing, metrics: metricsOf(rows) };
}

interface FailingRun {
  readonly subject: Subject;
  readonly seed: string;
  readonly failure: Failure;
}

function failingRuns(base: Subject, { bug, handMade }: ShrinkCase, count: number): FailingRun[] {
  const wanted = Object.entries(handMade.document.properties ?? {}).flatMap(([name, declared]) =>
    declared === 'violated' ? [name] : [],
  );
  const found: FailingRun[] = [];
  const planted = withDocument(base, { ...base.document, bug });
  for (let index = 1; index <= SEEDS_TRIED && found.length < count; index += 1) {
    const seed = `m${index}`;
    const document = planDocument(planted, seed, { ...DEFAULT_PLAN, swarm: true });
    const subject = withDocument(base, document);
    const [failure] = violationsOf(runScenario(compileDocument(subject), { seed }));
    if (failure !== undefined && wanted.includes(failure.property))
      found.push({ subject, seed, failure });
  }
  return found;
}

/** The hand-made scenario's own size when it is shrunk to this one property. */
function shrunkByHand({ handMade }: ShrinkCase, property: string): number {
  const seed = handMade.document.seed ?? '1';
  const limits = { maxRuns: 20_000, maxMs: LIMIT_MS };
  const seen = violationsOf(runScenario(compileDocument(handMade), { seed }));
  const failure = seen.find((one) => one.property === property);
  if (failure === undefined) return Infinity;
  const { signature } = failure;
  return scheduleSize(
    shrink({ subject: handMade, seed, signature, limits, explain: false }).document,
  );
}

function measure(
  { bug, handMade }: ShrinkCase,
  { subject, seed, failure }: FailingRun,
): Omit<ShrinkRow, 'best'> {
  const startMs = performance.now();
  const { signature } = failure;
  const shrunk = shrink({ subject, seed, signature, limits: { maxRuns: 20_000, maxMs: LIMIT_MS } });
  const seconds = (performance.now() - startMs) / 1_000;
  const { before } = shrunk;
  const after = scheduleSize(shrunk.document);
  const byHand = scheduleSize(handMade.document);
  const again = readSubject(writeScenario(shrunk.document), 'shrunk.yaml');
  const replayed = Array.from({ length: REPLAYS }, () =>
    runScenario(compileDocument(again), { seed: again.document.seed! }),
  ).every(
    (result) =>
      result.hash === shrunk.result.hash &&
      violationsOf(result).some(({ property }) => property === failure.property),
  );
  return {
    bug,
    seed,
    property: failure.property,
    before: before.faults + before.operations + before.servers + before.clients,
    after,
    handMade: byHand,
    ratio: after / byHand,
    seconds,
    runs: shrunk.runs,
    minimal: shrunk.minimal,
    replayed,
  };
}

function metricsOf(rows: readonly ShrinkRow[]): Metrics {
  const ratios = rows.map(({ ratio }) => ratio).sort((a, b) => a - b);
  return {
    seeds: rows.length,
    bugs: new Set(rows.map(({ bug }) => bug)).size,
    atMostTwice: ratios.filter((ratio) => ratio <= 2).length,
    worstRatio: ratios.at(-1) ?? 0,
    worstRatioToBest: Math.max(0, ...rows.map(({ after, best }) => after / best)),
    medianRatio: ratios[ratios.length >> 1] ?? 0,
    slowestSeconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
    minimal: rows.filter(({ minimal }) => minimal).length,
    replayed: rows.filter(({ replayed }) => replayed).length,
  };
}
