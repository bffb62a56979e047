import type { FaultEntry, StepEntry } from '../../scenario/schema.ts';
import { writeDuration } from '../../scenario/units.ts';
import type { LockScheme } from './scheme.ts';

/** How bad a fault is: a length in µs, or a drift in parts per million. */
export type Unit = 'us' | 'ppm';

/** A way to hurt a lock, with a severity that can be searched; or, without a unit, as it is. */
export interface LockFault {
  readonly id: string;
  /** With `…` where the severity stands. */
  readonly title: string;
  readonly unit: Unit | null;
  /** The greatest severity that is searched. */
  readonly most: number;
  /** The severity of the table's verdicts. */
  readonly shown: number;
  readonly faults: (scheme: LockScheme, severity: number) => readonly FaultEntry[];
  /** How long the holder works, and whether it looks at its lease before it writes. */
  readonly config: (scheme: LockScheme) => Readonly<Record<string, unknown>>;
  /** What is asked, where it is not {@link SCRIPT}. */
  readonly script?: readonly StepEntry[];
}

const HOLD = { check: 'none', holds: { c1: '1s' }, hold: '100ms' };
/** What is asked: c1 holds, c2 contends. */
export const SCRIPT: readonly StepEntry[] = [
  { id: 'a', at: '2s', client: 'c1', do: 'increment', key: 'x' },
  { id: 'b', at: '3s', client: 'c2', do: 'increment', key: 'x' },
];
/** Redis forces the first write of a second at once; here that is another lock's. */
const SECOND_OF_ITS_SECOND: readonly StepEntry[] = [
  { id: 'first', at: '2s', client: 'c2', do: 'increment', key: 'y' },
  ...SCRIPT.map((step) => (step.id === 'a' ? { ...step, at: '2200ms' } : step)),
];
const hold = (): Readonly<Record<string, unknown>> => HOLD;
const acquired = { mark: 'acquired', node: 'c1' } as const;
const LONGEST_US = 60_000_000;
const SHOWN_US = 15_000_000;
const DRIFT_PPM = 900_000;

/** The lock servers' names, for faults of all of them. */
const all = ({ servers }: LockScheme): string[] => [...servers];

/** The network keeps the holder's write for that long. */
const slowWrite = (us: number): FaultEntry => ({
  id: 'slow-packet',
  at: '0s',
  kind: 'messages',
  from: 'c1',
  to: 'store',
  types: ['ResourceWrite'],
  delay: writeDuration(us),
});

export const LOCK_FAULTS: readonly LockFault[] = [
  {
    id: 'pause',
    title: 'the holder is paused for …',
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (_, us) => [
      {
        id: 'gc',
        when: acquired,
        after: '500ms',
        kind: 'pause',
        target: 'c1',
        for: writeDuration(us),
      },
    ],
    config: hold,
  },
  {
    id: 'pause-after-check',
    title: 'the holder is paused for … between looking at its lease and writing',
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (_, us) => [
      {
        id: 'gc',
        when: acquired,
        after: '1100ms',
        kind: 'pause',
        target: 'c1',
        for: writeDuration(us),
      },
    ],
    config: () => ({ ...HOLD, check: 'before-write', gap: '200ms' }),
  },
  {
    id: 'delayed-write',
    title: 'the network keeps the write for …',
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (_, us) => [slowWrite(us)],
    config: hold,
  },
  {
    id: 'delayed-write-of-the-dead',
    title: 'the holder dies after it has written; the network keeps the write for …',
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (_, us) => [
      slowWrite(us),
      {
        id: 'dies',
        when: { message: 'ResourceWrite', from: 'c1', on: 'sent' },
        after: '1ms',
        kind: 'kill',
        target: 'c1',
      },
    ],
    config: hold,
  },
  {
    id: 'holder-cut-off',
    title: 'the holder cannot reach the lock servers for …',
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (scheme, us) => [
      {
        id: 'cut',
        when: acquired,
        after: '500ms',
        kind: 'messages',
        from: 'c1',
        to: all(scheme),
        drop: '100%',
        for: writeDuration(us),
      },
      {
        id: 'cut-back',
        when: acquired,
        after: '500ms',
        kind: 'messages',
        from: all(scheme),
        to: 'c1',
        drop: '100%',
        for: writeDuration(us),
      },
    ],
    config: () => ({ ...HOLD, check: 'before-write', holds: { c1: '20s' } }),
  },
  {
    id: 'server-clock-jump',
    title: "one lock server's clock jumps ahead by …",
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: ({ worst }, us) => [
      {
        id: 'step',
        when: acquired,
        after: '500ms',
        kind: 'clock-step',
        target: worst,
        by: writeDuration(us),
      },
    ],
    config: () => ({ ...HOLD, holds: { c1: '3s' } }),
  },
  {
    id: 'holder-clock-set-back',
    title: "the holder's wall clock is set back by …",
    unit: 'us',
    most: LONGEST_US,
    shown: SHOWN_US,
    faults: (_, us) => [
      {
        id: 'back',
        when: acquired,
        after: '500ms',
        kind: 'clock-step',
        target: 'c1',
        by: `-${writeDuration(us)}`,
      },
    ],
    config: () => ({ ...HOLD, check: 'before-write', holds: { c1: '20s' } }),
  },
  {
    id: 'slow-clock',
    title: "the holder's clock is slow by …",
    unit: 'ppm',
    most: DRIFT_PPM,
    shown: 500_000,
    faults: (_, ppm) => [{ id: 'slow', at: '0s', kind: 'clock-drift', target: 'c1', ppm: -ppm }],
    config: () => ({ ...HOLD, check: 'before-write', holds: { c1: '20s' } }),
  },
  {
    id: 'server-kill',
    title: 'a lock server is killed 3 ms after the grant and comes back',
    unit: null,
    most: 0,
    shown: 0,
    faults: ({ worst }) => [
      { id: 'kill', when: acquired, after: '3ms', kind: 'kill', target: worst, for: '800ms' },
    ],
    config: () => ({ ...HOLD, holds: { c1: '5s' } }),
  },
  {
    id: 'lazy-disk-power-loss',
    title:
      'a lock server loses power 300 ms after the grant, not the first of its second; where it is a choice, it forces its disk once a second',
    unit: null,
    most: 0,
    shown: 0,
    faults: ({ worst }) => [
      {
        id: 'power',
        when: acquired,
        after: '300ms',
        kind: 'power-loss',
        target: worst,
        for: '800ms',
      },
    ],
    config: ({ lazyDisk }) => ({ ...HOLD, holds: { c1: '5s' }, ...lazyDisk }),
    script: SECOND_OF_ITS_SECOND,
  },
  {
    id: 'disk-loss',
    title: 'a lock server loses its disk 300 ms after the grant and comes back empty',
    unit: null,
    most: 0,
    shown: 0,
    faults: ({ worst }) => [
      {
        id: 'disk',
        when: acquired,
        after: '300ms',
        kind: 'disk-loss',
        target: worst,
        for: '800ms',
      },
    ],
    config: () => ({ ...HOLD, holds: { c1: '5s' } }),
  },
];
