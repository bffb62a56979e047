import type { Subject } from '../documents/document.ts';
import { runCampaign, type CampaignResult } from '../run/campaign.ts';
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

/**
 * Seeds a second with one worker and with two, which take turns so that noise meets both alike; the best of each counts.
 * `scalingByCpu` is what the processor time alone would allow on two free cores: it holds on a busy machine too.
 */
export async function benchCampaign(
  timed: Subject,
  small: Subject,
  { seeds, rounds, memorySeeds }: CampaignBenchSizes,
): Promise<Metrics> {
  const seconds: [number, number] = [Infinity, Infinity];
  const cpuSeconds: [number, number] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round += 1)
    for (const index of [0, 1] as const) {
      const before = process.cpuUsage();
      const result = await campaign(timed, seeds, index + 1);
      const { user, system } = process.cpuUsage(before);
      seconds[index] = Math.min(seconds[index], result.elapsedMs / 1_000);
      cpuSeconds[index] = Math.min(cpuSeconds[index], (user + system) / 1_000_000);
    }
  return {
    seedsPerSecond1: seeds / seconds[0],
    seedsPerSecond2: seeds / seconds[1],
    scaling: seconds[0] / seconds[1],
    cpuSeconds1: cpuSeconds[0],
    cpuSeconds2: cpuSeconds[1],
    scalingByCpu: (2 * cpuSeconds[0]) / cpuSeconds[1],
    ...(await benchMemory(small, memorySeeds)),
  };
}

const MIB = 1 << 20;

/** Resident memory over a long campaign: its peak in the second half against its peak in the first, warm-up left out. */
async function benchMemory(small: Subject, seeds: number): Promise<Metrics> {
  let [firstHalf, secondHalf] = [0, 0];
  const result = await campaign(small, seeds, 1, (done) => {
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
  onDone: (done: number) => void = () => undefined,
): Promise<CampaignResult> {
  return runCampaign({
    subjects: [subject],
    seeds: parseSeeds(String(seeds)),
    workers,
    onProgress: ({ done }) => {
      onDone(done);
    },
  });
}
