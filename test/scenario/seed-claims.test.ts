import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../scenarios/raft/', import.meta.url);

/** The claims of the seed document's consensus and Raft chapters (reference/raft.md, section 0), and the files that run them. */
const CLAIMS: Readonly<Record<string, string>> = {
  S01: 'consensus-termination-after-heal consensus-termination-no-quorum',
  S02: 'consensus-agreement',
  S03: 'consensus-validity',
  S04: 'two-cinemas-last-ticket',
  S05: 'cinemas-counter-validity cinemas-counter-no-dedup',
  S06: 'lin-read-after-write lin-cross-key-realtime lin-concurrent-single-order',
  S07: 'follower-read-stale-window',
  S08: 'eventual-window-measured follower-read-stale-window',
  // Consensus is judged by the invariants, consistency by what clients saw: two verdicts on one run.
  S09: 'follower-read-stale-window leader-read-local',
  S10: 'role-transition-table',
  S11: 'leader-fail-reelect',
  S12: 'term-without-leader',
  S13: 'election-steps',
  S14: 'election-outcome-win election-outcome-lose election-outcome-timeout',
  S15: 'winner-broadcasts-immediately',
  S16: 'vote-once vote-once-forgotten vote-uptodate vote-uptodate-bug vote-fcfs',
  S17: 'abc-second-candidate-yields',
  S18: 'four-node-split-vote',
  S19: 'split-vote-randomized split-vote-fixed',
  S20: 'rsm-determinism rsm-local-clock',
  S21: 'write-flow-trace',
  S22: 'minority-down',
  S23: 'logs-eventually-identical',
  S24: 'acked-never-lost commit-before-apply apply-before-commit',
  S25: 'calm-after-faults',
  S26: 'split-brain-double-vote split-brain-half-is-enough',
  S27: 'log-matching log-matching-no-check',
  S28: 'figure7-a figure7-b figure7-c figure7-d figure7-e figure7-f figure7-all figure7-all-slow',
  S29: 'nextindex-walkback fast-backtrack',
  S30: 'uptodate-term-beats-length length-before-term',
  S31: 'leader-append-only',
  S32: 'stale-leader-abcde stale-leader-heals',
  S33: 'stale-leader-write-not-acked',
  S34: 'leader-read-local leader-read-quorum stale-leader-lease stale-leader-lease-drift stale-leader-lease-wide-bound',
  S35: 'stale-leader-forever checkquorum-stepdown',
  S36: 'figure8 figure8-bug figure8-e',
  S37: 'figure8-bug',
  S38: 'noop-commits-old-entries noop-missing',
  S39: 'follower-crash-catchup follower-crash-catchup-snapshot',
  S40: 'leader-crash-stage-1 leader-crash-stage-1-no-session',
  S41: 'leader-crash-stage-2 leader-crash-stage-2-no-session',
  S42: 'leader-crash-stage-3 leader-crash-stage-3-no-session',
  S43: 'leader-crash-stage-4-kept leader-crash-stage-4-lost leader-crash-stage-4-kept-no-session leader-crash-stage-4-lost-no-session',
  S44: 'leader-crash-stage-5 leader-crash-stage-5-no-session',
  S45: 'leader-crash-stage-6 leader-crash-stage-6-no-session',
  S46: 'leader-crash-stage-7 leader-crash-stage-7-no-session',
  S47: 'summary-constraints',
};

/** Where the seed is imprecise its words are quoted, and the precise statement follows. */
const IMPRECISE: Readonly<Record<string, string>> = {
  'only one leader': 'leader-fail-reelect',
  'not strong consistency': 'logs-eventually-identical',
  'committed at (c)': 'figure8',
  's1 does not replicate the old entry': 'figure8-e',
  'must know more': 'vote-uptodate summary-constraints',
  'a write at a stale leader is no problem': 'stale-leader-write-not-acked',
};

function textOf(name: string): string {
  const file = new URL(`${name}.yaml`, FOLDER);
  expect(existsSync(file), name).toBe(true);
  return readFileSync(file, 'utf8');
}

describe('the claims of the seed document', () => {
  it('S01 to S47 are all there', () => {
    const ids = Array.from({ length: 47 }, (_, at) => `S${String(at + 1).padStart(2, '0')}`);
    expect(Object.keys(CLAIMS)).toEqual(ids);
  });

  it.each(Object.entries(CLAIMS))('%s runs as %s', (_, files) => {
    for (const name of files.split(' ')) {
      const text = textOf(name);
      expect(text, name).toMatch(/^claim: /m);
      // The heading of the chapter is quoted.
      expect(text, name).toMatch(/^source:[^"]*seed document, "[^"]+"/m);
      // It asserts something beyond what every run is judged by, or is judged by it over drawn faults.
      expect(text, name).toMatch(/^(require|properties|nemesis|idle):/m);
    }
  });

  it.each(Object.entries(IMPRECISE))('"%s" is made precise in %s', (_, files) => {
    for (const name of files.split(' '))
      expect(textOf(name).replaceAll(/\s+/g, ' '), name).toMatch(
        /[Tt]he seed (says|calls).*precisely:/,
      );
  });
});
