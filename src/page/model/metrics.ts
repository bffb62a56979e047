import * as Kind from '../../sim/engine/event-kind.ts';
import { canonicalJson } from '../../history/canonical-json.ts';
import type { OperationData } from '../../report/html/report-data.ts';
import type { RunModel } from './run-model.ts';

/** Numbers of a run over time, one a bin. `null`: nothing to say about that bin. */
export interface Metrics {
  /** The middle of each bin, seconds. */
  readonly times: readonly number[];
  readonly binUs: number;
  /** Operations that ended in the bin, a second. */
  readonly ok: readonly number[];
  readonly fail: readonly number[];
  readonly unknown: readonly number[];
  /** Of the operations that ended in the bin, milliseconds. */
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** The age of the oldest value that a read which ended in the bin returned, milliseconds. */
  readonly staleness: readonly (number | null)[];
  /** Messages under way at the bin's end, and nodes that lead. */
  readonly inFlight: readonly number[];
  readonly leaders: readonly number[];
  /** Stretches in which somebody asked and nobody was answered well, µs. */
  readonly unavailable: readonly (readonly [fromUs: number, toUs: number])[];
}

const BINS = 120;

export function metricsOf(model: RunModel): Metrics {
  const { operations } = model.data.head;
  const binUs = Math.max(1, model.endUs / BINS);
  const binOf = (us: number): number => Math.min(BINS - 1, Math.max(0, Math.floor(us / binUs)));
  const counts = { ok: zeros(), fail: zeros(), info: zeros() };
  const latencies: number[][] = Array.from({ length: BINS }, () => []);
  for (const { status, invokeUs, completeUs } of operations) {
    if (invokeUs === null) continue;
    const endUs = completeUs ?? invokeUs;
    counts[status][binOf(endUs)]! += 1_000_000 / binUs;
    if (completeUs !== null && status !== 'info')
      latencies[binOf(endUs)]!.push((completeUs - invokeUs) / 1_000);
  }
  for (const list of latencies) list.sort((a, b) => a - b);
  const quantile = (part: number): (number | null)[] =>
    latencies.map((list) =>
      list.length === 0 ? null : list[Math.min(list.length - 1, Math.floor(list.length * part))]!,
    );
  return {
    times: Array.from({ length: BINS }, (_, bin) => ((bin + 0.5) * binUs) / 1_000_000),
    binUs,
    ok: counts.ok,
    fail: counts.fail,
    unknown: counts.info,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: quantile(1),
    staleness: stalenessBy(operations, binOf),
    ...gauges(model, binOf),
    unavailable: unavailableOf(operations, model.endUs),
  };
}

function zeros(): number[] {
  return Array.from({ length: BINS }, () => 0);
}

/**
 * How long ago the value that a read returned had been replaced when the read began: never more than it was, since a
 * write counts as newer only if it was asked after the other had been answered. Values written twice tell nothing.
 */
export function stalenessUs(operations: readonly OperationData[]): Map<number, number> {
  const writes = new Map<string, WritesOfKey>();
  for (const operation of operations)
    if (operation.f === 'write' && operation.status === 'ok' && operation.complete !== null) {
      const key = canonicalJson(operation.key);
      const known = writes.get(key) ?? new WritesOfKey();
      known.add(operation);
      writes.set(key, known);
    }
  const ages = new Map<number, number>();
  for (const read of operations) {
    if (read.f !== 'read' || read.status !== 'ok' || read.invokeUs === null) continue;
    const known = writes.get(canonicalJson(read.key));
    const writers = known?.writersOf(read.output) ?? [];
    if (writers.length > 1 || (writers.length === 0 && (read.output ?? null) !== null)) continue;
    const first = known?.firstAnsweredAfter(writers[0]?.complete ?? -1);
    const stale = first !== undefined && first.complete! < read.invoke;
    ages.set(read.index, stale ? read.invokeUs - (first.completeUs ?? read.invokeUs) : 0);
  }
  return ages;
}

/** The writes of one key that were answered. */
class WritesOfKey {
  readonly #all: OperationData[] = [];
  readonly #byValue = new Map<string, OperationData[]>();
  /** By place in the order of requests, the one that was answered first from there on. */
  #firstFrom: OperationData[] | null = null;

