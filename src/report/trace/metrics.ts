import { FAIL, OK } from '../../history/history.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import { spansOf } from './fault-spans.ts';
import type { RecordedRun } from './recorded-run.ts';

/** What happened in one stretch of virtual time. */
export interface MetricsBucket {
  readonly fromUs: number;
  readonly toUs: number;
  /** Operations that ended in it, by outcome. */
  ok: number;
  fail: number;
  info: number;
  /** Of the ok operations; null without one. */
  latencyUs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  sent: number;
  delivered: number;
  lost: number;
  /** Messages on their way at its end (copies count). */
  inFlight: number;
  /** Servers that held the role `leader` at its end. */
  leaders: number;
  /** Faults that were on at its end. */
  faults: number;
}

const BUCKETS = 200;
/** Never finer than a millisecond: below it there is nothing to see. */
const MIN_BUCKET_US = 1_000;

/** A run in about {@link BUCKETS} equal stretches. */
export function metricsOf(run: RecordedRun): readonly MetricsBucket[] {
  const { virtualUs } = run.result;
  const widthUs = Math.max(MIN_BUCKET_US, Math.ceil((virtualUs + 1) / BUCKETS));
  const count = Math.floor(virtualUs / widthUs) + 1;
  const buckets = Array.from({ length: count }, (_, index) =>
    emptyBucket(index * widthUs, widthUs),
  );
  const bucketAt = (timeUs: number): MetricsBucket =>
    buckets[Math.min(count - 1, Math.floor(timeUs / widthUs))]!;
  countMessages(run, bucketAt);
  countOperations(run, bucketAt);
  let inFlight = 0;
  const spans = spansOf(run);
  for (const bucket of buckets) {
    inFlight += bucket.inFlight;
    bucket.inFlight = inFlight;
    bucket.leaders = leadersAt(run, bucket.toUs);
    bucket.faults = spans.faults.filter(
      ({ startUs, endUs }) => startUs < bucket.toUs && (endUs ?? Infinity) >= bucket.toUs,
    ).length;
  }
  return buckets;
}

function emptyBucket(fromUs: number, widthUs: number): MetricsBucket {
  const counts = { ok: 0, fail: 0, info: 0, sent: 0, delivered: 0, lost: 0 };
  const levels = { inFlight: 0, leaders: 0, faults: 0 };
  return { fromUs, toUs: fromUs + widthUs, ...counts, ...levels, latencyUs: null };
}

/** `inFlight` first holds by how much it changes in the bucket. */
function countMessages(
  { result: { trace } }: RecordedRun,
  bucketAt: (timeUs: number) => MetricsBucket,
): void {
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const { kind, timeUs } = trace.row(index);
    const bucket = bucketAt(timeUs);
    if (kind === Kind.SEND) bucket.sent += 1;
    else if (kind === Kind.DELIVER) bucket.delivered += 1;
    else if (kind === Kind.DROP) bucket.lost += 1;
    if (kind === Kind.SEND || kind === Kind.DUPLICATE) bucket.inFlight += 1;
    else if (kind === Kind.DELIVER || kind === Kind.DROP) bucket.inFlight -= 1;
  }
}

function countOperations(
  { result: { history } }: RecordedRun,
  bucketAt: (timeUs: number) => MetricsBucket,
): void {
  const { status, invokeTimeUs, completeTimeUs } = history.columns;
  const latencies = new Map<MetricsBucket, number[]>();
  for (let index = 0; index < history.length; index += 1) {
    const endUs = completeTimeUs[index]!;
    if (Number.isNaN(endUs)) continue;
    const bucket = bucketAt(endUs);
    if (status[index] === OK) {
      bucket.ok += 1;
      const list = latencies.get(bucket) ?? [];
      list.push(endUs - invokeTimeUs[index]!);
      latencies.set(bucket, list);
    } else if (status[index] === FAIL) bucket.fail += 1;
    else bucket.info += 1;
  }
  for (const [bucket, list] of latencies) {
    list.sort((a, b) => a - b);
    const quantile = (share: number): number => list[Math.ceil(share * list.length) - 1]!;
    bucket.latencyUs = { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
  }
}

function leadersAt({ result, states }: RecordedRun, timeUs: number): number {
  return result.scenario.servers.filter((_, node) => {
    const before = states.changesOf(node).findLast((change) => change.timeUs < timeUs);
    return before?.state.role === 'leader';
  }).length;
}
