import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import { raft } from '../../../src/protocols/raft/index.ts';
import { campaignRun } from './campaign.ts';
import { HandCluster } from './hand.ts';
import { World } from './world.ts';

const [S1, S2, S3, S4, S5] = [0, 1, 2, 3, 4] as const;

function led(size: number, config: Readonly<Record<string, unknown>> = {}): HandCluster {
  const cluster = new HandCluster(size, config);
  cluster.campaign(S1);
  cluster.heartbeat(S1);
  cluster.heartbeat(S1);
  return cluster;
}

/** Who has the entry that S1 has at this index; every write is on disk here. */
function holders({ hands }: HandCluster, index: number): number[] {
  const term = hands[S1]!.raft.log.termAt(index);
  return [...hands.keys()].filter((id) => hands[id]!.raft.log.termAt(index) === term);
}

function wasRead(world: World, written: unknown): boolean {
  return world.done.some(
    ({ operation, outcome }) =>
      operation.f === 'read' && outcome.type === 'ok' && outcome.value === written,
  );
}

/** How often the client is refused from now on. */
function countRefusals(world: World, client: number): () => number {
  let count = 0;
  const { observer } = world.simulation;
  world.simulation.observer = {
    ...observer,
    onDeliver: (_from, to, message) => {
      if (to === client && 'status' in message && message.status === 'notLeader') count += 1;
    },
  };
  return () => count;
}

/**
 * Each builds the very state in which a check that looks right complains, and says so by asserting it, before it asserts
 * that no alarm was raised.
 */
