import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/protocols/protocol.ts';
import { raft } from '../../../src/protocols/raft/index.ts';
import { parseConfig } from '../../../src/protocols/raft/parse-config.ts';

function refusal(input: Readonly<Record<string, unknown>>, servers = 5): ConfigError {
  try {
    parseConfig(input, servers);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('a configuration', () => {
  it('may be empty: every key has a preset', () => {
    expect(parseConfig({}, 5)).toMatchObject({
      electionTimeoutMinUs: 150_000,
      electionTimeoutMaxUs: 300_000,
      heartbeatUs: 50_000,
      reads: 'readIndex',
      voters: 5,
      learners: 0,
      sessions: true,
    });
  });

  it('takes one duration for the minimum election timeout, and doubles it', () => {
    expect(parseConfig({ electionTimeout: '1s' }, 3)).toMatchObject({
      electionTimeoutMinUs: 1_000_000,
      electionTimeoutMaxUs: 2_000_000,
    });
  });

  it('leaves the servers that are no learners to be voters', () => {
    expect(parseConfig({ learners: 2 }, 5)).toMatchObject({ voters: 3, learners: 2 });
  });

  it.each([
    { input: { hartbeat: '50ms' }, key: 'hartbeat', fix: 'did you mean "heartbeat"?' },
    { input: { zzz: 1 }, key: 'zzz', fix: 'known keys: electionTimeout' },
    { input: { heartbeat: 50 }, key: 'heartbeat', fix: '500us, 150ms, 2s or 1m' },
    { input: { heartbeat: '-5ms' }, key: 'heartbeat', fix: '500us, 150ms, 2s or 1m' },
    { input: { heartbeat: '150ms' }, key: 'heartbeat', fix: 'for example 50ms' },
    { input: { heartbeat: '0ms' }, key: 'heartbeat', fix: 'for example 50ms' },
    {
      input: { electionTimeout: ['150ms', '150ms'] },
      key: 'electionTimeout',
      fix: '[150ms, 300ms]',
    },
    { input: { electionTimeout: ['150ms'] }, key: 'electionTimeout', fix: '[150ms, 300ms]' },
    { input: { electionTimeout: '0ms' }, key: 'electionTimeout', fix: '[150ms, 300ms]' },
    { input: { reads: 'fast' }, key: 'reads', fix: 'readIndex, lease, log' },
    { input: { reads: 'lease', stickyLeader: true }, key: 'reads', fix: 'checkQuorum: true' },
    { input: { reads: 'lease', checkQuorum: true }, key: 'reads', fix: 'stickyLeader: true' },
    { input: { followerReads: true, reads: 'log' }, key: 'followerReads', fix: 'reads: readIndex' },
    { input: { voters: 0 }, key: 'voters', fix: 'whole number' },
    { input: { voters: 4, learners: 2 }, key: 'voters', fix: 'add servers' },
    { input: { learners: 5 }, key: 'learners', fix: 'add servers' },
    { input: { preVote: 'yes' }, key: 'preVote', fix: 'true or false' },
    { input: { entriesPerAppend: 0.5 }, key: 'entriesPerAppend', fix: 'whole number' },
    {
      input: { sessions: false, sessionExpiry: '1s' },
      key: 'sessionExpiry',
      fix: 'sessions: true',
    },
    { input: { attemptTimeout: '5s' }, key: 'attemptTimeout', fix: 'operationTimeout' },
    { input: { clockDriftPpm: 1_000_000 }, key: 'clockDriftPpm', fix: '1000000' },
  ])('$input is refused at $key', ({ input, key, fix }) => {
    const error = refusal(input);
    expect(error.key).toBe(key);
    expect(error.fix).toContain(fix);
    expect(error.message.length).toBeGreaterThan(10);
  });

  it('has a description for every key', () => {
    for (const text of Object.values(raft.configKeys)) expect(text.length).toBeGreaterThan(20);
  });
});

describe('the registration', () => {
  it('names each bug, invariant and message once', () => {
    for (const names of [
      raft.bugs.map((bug) => bug.id),
      raft.invariants.map((invariant) => invariant.name),
      raft.messageTypes,
    ])
      expect(new Set(names).size).toBe(names.length);
  });

  it('expects every bug to be caught by something that exists', () => {
    const known = new Set([
      ...raft.invariants.map((invariant) => invariant.name),
      'checkers-agree',
      'liveness',
      'linearizable',
    ]);
    for (const bug of raft.bugs)
      for (const property of bug.caughtBy) expect(known, bug.id).toContain(property);
  });

  it('refuses an unknown bug by name', () => {
    expect(() =>
      raft.createServer({
        env: undefined as never,
        config: parseConfig({}, 1),
        servers: [0],
        monitor: null,
        bug: 'figure-9',
      }),
    ).toThrow(/no planted bug "figure-9"; known: double-vote/);
  });
});
