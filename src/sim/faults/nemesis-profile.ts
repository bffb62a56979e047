/** The words of a nemesis profile: each stands for one kind of fault with drawn details. Their order is part of what a seed draws. */
export const NEMESIS_WORDS = {
  'isolate-leader': 'the leader from the other servers; clients still reach it',
  'isolate-one': 'one server from the others; clients still reach it',
  halves: 'the servers in two halves',
  bridge: 'two halves, and one server that both reach',
  ring: 'every server reaches a majority, each another one',
  'one-way': 'nothing from the leader, or from one server, reaches the other servers',
  flapping: 'the leader or one server is cut off and healed, again and again',
  drop: '5 % to 50 % of the messages among servers are lost',
  delay: 'messages among servers take up to 10 ms to 200 ms longer',
  duplicate: '5 % to 50 % of the messages among servers arrive twice',
  reorder: '5 % to 50 % of the messages among servers are overtaken',
  clog: 'what the leader or one server sends to servers waits, and comes all at once',
  'kill-leader': 'the process of the leader; it restarts when the fault ends',
  'kill-one': 'the process of one server',
  'kill-minority': 'the processes of the largest minority',
  'power-loss-one': 'one server, with what its disk had not synced',
  'power-loss-majority': 'the smallest majority at once',
  'pause-leader': 'the leader stands still, its clocks go on',
  'pause-one': 'one server stands still',
  'slow-disk': 'the disk of one server is 5 to 50 times slower',
  'stalled-disk': 'the disk of one server answers nothing',
  'clock-drift': 'the clocks of one server run up to 10 % fast or slow',
  'clock-step': 'the wall clock of one server is set up to 2 s ahead or back',
  'clock-freeze': 'the clocks of one server stand still',
  'isolate-client': 'one client from all servers',
  'one-way-clients':
    'one server and all clients: nothing from the one reaches the others, in one direction',
  'drop-clients': '5 % to 50 % of all requests, or of all answers, are lost',
  'delay-clients': 'requests, or answers, take up to 10 ms to 200 ms longer',
  'duplicate-clients': '5 % to 50 % of the requests, or of the answers, arrive twice',
  'reorder-clients': '5 % to 50 % of the requests, or of the answers, are overtaken',
  'clog-client': 'what one client sends, or is sent, waits, and comes all at once',
  'kill-client': 'the process of one client',
  'pause-client': 'one client stands still',
  'clock-drift-client': 'the clocks of one client run up to 10 % fast or slow',
  'clock-step-client': 'the wall clock of one client is set up to 2 s ahead or back',
} as const satisfies Readonly<Record<string, string>>;
export type NemesisKind = keyof typeof NEMESIS_WORDS;
export const NEMESIS_KINDS = Object.keys(NEMESIS_WORDS) as [NemesisKind, ...NemesisKind[]];

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
