import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import { campaignRun } from './campaign.ts';
import { HandCluster } from './hand.ts';

const [S1, S2, S3, S4, S5] = [0, 1, 2, 3, 4] as const;

function led(size: number, config: Readonly<Record<string, unknown>> = {}): HandCluster {
  const cluster = new HandCluster(size, config);
  cluster.campaign(S1);
  cluster.heartbeat(S1);
  cluster.heartbeat(S1);
  return cluster;
}

describe('legal behaviour that looks like a violation raises no alarm', () => {
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
    const cluster = new HandCluster(4, { voters: 3, learners: 1 });
    cluster.campaign(S1, [S1, S2, S3]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    cluster.propose(S1, 'a');
    cluster.drop();
    expect(cluster.hands[S1]!.raft.requestMembership([S1, S2, S3, S4], [])).toBeNull();
    cluster.hands[S1]!.settle();
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(cluster.hands[S1]!.raft.log.lastIndex);
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
    for (const letter of acknowledgement) cluster.deliver(letter);
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(2);
    expect(cluster.violations).toEqual([]);
  });

  it('uncommitted ends of logs that differ', () => {
    const cluster = led(5);
    cluster.propose(S1, 'a');
    cluster.drop();
    cluster.campaign(S5, [S3, S4, S5]);
    expect(cluster.hands[S1]!.terms()).not.toEqual(cluster.hands[S5]!.terms());
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
    cluster.propose(S1, 'in vain');
    cluster.hands[S1]!.timeout('heartbeat');
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
    expect(cluster.violations).toEqual([]);
  });

  it('an operation that timed out and took effect later', () => {
    // Shorter than an election: many operations end unknown, and the checker must accept all of them.
    for (let seed = 0; seed < 5; seed += 1) {
      const { world, found } = campaignRun(`unknown/${seed}`, {
        config: { operationTimeout: '100ms', attemptTimeout: '60ms' },
      });
      expect(found).toBeNull();
      expect(world.done.some(({ outcome }) => outcome.type === 'info')).toBe(true);
    }
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

  it('a cluster that cannot serve while a majority is cut off', () => {
    const cut: Fault = {
      id: 'cut',
      start: { atUs: 300_000 },
      end: null,
      action: { kind: 'links', kept: [] },
    };
    const { world, found } = campaignRun('cut', { faults: [cut] });
    expect(world.violations).toEqual([]);
    expect(found).toBeNull();
  });
});
