import type { LatencyModel } from '../sim/network/latency.ts';
import type { LinkProfile } from '../sim/network/link.ts';
import type { LatencyEntry, LinkEntry } from './schema.ts';
import { parseDurationUs, parsePercentPpm } from './units.ts';

/** A latency as written, as a model. A range written the wrong way round is reported through `complain`. */
export function compileLatency(
  entry: LatencyEntry,
  complain: (message: string) => void,
): LatencyModel {
  if (typeof entry === 'string') return { kind: 'constant', us: parseDurationUs(entry) };
  if (Array.isArray(entry)) {
    const [minUs, maxUs] = [parseDurationUs(entry[0]), parseDurationUs(entry[1])];
    if (minUs > maxUs) complain(`the range [${entry[0]}, ${entry[1]}] ends before it begins`);
    return { kind: 'uniform', minUs, maxUs };
  }
  if ('exponential' in entry) {
    const { min = '0us', mean } = entry.exponential;
    const [minUs, meanUs] = [parseDurationUs(min), parseDurationUs(mean)];
    if (meanUs < minUs) complain(`the mean ${mean} is below the minimum ${min}`);
    return { kind: 'exponential', minUs, meanUs };
  }
  if ('lognormal' in entry)
    return {
      kind: 'lognormal',
      medianUs: parseDurationUs(entry.lognormal.median),
      sigmaPpm: Math.round(entry.lognormal.sigma * 1_000_000),
    };
  const { fast, slow, slowShare } = entry.bimodal;
  return {
    kind: 'bimodal',
    fast: compileLatency(fast, complain),
    slow: compileLatency(slow, complain),
    slowPpm: parsePercentPpm(slowShare),
  };
}

const DEFAULT_LATENCY: LatencyModel = { kind: 'uniform', minUs: 1_000, maxUs: 10_000 };

/** A link as written; what it leaves out comes from `base`. */
export function compileLink(
  entry: LinkEntry,
  base: LinkProfile = { latency: DEFAULT_LATENCY },
  complain: (message: string) => void = () => undefined,
): LinkProfile {
  const ppm = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : parsePercentPpm(text);
  const own = {
    latency: entry.latency === undefined ? undefined : compileLatency(entry.latency, complain),
    lossPpm: ppm(entry.loss),
    burst:
      entry.burst === undefined
        ? undefined
        : {
            enterPpm: parsePercentPpm(entry.burst.enter),
            exitPpm: parsePercentPpm(entry.burst.exit),
            lossPpm: parsePercentPpm(entry.burst.loss),
          },
    duplicatePpm: ppm(entry.duplicate),
    reorderPpm: ppm(entry.reorder),
    reorderByUs: entry.reorderBy === undefined ? undefined : parseDurationUs(entry.reorderBy),
    fifo: entry.fifo,
    bytesPerSecond: entry.bytesPerSecond,
    queueLimitBytes: entry.queueBytes,
  };
  const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...base, ...said };
}
