import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../../src/sim/engine/env.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { NodeDisk } from '../../../src/sim/storage/node-disk.ts';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import { LogReplay } from '../../../src/protocols/raft/log-replay.ts';
import { RaftStore } from '../../../src/protocols/raft/storage.ts';
import type { Snapshot } from '../../../src/protocols/raft/storage.ts';
import { entriesOf } from './hand.ts';

function snapshotAt(index: number, term: number): Snapshot {
  return {
    lastIncludedIndex: index,
    lastIncludedTerm: term,
    membership: { voters: [0], outgoing: null, learners: [] },
    records: [['value', 'x', index]],
  };
}

describe('replaying a log', () => {
  const header = { baseIndex: 0, baseTerm: 0 };

  it('an entry whose index is taken replaces it and what followed', () => {
    const replay = new LogReplay(null);
    const [, second] = entriesOf([1, 2]);
    replay.segment([header, ...entriesOf([1, 1, 1]), second!]);
    expect(replay.entries().map((entry) => entry.term)).toEqual([1, 2]);
  });

  it('an entry that does not stand on what is there is left out', () => {
    const replay = new LogReplay(null);
    // The write of the third entry of term 2 was swallowed; the fourth must not stand on the old third.
    const lost = entriesOf([1, 1, 2, 2]);
    replay.segment([header, ...entriesOf([1, 1, 1]), lost[3]!]);
    expect(replay.entries().map((entry) => entry.term)).toEqual([1, 1, 1]);
  });

  it('a segment that does not follow the log is left out', () => {
    const replay = new LogReplay(null);
    replay.segment([header, ...entriesOf([1, 1])]);
    replay.segment([{ baseIndex: 5, baseTerm: 1 }, ...entriesOf([1, 1, 1, 1, 1, 1]).slice(5)]);
    expect(replay.entries()).toHaveLength(2);
  });

  it('an entry that replaced the base of the first segment is found', () => {
    const replay = new LogReplay(snapshotAt(1, 1));
    replay.segment([{ baseIndex: 2, baseTerm: 1 }, ...entriesOf([1, 2, 2]).slice(1)]);
    expect(replay.entries().map(({ index, term }) => [index, term])).toEqual([
      [2, 2],
      [3, 2],
    ]);
  });

  it('a log that does not reach its snapshot is dropped', () => {
    const replay = new LogReplay(snapshotAt(9, 3));
    replay.segment([header, ...entriesOf([1, 1])]);
    expect(replay.entries()).toEqual([]);
  });
});

type Step =
  | { readonly kind: 'append'; readonly count: number }
  | { readonly kind: 'truncate'; readonly back: number }
  | { readonly kind: 'snapshot'; readonly back: number }
  | { readonly kind: 'install'; readonly ahead: number }
  | { readonly kind: 'sync' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'power-loss' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append'), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('truncate'), back: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('snapshot'), back: fc.integer({ min: 0, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('install'), ahead: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('sync') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('power-loss') }) },
);

/** A store on a simulated disk, beside a plain model of the log: what must survive, and what may. */
class Bench {
  readonly disk = new NodeDisk();
  readonly stream = new RandomStream('storage', 'survival');
  store!: RaftStore;
  base: { index: number; term: number } = { index: 0, term: 0 };
  log: Entry[] = [];
  term = 1;
  /** The log when the last sync ended; nothing of it may be missing, unless it was truncated since. */
  durable: Entry[] = [];
  durableBase = 0;
  leastSinceSync = Number.POSITIVE_INFINITY;

  constructor() {
    this.open();
    this.sync();
  }

  open(): void {
    const port: Disk = {
      read: (file) => this.disk.read(file),
      append: (file, record) => {
        this.disk.write('append', file, record, 0);
      },
      truncate: (file, length) => {
        this.disk.write('truncate', file, undefined, length);
      },
      put: (file, record) => {
        this.disk.write('put', file, record, 0);
      },
      remove: (file) => {
        this.disk.write('remove', file, undefined, 0);
      },
      sync: () => undefined,
    };
    this.store = new RaftStore(port, 0, null);
    const found = this.store.recover();
    this.base = {
      index: found.snapshot?.lastIncludedIndex ?? 0,
      term: found.snapshot?.lastIncludedTerm ?? 0,
    };
    this.log = [...found.entries];
    this.store.saveHardState(this.term, null);
  }

