import type { PropertyVerdict } from '../../scenario/run-result.ts';
import type { RunReport } from './one-run.ts';

/** Failures of one signature in one scenario. */
export interface Bucket {
  readonly scenario: string;
  readonly signature: string;
  readonly property: string;
  count: number;
  /** The failing run with the fewest events; among equals the seed that sorts first. */
  seed: string;
  events: number;
  hash: string;
  sentence: string;
}

export interface FaultCount {
  /** In a schedule, begun, begun with an effect, and all effects together. */
  drawn: number;
  began: number;
  bit: number;
  effect: number;
}

export interface OperationTally {
  ok: number;
  fail: number;
  info: number;
  okDuringFaults: number;
}

/** A run that ended neither in a verdict nor in a crash of a node. */
export interface RunError {
  readonly scenario: string;
  readonly seed: string;
  readonly name: string;
  readonly message: string;
}

/**
 * What any number of runs add up to; plain data of bounded size that goes between threads and into files. Adding is
 * commutative and associative, so that workers, shards and resumed parts give one and the same sum.
 */
export interface Tally {
  runs: number;
  passed: number;
  failed: number;
  inconclusive: number;
  /** Passed runs in which some property was never put to the test. */
  vacuous: number;
  events: number;
  virtualUs: number;
  verified: number;
  operations: Record<string, OperationTally>;
  faults: Record<string, FaultCount>;
  /** Runs that reached a mark. */
  marks: Record<string, number>;
  /** `scenario/property`: how many runs ended with each verdict. */
  verdicts: Record<string, Partial<Record<PropertyVerdict, number>>>;
  buckets: Record<string, Bucket>;
  errors: RunError[];
  errorCount: number;
  divergences: string[];
  divergenceCount: number;
  /** Runs that ended without a verdict, and why; as many as {@link errors}. */
  undecided: RunError[];
  /** Pairs of things that happened in one run, by small numbers: how much of what can happen together was seen. */
  pairs: Record<string, 1>;
}

/** Errors and divergences are kept up to this many; all are counted. */
const KEPT = 10;

export function emptyTally(): Tally {
  return {
    runs: 0,
    passed: 0,
    failed: 0,
    inconclusive: 0,
    vacuous: 0,
    events: 0,
    virtualUs: 0,
    verified: 0,
    operations: {},
    faults: {},
    marks: {},
    verdicts: {},
    buckets: {},
    errors: [],
    errorCount: 0,
    divergences: [],
    divergenceCount: 0,
    undecided: [],
    pairs: {},
  };
}

export function addError(tally: Tally, error: RunError): void {
  tally.runs += 1;
  tally.errorCount += 1;
  keep(tally.errors, [error], runName);
}

/** Adds one run. */
export function addReport(tally: Tally, scenario: string, report: RunReport): void {
  const { result, outcome } = report;
  tally.runs += 1;
  tally.events += result.events;
  tally.virtualUs += result.virtualUs;
  if (report.verified) tally.verified += 1;
  for (const [f, counts] of result.operations) addOperation(tally.operations, f, counts);
  for (const { kind, state, effect } of result.faults)
    addFault(tally.faults, kind, {
      drawn: 1,
      began: state === 'waiting' ? 0 : 1,
      bit: effect > 0 ? 1 : 0,
      effect,
    });
  for (const mark of report.marks) tally.marks[mark] = (tally.marks[mark] ?? 0) + 1;
  for (const { name, verdict } of result.properties)
    addVerdict(tally.verdicts, `${scenario}/${name}`, verdict, 1);
  for (const pair of pairsOf(report)) tally.pairs[pair] = 1;
  // What one run does not put to the test another one does: vacuity is judged over the whole campaign.
  const undecided = result.properties.find(({ verdict }) => verdict === 'inconclusive');
  const [blamed] = report.failures.filter(({ violated }) => violated);
  if (blamed !== undefined) {
    tally.failed += 1;
    addBucket(tally.buckets, {
      scenario,
      signature: blamed.signature,
      property: blamed.property,
      count: 1,
      seed: report.seed,
      events: result.events,
      hash: report.hash,
      sentence: blamed.sentence,
    });
  } else if (undecided !== undefined) {
    tally.inconclusive += 1;
    const { name, sentence } = undecided;
    keep(tally.undecided, [{ scenario, seed: report.seed, name, message: sentence }], runName);
  } else {
    tally.passed += 1;
    if (outcome === 'inconclusive') tally.vacuous += 1;
  }
  if (report.divergence !== null) {
    tally.divergenceCount += 1;
    keep(tally.divergences, [report.divergence], (text) => text);
  }
}

