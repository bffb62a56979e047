import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/protocols/protocol.ts';
import { parseConfig } from '../../../src/protocols/raft/parse-config.ts';
import { campaignRun } from './campaign.ts';

type Row = Readonly<Record<string, unknown>>;

/** Each switch with its values; reads bring what they need. */
const switches: Readonly<Record<string, readonly Row[]>> = {
  reads: [
    { reads: 'readIndex' },
    { reads: 'readIndex', followerReads: true },
    { reads: 'log' },
    { reads: 'lease', checkQuorum: true, stickyLeader: true, clockDriftPpm: 250_000 },
  ],
  preVote: [{}, { preVote: true }],
  quorum: [{}, { checkQuorum: true }],
  sticky: [{}, { stickyLeader: true }],
  membership: [
    {},
    { reconfigureEvery: '250ms' },
    { reconfigureEvery: '250ms', membershipChange: 'joint' },
    { learners: 1 },
  ],
  transfer: [{}, { transferEvery: '300ms' }],
  snapshots: [{}, { snapshotEvery: 10, snapshotChunk: 2 }],
  backtracking: [{}, { backtracking: 'slow' }],
  flow: [{}, { pipeline: false }, { entriesPerAppend: 1, inflightEntries: 3 }],
  batch: [{}, { batch: '3ms' }],
  disk: [{}, { syncsInFlight: 3 }],
  requests: [{}, { requests: 'forward' }],
  sessions: [{}, { sessionExpiry: '500ms' }],
};
const names = Object.keys(switches);

/** Rows in which every two values of two switches meet: greedily, each row takes what meets most that is new. */
function pairwise(): number[][] {
  const open = new Set<string>();
  const pair = (a: number, x: number, b: number, y: number): string => `${a}:${x} ${b}:${y}`;
  const values = names.map((name) => switches[name]!.map((_, value) => value));
  for (let a = 0; a < names.length; a += 1)
    for (let b = a + 1; b < names.length; b += 1)
      for (const x of values[a]!) for (const y of values[b]!) open.add(pair(a, x, b, y));
  const rows: number[][] = [];
  while (open.size > 0) {
    // Begins with a pair that has not met, so that every row brings something new.
    const [first, second] = [...open][0]!.split(' ').map((part) => part.split(':').map(Number));
    const row: (number | undefined)[] = names.map(() => undefined);
    row[first![0]!] = first![1];
    row[second![0]!] = second![1];
    const meets = (at: number, value: number): number =>
      row.filter((other, b) => {
        if (other === undefined || b === at) return false;
        return open.has(at < b ? pair(at, value, b, other) : pair(b, other, at, value));
      }).length;
    for (let at = 0; at < names.length; at += 1)
      row[at] ??= values[at]!.reduce((best, value) =>
        meets(at, value) > meets(at, best) ? value : best,
      );
    const full = row.map((value) => value ?? 0);
    for (let a = 0; a < names.length; a += 1)
      for (let b = a + 1; b < names.length; b += 1) open.delete(pair(a, full[a]!, b, full[b]!));
    rows.push(full);
  }
  return rows;
}

const configOf = (row: readonly number[]): Row =>
  row.reduce<Row>((config, value, at) => ({ ...config, ...switches[names[at]!]![value] }), {});

describe('any two switches together, correct code, default faults', () => {
  const rows = pairwise();

  it('every pair of values meets in some row, and every row is a configuration that works', () => {
    expect(rows.length).toBeGreaterThanOrEqual(16);
    expect(rows.length).toBeLessThan(40);
    for (const row of rows) expect(() => parseConfig(configOf(row), 5)).not.toThrow(ConfigError);
  });

  it.each(rows.map((row) => [row.join(''), row] as const))('%s raises no alarm', (name, row) => {
    for (let seed = 0; seed < 3; seed += 1) {
      const { world, found } = campaignRun(`pair/${name}/${seed}`, { config: configOf(row) });
      expect({ found, violations: world.violations, config: configOf(row) }).toEqual({
        found: null,
        violations: [],
        config: configOf(row),
      });
    }
  });
});