  get last(): { index: number; term: number } {
    return this.log[this.log.length - 1] ?? this.base;
  }

  append(count: number): void {
    for (let made = 0; made < count; made += 1) {
      const before = this.last;
      const entry: Entry = {
        index: before.index + 1,
        term: this.term,
        prevTerm: before.term,
        command: null,
        membership: null,
        timeUs: 0,
      };
      this.log.push(entry);
      this.store.append(entry);
    }
  }

  /** A later leader replaces the last entries, as only a conflict does. */
  truncate(back: number): void {
    const count = Math.min(back, this.log.length);
    if (count === 0) return;
    const from = this.last.index - count + 1;
    this.log.length -= count;
    this.leastSinceSync = Math.min(this.leastSinceSync, from - 1);
    this.term += 1;
    this.store.truncateFrom(from);
    this.append(1);
  }

  snapshot(back: number): void {
    const entry = this.log[this.log.length - 1 - back];
    // Only what is committed goes into a snapshot, and a truncation never reaches it.
    if (entry === undefined) return;
    this.store.saveSnapshot(snapshotAt(entry.index, entry.term), this.last.index, this.last.term);
    this.log = this.log.filter(({ index }) => index > entry.index);
    this.base = { index: entry.index, term: entry.term };
  }

  install(ahead: number): void {
    this.term += 1;
    const index = this.last.index + ahead;
    this.store.replaceBySnapshot(snapshotAt(index, this.term));
    this.log = [];
    this.base = { index, term: this.term };
  }

  sync(): void {
    this.store.sync(1);
    this.disk.settle(this.disk.written());
    this.store.synced();
    this.durable = [...this.log];
    this.durableBase = this.base.index;
    this.leastSinceSync = Number.POSITIVE_INFINITY;
  }

  /** A restart finds every durable entry, in a contiguous log of rising terms. */
  restart(): void {
    const expected = this.durable.filter(({ index }) => index <= this.leastSinceSync);
    this.open();
    expect(this.base.index).toBeGreaterThanOrEqual(this.durableBase);
    let before: { index: number; term: number } = this.base;
    for (const entry of this.log) {
      expect(entry.index).toBe(before.index + 1);
      expect(entry.prevTerm).toBe(before.term);
      before = entry;
    }
    for (const entry of expected)
      if (entry.index > this.base.index)
        expect(this.log[entry.index - this.base.index - 1]).toBe(entry);
    this.sync();
  }
}

describe('the store', () => {
  test.prop([fc.array(step, { maxLength: 60 }), fc.constantFrom('none', 'prefix', 'subset')], {
    numRuns: 400,
    seed: 7,
  })(
    'after any crash holds everything that was synced, and never a log with a hole',
    (steps, survival) => {
      const bench = new Bench();
      for (const one of steps)
        switch (one.kind) {
          case 'append':
            bench.append(one.count);
            break;
          case 'truncate':
            bench.truncate(one.back);
            break;
          case 'snapshot':
            bench.snapshot(one.back);
            break;
          case 'install':
            bench.install(one.ahead);
            break;
          case 'sync':
            bench.sync();
            break;
          case 'power-loss':
            bench.disk.losePower(survival, 500_000, bench.stream);
            bench.restart();
            break;
          case 'kill':
            bench.restart();
            break;
        }
    },
  );

  it('keeps no more segments than it needs', () => {
    const bench = new Bench();
    for (let round = 0; round < 20; round += 1) {
      bench.append(3);
      bench.snapshot(0);
      bench.sync();
      bench.sync();
    }
    const files = Array.from({ length: 40 }, (_, at) => bench.disk.read(`log-${at}`).length);
    expect(files.filter((length) => length > 0).length).toBeLessThanOrEqual(2);
  });

  it('after a failed sync and a restart, a later power loss takes nothing that was promised since', () => {
    const bench = new Bench();
    bench.append(3);
    bench.disk.fail(bench.disk.written());
    bench.restart();
    expect(bench.log).toHaveLength(3);
    bench.disk.losePower('none', 0, bench.stream);
    bench.restart();
    expect(bench.log).toHaveLength(3);
  });
});