/** Adds `part` to `total`. */
export function mergeTally(total: Tally, part: Tally): void {
  for (const key of [
    'runs',
    'passed',
    'failed',
    'inconclusive',
    'vacuous',
    'events',
    'virtualUs',
    'verified',
    'errorCount',
    'divergenceCount',
  ] as const)
    total[key] += part[key];
  for (const [f, counts] of Object.entries(part.operations))
    addOperation(total.operations, f, counts);
  for (const [kind, counts] of Object.entries(part.faults)) addFault(total.faults, kind, counts);
  for (const [mark, runs] of Object.entries(part.marks))
    total.marks[mark] = (total.marks[mark] ?? 0) + runs;
  for (const [name, verdicts] of Object.entries(part.verdicts))
    for (const [verdict, count] of Object.entries(verdicts))
      addVerdict(total.verdicts, name, verdict as PropertyVerdict, count);
  for (const bucket of Object.values(part.buckets)) addBucket(total.buckets, bucket);
  keep(total.errors, part.errors, runName);
  keep(total.undecided, part.undecided, runName);
  Object.assign(total.pairs, part.pairs);
  keep(total.divergences, part.divergences, (text) => text);
}

/** The buckets, most frequent first. */
export function bucketsOf(tally: Tally): Bucket[] {
  return Object.values(tally.buckets).sort(
    (a, b) =>
      b.count - a.count || byText(a.signature, b.signature) || byText(a.scenario, b.scenario),
  );
}

function addBucket(buckets: Record<string, Bucket>, added: Bucket): void {
  const key = `${added.scenario} ${added.signature}`;
  const bucket = buckets[key];
  if (bucket === undefined) {
    buckets[key] = { ...added };
    return;
  }
  bucket.count += added.count;
  if (
    added.events > bucket.events ||
    (added.events === bucket.events && compareSeeds(added.seed, bucket.seed) >= 0)
  )
    return;
  const { seed, events, hash, sentence } = added;
  Object.assign(bucket, { seed, events, hash, sentence });
}

function addOperation(
  operations: Tally['operations'],
  f: string,
  { ok, fail, info, okDuringFaults }: OperationTally,
): void {
  const sum = (operations[f] ??= { ok: 0, fail: 0, info: 0, okDuringFaults: 0 });
  sum.ok += ok;
  sum.fail += fail;
  sum.info += info;
  sum.okDuringFaults += okDuringFaults;
}

function addFault(faults: Tally['faults'], kind: string, counts: FaultCount): void {
  const sum = (faults[kind] ??= { drawn: 0, began: 0, bit: 0, effect: 0 });
  sum.drawn += counts.drawn;
  sum.began += counts.began;
  sum.bit += counts.bit;
  sum.effect += counts.effect;
}

function addVerdict(
  verdicts: Tally['verdicts'],
  name: string,
  verdict: PropertyVerdict,
  count: number,
): void {
  const sum = (verdicts[name] ??= {});
  sum[verdict] = (sum[verdict] ?? 0) + count;
}

const PAIRS = 1 << 14;

/**
 * Pairs of what happened in one run: marks, faults that bit, how operations ended, what did not hold. Two pairs rarely share
 * a number; a campaign that finds no new pair for long has little new to show.
 */
function pairsOf({ marks, result }: RunReport): string[] {
  const bit = new Set(result.faults.flatMap(({ kind, effect }) => (effect > 0 ? [kind] : [])));
  const ended = [...result.operations].flatMap(([f, counts]) =>
    (['ok', 'fail', 'info', 'okDuringFaults'] as const).flatMap((how) =>
      counts[how] > 0 ? [`${f} ${how}`] : [],
    ),
  );
  const not = result.properties.flatMap(({ name, verdict }) =>
    verdict === 'holds' ? [] : [`${name} ${verdict}`],
  );
  const hashes = [...marks, ...bit, ...ended, ...not].map(hashOf).sort((a, b) => a - b);
  return hashes.flatMap((a, index) =>
    hashes.slice(index + 1).map((b) => String((Math.imul(a, 0x9e3779b1) ^ b) & (PAIRS - 1))),
  );
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

function runName({ scenario, seed }: RunError): string {
  return `${scenario} ${seed}`;
}

/** The first {@link KEPT} in order of their names, whatever the order in which they came. */
function keep<T>(list: T[], added: readonly T[], name: (item: T) => string): void {
  if (added.length === 0) return;
  list.push(...added);
  list.sort((a, b) => byText(name(a), name(b)));
  list.length = Math.min(list.length, KEPT);
}

/** Shorter numbers first, so that 9 comes before 10. */
function compareSeeds(a: string, b: string): number {
  return a.length - b.length || byText(a, b);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
