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
  'isolate-client',
  'one-way-clients',
  'drop-clients',
  'delay-clients',
  'duplicate-clients',
  'reorder-clients',
  'clog-client',
  'kill-client',
  'pause-client',
  'clock-drift-client',
  'clock-step-client',
] as const;
export type NemesisKind = (typeof NEMESIS_KINDS)[number];

/** Whether faults of this kind touch a client, or the links between clients and servers; the others stay among servers. */
export function touchesClients(kind: NemesisKind): boolean {
  return kind.endsWith('-client') || kind.endsWith('-clients');
}

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
  clients: {
    weights: {
      'isolate-client': 3,
      'one-way-clients': 3,
      'drop-clients': 3,
      'delay-clients': 3,
      'duplicate-clients': 2,
      'reorder-clients': 2,
      'clog-client': 2,
      'kill-client': 2,
      'pause-client': 2,
      'kill-one': 1,
      'power-loss-one': 1,
      'pause-one': 1,
    },
    gapMinUs: 100_000,
    gapMaxUs: 600_000,
    forMinUs: 100_000,
    forMaxUs: 800_000,
  },
};
