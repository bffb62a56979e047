import type { RandomStream } from '../engine/random.ts';
import { exponential, exponentialQuantiles, normalQuantiles, QUANTILE_CELLS } from './quantiles.ts';

/** How long a message travels, as data. All times in virtual µs, whole numbers, 0 or more. */
export type LatencyModel =
  | { readonly kind: 'constant'; readonly us: number }
  | { readonly kind: 'uniform'; readonly minUs: number; readonly maxUs: number }
  | { readonly kind: 'exponential'; readonly minUs: number; readonly meanUs: number }
  /** `sigmaPpm`: the standard deviation of the logarithm, in millionths (500000 is 0.5). */
  | { readonly kind: 'lognormal'; readonly medianUs: number; readonly sigmaPpm: number }
  /** Mostly `fast`, and with `slowPpm` in a million `slow`: a long tail. */
  | {
      readonly kind: 'bimodal';
      readonly fast: LatencyModel;
      readonly slow: LatencyModel;
      readonly slowPpm: number;
    };

/** Draws one latency in µs. */
export type LatencySampler = (stream: RandomStream) => number;

/** The sampler of a model; building one may compute a quantile table, sampling costs one or two draws. */
export function latencySampler(model: LatencyModel): LatencySampler {
  switch (model.kind) {
    case 'constant':
      return () => model.us;
    case 'uniform': {
      const span = model.maxUs - model.minUs + 1;
      return (stream) => model.minUs + stream.below(span);
    }
    case 'exponential': {
      const scaleUs = model.meanUs - model.minUs;
      const tableUs = exponentialQuantiles().map((quantile) =>
        Math.floor(model.minUs + quantile * scaleUs),
      );
      return (stream) => tableUs[stream.below(QUANTILE_CELLS)]!;
    }
    case 'lognormal': {
      const sigma = model.sigmaPpm / 1_000_000;
      const tableUs = normalQuantiles().map((quantile) =>
        Math.floor(model.medianUs * exponential(sigma * quantile)),
      );
      return (stream) => tableUs[stream.below(QUANTILE_CELLS)]!;
    }
    case 'bimodal': {
      const fast = latencySampler(model.fast);
      const slow = latencySampler(model.slow);
      return (stream) => (stream.chance(model.slowPpm) ? slow(stream) : fast(stream));
    }
  }
}
