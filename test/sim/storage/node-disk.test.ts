import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TORN_RECORD } from '../../../src/sim/engine/env.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { NodeDisk, type UnsyncedSurvival } from '../../../src/sim/storage/node-disk.ts';

interface Write {
  readonly kind: 'append' | 'truncate' | 'put' | 'remove';
  readonly file: string;
  readonly record: number;
  readonly length: number;
}

type Files = Readonly<Record<string, readonly unknown[]>>;

const FILES = ['log', 'meta'];

/** The naive disk: whole contents copied at every write. */
function applied(files: Files, { kind, file, record, length }: Write): Files {
  const records = files[file] ?? [];
  switch (kind) {
    case 'append':
      return { ...files, [file]: [...records, record] };
    case 'truncate':
      return { ...files, [file]: records.slice(0, length) };
    case 'put':
      return { ...files, [file]: [record] };
    case 'remove':
      return { ...files, [file]: [] };
  }
}

class NaiveDisk {
  durable: Files = {};
  pending: Write[] = [];
  written = 0;

  get cached(): Files {
    return this.#cached;
  }

  #cached: Files = {};

  write(write: Write): void {
    this.#cached = applied(this.#cached, write);
    this.pending.push(write);
    this.written += 1;
  }

  sync(through: number): void {
    for (const write of this.#taken(through)) this.durable = applied(this.durable, write);
  }

  failSync(through: number): void {
    for (const write of this.#taken(through))
      if (write.kind === 'append')
        this.durable = {
          ...this.durable,
          [write.file]: [...(this.durable[write.file] ?? []), TORN_RECORD],
        };
  }

  #taken(through: number): Write[] {
    const count = through - (this.written - this.pending.length);
    return count <= 0 ? [] : this.pending.splice(0, count);
  }

  /** After a power loss the disk is what it turned out to be. */
  becomes(files: Files): void {
    this.durable = files;
    this.#cached = files;
    this.pending = [];
  }
}

function contents(read: (file: string) => readonly unknown[]): Files {
  return Object.fromEntries(FILES.map((file) => [file, [...read(file)]]));
}

function filled(files: Files): Files {
  return Object.fromEntries(FILES.map((file) => [file, files[file] ?? []]));
}

const write = fc.record({
  kind: fc.constantFrom<Write['kind']>('append', 'append', 'append', 'truncate', 'put', 'remove'),
  file: fc.constantFrom(...FILES),
  record: fc.nat(999),
  length: fc.nat(4),
});

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), write }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sync' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('power' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wipe' as const) }) },
);

/** Everything that a power loss may leave: by kind of survival, the possible contents. */
function mayRemain(model: NaiveDisk, survival: UnsyncedSurvival, torn: boolean): Files[] {
  const { durable, pending } = model;
  const after = (writes: readonly Write[]): Files => filled(writes.reduce(applied, durable));
  if (survival === 'none' || survival === 'prefix') {
    const lengths = survival === 'none' ? [0] : pending.map((_, index) => index);
    const cut = lengths.flatMap((length) => {
      const kept = after(pending.slice(0, length));
      const next = pending[length];
      if (!torn || next?.kind !== 'append') return [kept];
      return [{ ...kept, [next.file]: [...(kept[next.file] ?? []), TORN_RECORD] }];
    });
    return survival === 'none' ? cut : [...cut, after(pending)];
  }
  return [];
}

describe.each<[UnsyncedSurvival, number]>([
  ['none', 0],
  ['none', 1_000_000],
  ['prefix', 0],
  ['prefix', 1_000_000],
])('a disk that keeps %s of the unsynced writes (torn %d ppm)', (survival, tornPpm) => {
  it('is at every step what a naive model says it may be', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(step, { maxLength: 60 }), (seed, steps) => {
        const disk = new NodeDisk();
        const model = new NaiveDisk();
        const stream = new RandomStream(seed, 'disk/n1/fault');
        for (const one of steps) {
          if (one.do === 'write') {
            const { kind, file, record, length } = one.write;
            disk.write(kind, file, record, length);
            model.write(one.write);
          } else if (one.do === 'sync') {
            disk.settle(disk.written() - one.back);
            model.sync(model.written - one.back);
          } else if (one.do === 'fail') {
            disk.fail(disk.written() - one.back);
            model.failSync(model.written - one.back);
          } else if (one.do === 'wipe') {
            disk.wipe();
            model.becomes({});
          } else {
            const possible = mayRemain(model, survival, tornPpm > 0);
            const pending = model.pending.length;
            const lost = disk.losePower(survival, tornPpm, stream);
            const left = contents((file) => disk.read(file));
            if (pending > 0) expect(possible).toContainEqual(left);
            else expect(left).toEqual(filled(model.durable));
            expect(lost).toBeLessThanOrEqual(pending);
            model.becomes(left);
          }
          // A killed process changes nothing here: what it wrote is in the page cache.
          expect(contents((file) => disk.read(file))).toEqual(filled(model.cached));
          expect(contents((file) => disk.readDurable(file))).toEqual(filled(model.durable));
          expect(disk.written()).toBe(model.written);
        }
      }),
      { numRuns: 80 },
    );
  });
});