describe('legal behaviour that looks like a violation raises no alarm', () => {
  it('a voter that commits, under another leader of the term, what its candidate never got', () => {
    // The property VotesGrantedInv of ongardie/raft.tla is false, as the specification of etcd-io/raft explains.
    const cluster = new HandCluster(5);
    cluster.campaign(S1, [S1, S3]);
    cluster.campaign(S2, [S2, S4, S5]);
    cluster.heartbeat(S2, [S2, S3, S4, S5]);
    cluster.heartbeat(S2, [S2, S3, S4, S5]);
    const [candidate, voter] = [cluster.hands[S1]!.raft, cluster.hands[S3]!.raft];
    expect([candidate.role, voter.votedFor]).toEqual(['candidate', S1]);
    expect(voter.currentTerm).toBe(candidate.currentTerm);
    expect(voter.commitIndex).toBeGreaterThan(candidate.log.lastIndex);
    expect(cluster.violations).toEqual([]);
  });

  it('votes that were granted but never arrived', () => {
    const cluster = new HandCluster(3);
    cluster.hands[S1]!.timeout('election');
    cluster.stabilize(({ message }) => message.type === 'RequestVote');
    cluster.campaign(S2);
    cluster.campaign(S2);
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    expect(cluster.violations).toEqual([]);
  });

  it('an entry before a membership entry, committed by the quorum of the new membership', () => {
    // Two of three suffice for it, although three of the four that were voters when it was made would have been needed.
    const cluster = led(4);
    cluster.propose(S1, 'a');
    cluster.drop();
    const made = cluster.hands[S1]!.raft.log.lastIndex;
    expect(cluster.hands[S1]!.raft.requestMembership([S1, S2, S3], [])).toBeNull();
    cluster.hands[S1]!.settle();
    cluster.heartbeat(S1, [S1, S2]);
    cluster.heartbeat(S1, [S1, S2]);
    expect(holders(cluster, made)).toEqual([S1, S2]);
    expect(cluster.hands[S1]!.raft.commitIndex).toBeGreaterThan(made);
    expect(cluster.violations).toEqual([]);
  });

  it('an entry on a majority of the membership that committed it, and not of the one after', () => {
    const cluster = led(3);
    cluster.propose(S1, 'a');
    cluster.stabilize(cluster.between([S1, S2]));
    const { commitIndex } = cluster.hands[S1]!.raft;
    expect(cluster.hands[S1]!.raft.requestMembership([S1, S3], [])).toBeNull();
    cluster.hands[S1]!.settle();
    cluster.drop();
    cluster.hands[S1]!.timeout('heartbeat');
    expect(cluster.hands[S1]!.raft.membership.voters).toEqual([S1, S3]);
    expect(commitIndex).toBe(2);
    expect(holders(cluster, commitIndex)).toEqual([S1, S2]);
    expect(cluster.violations).toEqual([]);
  });

  it('a commit that rests on the disk of a server that is down', () => {
    const cluster = led(3);
    cluster.propose(S1, 'a');
    cluster.collect();
    for (const letter of cluster.mail.splice(0)) if (letter.to === S2) cluster.deliver(letter);
    cluster.collect();
    const acknowledgement = cluster.mail.splice(0).filter(({ from }) => from === S2);
    cluster.hands[S2]!.disk.powerLoss();
    cluster.monitor.crashed(S2);
    for (const letter of acknowledgement) cluster.deliver(letter);
    // Of the three only S1 is up and holds it.
    expect(cluster.hands[S3]!.terms()).toEqual([1]);
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(2);
    expect(cluster.violations).toEqual([]);
  });

  it('uncommitted ends of logs that differ', () => {
    const cluster = led(5);
    cluster.propose(S1, 'a');
    cluster.drop();
    cluster.campaign(S5, [S3, S4, S5]);
    expect(cluster.hands[S1]!.terms()).toEqual([1, 1]);
    expect(cluster.hands[S5]!.terms()).toEqual([1, 2]);
    expect(cluster.violations).toEqual([]);
  });

  it('two leaders of different terms', () => {
    const cluster = led(5);
    cluster.campaign(S5, [S3, S4, S5]);
    cluster.heartbeat(S1, [S1, S2]);
    cluster.heartbeat(S5, [S3, S4, S5]);
    expect([S1, S5].map((id) => cluster.hands[id]!.raft.role)).toEqual(['leader', 'leader']);
    expect(cluster.violations).toEqual([]);
  });

  it('a lagging server whose membership shares no quorum with the present one', () => {
    const cluster = new HandCluster(6, { voters: 3, learners: 3, membershipChange: 'joint' });
    cluster.campaign(S1, [S1, S2, S3]);
    cluster.heartbeat(S1, [S1, S2, S4, S5, 5]);
    cluster.heartbeat(S1, [S1, S2, S4, S5, 5]);
    expect(cluster.hands[S1]!.raft.requestMembership([S4, S5, 5], [])).toBeNull();
    cluster.hands[S1]!.settle();
    for (let beat = 0; beat < 3; beat += 1) cluster.heartbeat(S1, [S1, S2, S4, S5, 5]);
    expect(cluster.hands[S4]!.raft.membership.voters).toEqual([S4, S5, 5]);
    expect(cluster.hands[S3]!.raft.membership.voters).toEqual([S1, S2, S3]);
    expect(cluster.violations).toEqual([]);
  });

  it('a commit index that is lower after a restart', () => {
    const cluster = led(3);
    cluster.propose(S1, 'a');
    cluster.stabilize();
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(2);
    cluster.hands[S1]!.powerLoss();
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(0);
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    expect(cluster.violations).toEqual([]);
  });

  it('a removed leader that has not heard of its removal and goes on as leader', () => {
    const cluster = led(3);
    cluster.campaign(S2, [S2, S3]);
    cluster.heartbeat(S2, [S2, S3]);
    cluster.heartbeat(S2, [S2, S3]);
    expect(cluster.hands[S2]!.raft.requestMembership([S2, S3], [])).toBeNull();
    cluster.hands[S2]!.settle();
    cluster.stabilize(cluster.between([S2, S3]));
    expect(cluster.hands[S2]!.raft.membership.voters).toEqual([S2, S3]);
    expect(cluster.hands[S2]!.raft.commitIndex).toBe(cluster.hands[S2]!.raft.log.lastIndex);
    cluster.propose(S1, 'in vain');
    cluster.hands[S1]!.timeout('heartbeat');
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
    expect(cluster.violations).toEqual([]);
  });

  it('an operation that timed out and took effect later', () => {
    // Shorter than an election: many operations end unknown, and the checker must accept all of them.
    let seenLater = 0;
    for (let seed = 0; seed < 5; seed += 1) {
      const { world, found } = campaignRun(`unknown/${seed}`, {
        config: { operationTimeout: '100ms', attemptTimeout: '60ms' },
      });
      expect(found).toBeNull();
      seenLater += world.done.filter(
        ({ operation: { f, value }, outcome }) =>
          f === 'write' && outcome.type === 'info' && wasRead(world, value),
      ).length;
    }
    // Taken for failures these would be reads of values that nobody wrote.
    expect(seenLater).toBeGreaterThan(0);
  });

  it.each(['redirect', 'forward'])(
    'an operation that took effect at a server which could not say so, and that all others refused (requests: %s)',
    (requests) => {
      // A refusal speaks only of the attempt that it answers.
      const config = { requests, operationTimeout: '600ms', attemptTimeout: '60ms' };
      const world = new World({ seed: 'refused', config });
      const client = world.clients[0]!;
      const effect = { count: 0 };
      const between = (change: 'cut' | 'uncut'): void => {
        for (const from of world.servers)
          for (const to of world.servers) if (from !== to) world.network[change](from, to, effect);
      };
      expect(world.do(client, 'write', 'x', 1).type).toBe('ok');
      const before = world.leader()!.commitIndex;
      for (const id of world.servers) world.network.cut(id, client, effect);
      world.perform(client, 'write', 'x', 2);
      world.runUntil('the effect', () => world.leader()!.commitIndex > before);
      between('cut');
      for (const id of world.servers) world.network.uncut(id, client, effect);
      const refused = countRefusals(world, client);
      world.runUntil('an outcome', () => world.done.length === 2);
      between('uncut');
      expect(refused()).toBeGreaterThan(2);
      expect(world.done[1]!.outcome.type).toBe('info');
      expect(world.do(client, 'read', 'x')).toMatchObject({ type: 'ok', value: 2 });
      expect(world.violations).toEqual([]);
      expect(world.linearizable()).toBe('holds');
    },
  );

  it('a match that a leader counts of a server whose disk was lost since', () => {
    const cluster = led(3);
    cluster.propose(S1, 'a');
    cluster.collect();
    for (const letter of cluster.mail.splice(0)) if (letter.to === S2) cluster.deliver(letter);
    cluster.collect();
    const acknowledgement = cluster.mail.splice(0).filter(({ from }) => from === S2);
    cluster.hands[S2]!.disk.wipe();
    cluster.hands[S2]!.start();
    for (const letter of acknowledgement) cluster.deliver(letter);
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(2);
    expect(cluster.hands[S2]!.terms()).toEqual([]);
    expect(cluster.hands[S3]!.terms()).toEqual([1]);
    expect(cluster.violations).toEqual([]);
  });

  it('the acknowledgements of a server whose disk was lost: it takes no part any more', () => {
    const wipe: Fault = {
      id: 'wipe',
      start: { atUs: 700_000 },
      end: { forUs: 50_000 },
      action: { kind: 'disk-loss', target: { kind: 'random', count: 1 } },
    };
    for (let seed = 0; seed < 5; seed += 1) {
      const { world } = campaignRun(`wiped/${seed}`, { faults: [wipe] });
      expect(world.violations).toEqual([]);
      expect(world.servers.filter((id) => world.server(id).inert)).toHaveLength(1);
      expect(world.linearizable()).toBe('holds');
    }
  });

  it('a cluster that has no leader for as long as the faults do not stop', () => {
    const world = new World({ seed: 'cut for good' });
    const cut: Fault = {
      id: 'cut',
      start: { atUs: 0 },
      end: null,
      action: { kind: 'links', kept: [] },
    };
    const faults = world.faults([cut]);
    world.keepBusy(20_000_000);
    world.runFor(20_000_000);
    // A hundred election timeouts, ten times the bound that holds after a heal.
    expect(world.servers.some((id) => world.server(id).currentTerm > 20)).toBe(true);
    expect(raft.unfinished!(world.monitor!)).toEqual([]);
    expect(world.violations).toEqual([]);
    // Once they do, the bound begins, and is met.
    faults.heal();
    raft.onPhase!(world.monitor!, 'healed');
    world.runFor(3_000_000);
    expect(world.leader()).not.toBeNull();
    expect(world.violations).toEqual([]);
  });
});
