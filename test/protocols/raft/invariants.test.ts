import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compileDocument,
  readSubject,
  withDocument,
} from '../../../src/campaign/documents/document.ts';
import { violationsOf } from '../../../src/campaign/run/signature.ts';
import { directedDocument } from '../../../src/campaign/search/directed.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import { bugs } from '../../../src/protocols/raft/bugs.ts';
import { invariants } from '../../../src/protocols/raft/invariants.ts';
import { campaignRun } from './campaign.ts';
import { HandCluster } from './hand.ts';
import { World } from './world.ts';
import { zooOptions } from './zoo-options.ts';

const SEEDS = 80;

/** For each invariant a bug that it is the first to see, in some run under drawn faults. */
const firstToSee: Readonly<Record<string, string>> = {
  'election-safety': 'leader-keeps-office',
  'election-quorum': 'pre-votes-counted',
  'one-vote-a-term': 'double-vote',
  'leader-append-only': 'index-reused',
  'log-matching': 'previous-term-ignored',
  'log-shape': 'no-consistency-check',
  'leader-completeness': 'no-up-to-date-check',
  'state-machine-safety': 'heartbeat-commit-not-cut',
  'deterministic-apply': 'local-clock-in-apply',
  'exactly-once': 'dedup-at-propose',
  'apply-in-order': 'applies-only-the-last',
  'state-ordering': 'commit-beyond-log',
  'commit-monotonic': 'commit-regresses',
  'committed-on-durable-quorum': 'median-off-by-one',
  'committed-never-removed': 'step-down-truncates',
  'promise-after-durable': 'ack-before-sync',
  'recovery-is-faithful': 'log-cut-before-snapshot-durable',
  'progress-is-sound': 'match-may-fall',
  'term-monotonic': 'term-from-snapshot',
  'message-term': 'request-term-ahead',
  'snapshot-is-prefix': 'snapshot-off-by-one',
  'snapshot-moves-forward': 'old-snapshot-accepted',
  'latest-membership-in-force': 'membership-active-at-commit',
  'membership-change-rules': 'direct-switch',
  'roles-follow-membership': 'learner-campaigns',
  'removed-leader-resigns': 'removed-leader-stays',
  'answers-are-committed': 'reply-at-append',
  'reads-are-fresh': 'local-follower-read',
};

/** Two that chance shows too rarely: what the script makes happen, and who sees it first. */
const byScript: Readonly<Record<string, () => HandCluster>> = {
  'own-term-commit': () => {
    const cluster = new HandCluster(3, { entriesPerAppend: 1, pipeline: false }, 'figure-8');
    cluster.campaign(0);
    cluster.propose(0, 'old');
    cluster.hands[0]!.timeout('heartbeat');
    cluster.drop();
    cluster.hands[0]!.start();
    // The old entry, and nothing newer, reaches the others: the leader of the next term counts it.
    cluster.hands[0]!.timeout('election');
    cluster.stabilize(({ to, message }) => {
      if (message.type !== 'AppendEntries') return true;
      const { lastIndex } = cluster.hands[to]!.raft.log;
      return lastIndex < 2 || message.entries.every(({ index }) => index <= 2);
    });
    return cluster;
  },
  'lease-is-exclusive': () => {
    const config = { reads: 'lease', checkQuorum: true, stickyLeader: true };
    const cluster = new HandCluster(3, config, 'lease-without-stickiness');
    for (const hand of cluster.hands) hand.nowUs = 1_000_000;
    cluster.campaign(0);
    cluster.heartbeat(0);
    cluster.heartbeat(0);
    cluster.campaign(1, [1, 2]);
    const read = { session: 0, sequence: 0, f: 'read', key: 'x', value: null };
    cluster.hands[0]!.step(99, { type: 'ClientRequest', ...read }, 3);
    return cluster;
  },
};

