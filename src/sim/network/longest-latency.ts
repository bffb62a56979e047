import type { LatencyModel } from './latency.ts';
import { exponentialQuantiles, normalQuantiles, exponential } from './quantiles.ts';

/** The longest latency that a model draws, in virtual µs. */
export function longestLatencyUs(model: LatencyModel): number {
  switch (model.kind) {
    case 'constant':
      return model.us;
    case 'uniform':
      return model.maxUs;
    case 'exponential':
      return Math.ceil(
        model.minUs + (model.meanUs - model.minUs) * Math.max(...exponentialQuantiles()),
      );
    case 'lognormal':
      return Math.ceil(
        model.medianUs * exponential((model.sigmaPpm / 1_000_000) * Math.max(...normalQuantiles())),
      );
    case 'bimodal':
      return Math.max(longestLatencyUs(model.fast), longestLatencyUs(model.slow));
  }
}
