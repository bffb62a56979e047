import { z } from 'zod';

import { LONGEST_US } from '../protocols/config-reader.ts';
import {
  DURATION_PATTERN,
  parseDurationUs,
  PERCENT_PATTERN,
  SIGNED_DURATION_PATTERN,
} from './units.ts';

// The values that a scenario file is made of, as text that a person writes.

const DURATION = 'expected a duration with its unit, such as 500us, 150ms or 2s (0 or more)';
const SIGNED_DURATION = 'expected a duration with its unit, such as 150ms or -2s';
const TOO_LONG = 'expected a duration of at most 500000m, about a year';
const PERCENT = 'expected a percentage, such as 5% or 0.1%';
const NAME = 'expected a name: a letter, then letters, digits, - or _';

function isShort(text: string): boolean {
  // What is no duration has been told so already.
  return !(Math.abs(parseDurationUs(text)) > LONGEST_US);
}

export const duration = z
  .string(DURATION)
  .regex(DURATION_PATTERN, DURATION)
  .refine(isShort, TOO_LONG)
  .describe('a duration: 500us, 150ms, 2s, 1m');
export const signedDuration = z
  .string(SIGNED_DURATION)
  .regex(SIGNED_DURATION_PATTERN, SIGNED_DURATION)
  .refine(isShort, TOO_LONG)
  .describe('a duration, either sign: -2s');
export const durationRange = z
  .tuple([duration, duration], 'expected a range of two durations: [shortest, longest]')
  .describe('[shortest, longest]');
export const percent = z
  .string(PERCENT)
  .regex(PERCENT_PATTERN, PERCENT)
  .refine((text) => Number(text.slice(0, -1)) <= 100, 'expected a percentage of at most 100%')
  .describe('a percentage: 5%');
export const nodeName = z.string(NAME).regex(/^[A-Za-z][A-Za-z0-9_-]*$/, NAME);
export const id = nodeName.describe('an id, unique among the faults and steps of this file');
const COUNT = 'expected a whole number of 1 or more';
export const count = z.int(COUNT).positive(COUNT);
const WEIGHT = 'expected a weight: a whole number of 0 or more';
export const weight = z.int(WEIGHT).nonnegative(WEIGHT);
const PPM = 'expected parts per million: a whole number from -999999 to 1000000';
export const ppm = z.int(PPM).min(-999_999, PPM).max(1_000_000, PPM);