  add(write: OperationData): void {
    this.#all.push(write);
    const text = canonicalJson(write.input);
    const same = this.#byValue.get(text);
    if (same === undefined) this.#byValue.set(text, [write]);
    else same.push(write);
  }

  writersOf(value: unknown): readonly OperationData[] {
    return this.#byValue.get(canonicalJson(value)) ?? [];
  }

  /** Of those asked after a place in the history, the one that was answered first. */
  firstAnsweredAfter(place: number): OperationData | undefined {
    this.#firstFrom ??= this.#scan();
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#all[middle]!.invoke <= place) low = middle + 1;
      else high = middle;
    }
    return this.#firstFrom[low];
  }

  #scan(): OperationData[] {
    this.#all.sort((a, b) => a.invoke - b.invoke);
    const firstFrom = [...this.#all];
    for (let at = firstFrom.length - 2; at >= 0; at -= 1)
      if (firstFrom[at + 1]!.complete! < firstFrom[at]!.complete!)
        firstFrom[at] = firstFrom[at + 1]!;
    return firstFrom;
  }
}

function stalenessBy(
  operations: readonly OperationData[],
  binOf: (us: number) => number,
): (number | null)[] {
  const bins: (number | null)[] = Array.from({ length: BINS }, () => null);
  for (const [index, age] of stalenessUs(operations)) {
    const bin = binOf(operations[index]!.completeUs ?? 0);
    bins[bin] = Math.max(bins[bin] ?? 0, age / 1_000);
  }
  return bins;
}

function gauges(
  model: RunModel,
  binOf: (us: number) => number,
): { inFlight: number[]; leaders: number[] } {
  const { rows, states, head } = model.data;
  const inFlight = zeros();
  const leaders = zeros();
  let flying = 0;
  for (let row = 0, filled = -1; row <= model.count; row += 1) {
    const bin = row < model.count ? binOf(rows.timeUs[row]!) : BINS;
    while (filled < bin - 1) inFlight[(filled += 1)] = flying;
    const kind = rows.kind[row];
    if (kind === Kind.SEND || kind === Kind.DUPLICATE) flying += 1;
    else if (kind === Kind.DELIVER || kind === Kind.DROP) flying -= 1;
  }
  const leads = model.names.map(() => 0);
  for (let change = 0, filled = -1; change <= states.row.length; change += 1) {
    const bin = change < states.row.length ? binOf(rows.timeUs[states.row[change]!]!) : BINS;
    while (filled < bin - 1) leaders[(filled += 1)] = leads.reduce((sum, one) => sum + one, 0);
    if (change < states.row.length)
      leads[states.node[change]!] = head.looks[states.look[change]!]!.tone === 'lead' ? 1 : 0;
  }
  return { inFlight, leaders };
}

/** From the first request that waits while nothing succeeds, if that lasts, to the next success. */
export function unavailableOf(
  operations: readonly OperationData[],
  endUs: number,
): (readonly [number, number])[] {
  const successes = operations
    .filter(({ status, completeUs }) => status === 'ok' && completeUs !== null)
    .map(({ completeUs }) => completeUs!)
    .sort((a, b) => a - b);
  const gaps: (readonly [number, number])[] = [];
  const usual = usualGap(successes);
  const asked = operations
    .filter(({ invokeUs }) => invokeUs !== null)
    .sort((a, b) => a.invokeUs! - b.invokeUs!);
  let next = 0;
  let waitsUntil = -Infinity;
  for (let at = -1; at < successes.length; at += 1) {
    const fromUs = successes[at] ?? 0;
    const toUs = successes[at + 1] ?? endUs;
    for (; next < asked.length && asked[next]!.invokeUs! <= fromUs; next += 1)
      waitsUntil = Math.max(waitsUntil, asked[next]!.completeUs ?? Infinity);
    const start = waitsUntil > fromUs ? fromUs : (asked[next]?.invokeUs ?? Infinity);
    if (start >= toUs) continue;
    if (toUs - start > usual * 8 && toUs - start > endUs / 100) gaps.push([start, toUs]);
  }
  return gaps;
}

function usualGap(sorted: readonly number[]): number {
  const gaps = sorted
    .slice(1)
    .map((us, index) => us - sorted[index]!)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 0;
}
