import type { Subject } from '../documents/document.ts';
import { runCampaign, type CampaignProgress, type CampaignResult } from '../run/campaign.ts';
import { parseSeeds } from '../run/seeds.ts';
import type { Metrics } from './engine-bench.ts';

export interface CampaignBenchSizes {
  /** Seeds of each timed campaign. */
  readonly seeds: number;
  /** Times that one worker and two workers take turns. */
  readonly rounds: number;
  /** Seeds of the campaign whose memory is watched. */
  readonly memorySeeds: number;
}

/** The share of a timed campaign in which its workers load, and translate what they will run often. */
const WARM_UP_SHARE = 0.2;

/**
 * Seeds a second with one worker and with two, which take turns so that noise meets both alike; the best of each counts.
 * `scaling` leaves out the warm-up, which each worker has for itself and a long campaign forgets; `scalingWithWarmUp` does
 * not. `scalingByCpu` is what the processor time alone would allow on two free cores: it holds on a busy machine too.
 */
export async function benchCampaign(
  timed: Subject,
  small: Subject,
  { seeds, rounds, memorySeeds }: CampaignBenchSizes,
): Promise<Metrics> {
  const best = [new Best(), new Best()] as const;
  for (let round = 0; round < rounds; round += 1)
    for (const [index, of] of best.entries()) of.add(await timeCampaign(timed, seeds, index + 1));
  const [one, two] = best;
  return {
    seedsPerSecond1: one.warmRate,
    seedsPerSecond2: two.warmRate,
    scaling: two.warmRate / one.warmRate,
    scalingWithWarmUp: two.rate / one.rate,
    cpuSeconds1: one.cpuSeconds,
    cpuSeconds2: two.cpuSeconds,
    scalingByCpu: (2 * one.cpuSeconds) / two.cpuSeconds,
    ...(await benchMemory(small, memorySeeds)),
  };
}

/** Seeds a second of a whole campaign and of the part after its warm-up, and its processor time. */
interface CampaignTiming {
  readonly rate: number;
  readonly warmRate: number;
  readonly cpuSeconds: number;
}

class Best implements CampaignTiming {
  rate = 0;
  warmRate = 0;
  cpuSeconds = Infinity;

  add(timing: CampaignTiming): void {
    this.rate = Math.max(this.rate, timing.rate);
    this.warmRate = Math.max(this.warmRate, timing.warmRate);
    this.cpuSeconds = Math.min(this.cpuSeconds, timing.cpuSeconds);
  }
}

async function timeCampaign(
  subject: Subject,
  seeds: number,
  workers: number,
): Promise<CampaignTiming> {
  const before = process.cpuUsage();
  let warm = { done: 0, elapsedMs: 0 };
  const { elapsedMs } = await campaign(subject, seeds, workers, (progress) => {
    if (warm.done === 0 && progress.done >= seeds * WARM_UP_SHARE) warm = progress;
  });
  const { user, system } = process.cpuUsage(before);
  return {
    rate: (1_000 * seeds) / elapsedMs,
    warmRate: (1_000 * (seeds - warm.done)) / (elapsedMs - warm.elapsedMs),
    cpuSeconds: (user + system) / 1_000_000,
  };
}

const MIB = 1 << 20;

/** Resident memory over a long campaign: its peak in the second half against its peak in the first, warm-up left out. */
async function benchMemory(small: Subject, seeds: number): Promise<Metrics> {
  let [firstHalf, secondHalf] = [0, 0];
  const result = await campaign(small, seeds, 1, ({ done }) => {
    const bytes = process.memoryUsage.rss();
    if (done > seeds / 2) secondHalf = Math.max(secondHalf, bytes);
    else if (done > seeds / 10) firstHalf = Math.max(firstHalf, bytes);
  });
  return {
    memorySeeds: result.seedsDone,
    memorySeedsPerSecond: result.seedsDone / (result.elapsedMs / 1_000),
    firstHalfMiB: firstHalf / MIB,
    secondHalfMiB: secondHalf / MIB,
    memoryGrowth: secondHalf / firstHalf,
  };
}

function campaign(
  subject: Subject,
  seeds: number,
  workers: number,
  onProgress: (progress: CampaignProgress) => void,
): Promise<CampaignResult> {
  return runCampaign({
    subjects: [subject],
    seeds: parseSeeds(String(seeds)),
    workers,
    onProgress,
  });
}