function records(disk: NodeDisk): readonly unknown[] {
  return disk.read('log');
}

/** A disk with `synced` durable appends to `log` and `unsynced` more in the page cache. */
function diskWith(synced: number, unsynced: number): NodeDisk {
  const disk = new NodeDisk();
  for (let record = 0; record < synced; record += 1) disk.write('append', 'log', record, 0);
  disk.settle(synced);
  for (let record = synced; record < synced + unsynced; record += 1)
    disk.write('append', 'log', record, 0);
  return disk;
}

describe('a power loss', () => {
  it('never takes a synced write, whatever survives of the rest', () => {
    for (const survival of ['none', 'prefix', 'subset'] as const)
      for (let seed = 0; seed < 50; seed += 1) {
        const disk = diskWith(5, 5);
        disk.losePower(survival, 500_000, new RandomStream(String(seed), 'x'));
        expect(records(disk).slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
      }
  });

  it('cuts a prefix at every place, sooner or later, and counts what it took', () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 100; seed += 1) {
      const disk = diskWith(0, 4);
      const lost = disk.losePower('prefix', 0, new RandomStream(String(seed), 'x'));
      expect(records(disk)).toEqual([0, 1, 2, 3].slice(0, 4 - lost));
      lengths.add(records(disk).length);
    }
    expect([...lengths].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it('with a subset takes any of the writes, each place kept: a lost append under a kept one is a hole', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 300; seed += 1) {
      const disk = diskWith(1, 3);
      const lost = disk.losePower('subset', 0, new RandomStream(String(seed), 'x'));
      const left = records(disk);
      expect(left[0]).toBe(0);
      // A record never moves to another place, and the file does not end in a hole.
      for (const [place, record] of left.entries()) expect([place, TORN_RECORD]).toContain(record);
      if (left.length > 1) expect(left.at(-1)).not.toBe(TORN_RECORD);
      expect(lost).toBe(4 - left.filter((record) => record !== TORN_RECORD).length);
      seen.add(left.map((record) => (record === TORN_RECORD ? '-' : String(record))).join(''));
    }
    expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual([
      '0',
      '0--3',
      '0-2',
      '0-23',
      '01',
      '01-3',
      '012',
      '0123',
    ]);
  });

  it('tears the first lost append as often as asked', () => {
    let torn = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const disk = diskWith(1, 1);
      disk.losePower('none', 250_000, new RandomStream(String(seed), 'x'));
      if (records(disk)[1] === TORN_RECORD) torn += 1;
    }
    expect(Math.abs(torn - 100)).toBeLessThan(36);
  });

  it('leaves what a later process writes and syncs untouched', () => {
    const disk = diskWith(2, 3);
    disk.losePower('none', 0, new RandomStream('s', 'x'));
    disk.write('append', 'log', 'new', 0);
    disk.settle(disk.written());
    disk.losePower('none', 0, new RandomStream('s', 'x'));
    expect(records(disk)).toEqual([0, 1, 'new']);
  });
});

describe('a failed sync', () => {
  it('leaves holes where appends were lost, though the process goes on reading its cache', () => {
    const disk = diskWith(1, 2);
    disk.fail(3);
    disk.write('append', 'log', 'after', 0);
    disk.settle(4);
    expect(records(disk)).toEqual([0, 1, 2, 'after']);
    disk.losePower('prefix', 0, new RandomStream('s', 'x'));
    expect(records(disk)).toEqual([0, TORN_RECORD, TORN_RECORD, 'after']);
  });

  it('leaves the old content where a put or a truncate was lost', () => {
    const disk = diskWith(3, 0);
    disk.write('put', 'meta', 'old', 0);
    disk.settle(4);
    disk.write('put', 'meta', 'new', 0);
    disk.write('truncate', 'log', undefined, 1);
    disk.fail(6);
    expect([disk.read('meta'), disk.read('log')]).toEqual([['new'], [0]]);
    disk.losePower('none', 0, new RandomStream('s', 'x'));
    expect([disk.read('meta'), disk.read('log')]).toEqual([['old'], [0, 1, 2]]);
  });
});
