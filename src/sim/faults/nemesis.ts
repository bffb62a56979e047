import type { RandomStream } from '../engine/random.ts';
import type { Fault, FaultAction, TargetSelector } from './fault.ts';

/** The words of a nemesis profile: each stands for one kind of fault with drawn details. */
export const NEMESIS_KINDS = [
  'isolate-leader',
  'isolate-one',
  'halves',
  'bridge',
  'ring',
  'one-way',
  'flapping',
  'drop',
  'delay',
  'duplicate',
  'reorder',
  'clog',
  'kill-leader',
  'kill-one',
  'kill-minority',
  'power-loss-one',
  'power-loss-majority',
  'pause-leader',
  'pause-one',
  'slow-disk',
  'stalled-disk',
  'clock-drift',
  'clock-step',
  'clock-freeze',
] as const;
export type NemesisKind = (typeof NEMESIS_KINDS)[number];

/** How to draw a schedule. All times in virtual µs. */
export interface NemesisProfile {
  /** What may happen, and how likely relative to the rest (whole numbers). */
  readonly weights: Readonly<Partial<Record<NemesisKind, number>>>;
  /** The gap from one fault's begin to the next one's; faults may overlap. */
  readonly gapMinUs: number;
  readonly gapMaxUs: number;
  /** How long a fault lasts. */
  readonly forMinUs: number;
  readonly forMaxUs: number;
}

const LEADER: TargetSelector = { kind: 'role', role: 'leader' };
const ONE: TargetSelector = { kind: 'random', count: 1 };
const SERVERS: TargetSelector = { kind: 'servers' };

/** Named profiles for scenario files; `default` is the one every protocol must survive. */
export const NEMESIS_PROFILES: Readonly<Record<string, NemesisProfile>> = {
  default: {
    weights: {
      'isolate-leader': 4,
      'isolate-one': 2,
      halves: 3,
      bridge: 2,
      ring: 2,
      'one-way': 3,
      flapping: 1,
      drop: 3,
      delay: 2,
      duplicate: 2,
      reorder: 2,
      clog: 2,
      'kill-leader': 4,
      'kill-one': 2,
      'kill-minority': 1,
      'power-loss-one': 3,
      'power-loss-majority': 2,
      'pause-leader': 3,
      'pause-one': 1,
      'slow-disk': 1,
      'stalled-disk': 1,
      'clock-drift': 1,
      'clock-step': 1,
    },
    gapMinUs: 100_000,
    gapMaxUs: 600_000,
    forMinUs: 100_000,
    forMaxUs: 800_000,
  },
  network: {
    weights: {
      'isolate-leader': 3,
      'isolate-one': 2,
      halves: 3,
      bridge: 2,
      ring: 2,
      'one-way': 3,
      flapping: 2,
      drop: 3,
      delay: 2,
      duplicate: 2,
      reorder: 2,
      clog: 2,
    },
    gapMinUs: 100_000,
    gapMaxUs: 600_000,
    forMinUs: 100_000,
    forMaxUs: 800_000,
  },
  crashes: {
    weights: {
      'kill-leader': 4,
      'kill-one': 2,
      'kill-minority': 2,
      'power-loss-one': 3,
      'power-loss-majority': 3,
    },
    gapMinUs: 150_000,
    gapMaxUs: 700_000,
    forMinUs: 50_000,
    forMaxUs: 500_000,
  },
  clocks: {
    weights: { 'clock-drift': 3, 'clock-step': 3, 'clock-freeze': 2, 'pause-leader': 2 },
    gapMinUs: 100_000,
    gapMaxUs: 500_000,
    forMinUs: 100_000,
    forMaxUs: 800_000,
  },
};

/** Draws the schedule of a fault phase from `fromUs` to `untilUs`; ids are `f1`, `f2`, ... */
export function drawSchedule(
  profile: NemesisProfile,
  fromUs: number,
  untilUs: number,
  stream: RandomStream,
): Fault[] {
  const bag = NEMESIS_KINDS.flatMap((kind) =>
    new Array<NemesisKind>(profile.weights[kind] ?? 0).fill(kind),
  );
  const faults: Fault[] = [];
  let atUs = fromUs + stream.between(profile.gapMinUs, profile.gapMaxUs);
  while (atUs < untilUs) {
    const action = drawAction(stream.pick(bag), stream);
    const forUs = stream.between(profile.forMinUs, profile.forMaxUs);
    faults.push({ id: `f${faults.length + 1}`, start: { atUs }, end: { forUs }, action });
    atUs += stream.between(profile.gapMinUs, profile.gapMaxUs);
  }
  return faults;
}

function drawAction(kind: NemesisKind, stream: RandomStream): FaultAction {
  switch (kind) {
    case 'isolate-leader':
      return { kind: 'isolate', target: LEADER };
    case 'isolate-one':
      return { kind: 'isolate', target: ONE };
    case 'halves':
    case 'bridge':
    case 'ring':
      return { kind };
    case 'one-way':
      return stream.chance(500_000)
        ? { kind, from: LEADER, to: SERVERS }
        : { kind, from: ONE, to: SERVERS };
    case 'flapping':
      return {
        kind,
        target: stream.chance(500_000) ? LEADER : ONE,
        cutUs: stream.between(20_000, 200_000),
        healedUs: stream.between(20_000, 200_000),
      };
    case 'drop':
      return messages({ dropPpm: stream.between(50_000, 500_000) });
    case 'delay':
      return messages({
        delay: { kind: 'uniform', minUs: 0, maxUs: stream.between(10_000, 200_000) },
      });
    case 'duplicate':
      return messages({ duplicatePpm: stream.between(50_000, 500_000) });
    case 'reorder':
      return messages({ reorderPpm: stream.between(50_000, 500_000) });
    case 'clog':
      return { kind, from: stream.chance(500_000) ? LEADER : ONE, to: SERVERS };
    case 'kill-leader':
      return { kind: 'kill', target: LEADER };
    case 'kill-one':
      return { kind: 'kill', target: ONE };
    case 'kill-minority':
      return { kind: 'kill', target: { kind: 'minority' } };
    case 'power-loss-one':
      return { kind: 'power-loss', target: ONE };
    case 'power-loss-majority':
      return { kind: 'power-loss', target: { kind: 'majority' } };
    case 'pause-leader':
      return { kind: 'pause', target: LEADER };
    case 'pause-one':
      return { kind: 'pause', target: ONE };
    case 'slow-disk':
      return { kind, target: ONE, factor: stream.between(5, 50) };
    case 'stalled-disk':
      return { kind, target: ONE };
    case 'clock-drift':
      return { kind, target: ONE, ppm: stream.between(-100_000, 100_000) };
    case 'clock-step':
      return { kind, target: ONE, byUs: stream.between(-2_000_000, 2_000_000) };
    case 'clock-freeze':
      return { kind, target: ONE };
  }
}

function messages(
  parts: Partial<Extract<FaultAction, { kind: 'messages' }>>,
): Extract<FaultAction, { kind: 'messages' }> {
  return {
    kind: 'messages',
    from: SERVERS,
    to: SERVERS,
    types: null,
    dropPpm: 0,
    duplicatePpm: 0,
    reorderPpm: 0,
    corruptPpm: 0,
    delay: null,
    ...parts,
  };
}