/** Those that are judged after the heal, or from what clients were told: a bug, and the seed from which it is looked for. */
const firstInScenarios: Readonly<Record<string, readonly [bug: string, fromSeed: number]>> = {
  'answers-follow-the-log': ['read-cache-kept', 1],
  'values-were-written': ['read-cache-without-key', 1],
  'failures-have-no-effect': ['timeout-is-failure', 1],
  'resources-are-bounded': ['inflight-without-limit', 1],
  'leader-within-bound': ['equal-log-refused', 1],
  'logs-converge': ['joint-never-left', 2],
  'replication-progresses': ['stuck-after-snapshot', 3],
  'terms-settle': ['removed-server-disrupts', 1],
  'handovers-succeed': ['stickiness-blocks-transfer', 25],
};

const CALM = new URL('../../../scenarios/raft/calm-after-faults.yaml', import.meta.url);

/** The first property that a run of the directed search shows violated. */
function firstViolated(id: string, seed: string): string | undefined {
  const subject = readSubject(readFileSync(CALM, 'utf8'), 'calm-after-faults.yaml');
  const { setup = {} } = bugs.find((bug) => bug.id === id)!;
  const document = { ...directedDocument(subject, setup, seed), bug: id };
  const scenario = compileDocument(withDocument(subject, document));
  return violationsOf(runScenario(scenario, { seed }))[0]?.property;
}

describe('every invariant earns its keep', () => {
  it('has a bug that it is the first to see', () => {
    const covered = new Set([
      ...Object.keys(firstToSee),
      ...Object.keys(byScript),
      ...Object.keys(firstInScenarios),
    ]);
    expect(covered).toEqual(new Set(invariants.map(({ name }) => name)));
  });

  it.each(Object.entries(firstToSee))('%s is the first to see %s', (invariant, id) => {
    const options = zooOptions(bugs.find((bug) => bug.id === id)!);
    let seed = 0;
    while (seed < SEEDS && campaignRun(`zoo/${id}/${seed}`, options).found !== invariant) seed += 1;
    expect(seed).toBeLessThan(SEEDS);
  });

  it.each(Object.entries(firstInScenarios))(
    '%s is the first to see %j',
    (invariant, [id, from]) => {
      let seed = from;
      while (seed < from + 20 && firstViolated(id, String(seed)) !== invariant) seed += 1;
      expect(seed).toBeLessThan(from + 20);
    },
  );

  it.each(Object.entries(byScript))('%s is the first to see what its script does', (name, run) => {
    expect(run().violations[0]?.invariant).toBe(name);
  });
});

describe('two verdicts on the same answers: from inside, and from what clients saw', () => {
  /** Both verdicts on one run that goes on after a violation. */
  function verdicts(seed: string, bug: string | null): { inside: boolean; outside: boolean } {
    const definition = bugs.find(({ id }) => id === bug);
    const options = definition === undefined ? {} : zooOptions(definition);
    const world = new World({ seed, servers: 5, clients: 4, ...options });
    const { faults = 'default' } = options;
    const schedule =
      typeof faults === 'string' ? world.nemesis(faults, 200_000, 2_000_000) : faults;
    const engine = world.faults(schedule);
    world.keepBusy(2_500_000);
    world.simulation.run({ untilUs: 2_000_000 });
    engine.heal();
    world.simulation.run({ untilUs: 4_000_000 });
    return { inside: world.violations.length > 0, outside: world.linearizable() === 'violated' };
  }

  it.each([
    null,
    'local-leader-read',
    'read-before-quorum',
    'read-before-apply',
    'local-follower-read',
    'reply-at-append',
    'reply-by-index-only',
    'no-dedup',
    'dedup-at-propose',
  ])('%s: the checker never sees a broken promise that no invariant saw', (bug) => {
    const seen = { both: 0, insideOnly: 0, outsideOnly: 0 };
    for (let seed = 0; seed < 30; seed += 1) {
      const { inside, outside } = verdicts(`double/${bug}/${seed}`, bug);
      if (inside && outside) seen.both += 1;
      else if (inside) seen.insideOnly += 1;
      else if (outside) seen.outsideOnly += 1;
    }
    expect(seen.outsideOnly).toBe(0);
    if (bug === null) expect(seen).toEqual({ both: 0, insideOnly: 0, outsideOnly: 0 });
    else expect(seen.both + seen.insideOnly).toBeGreaterThan(0);
  });
});
