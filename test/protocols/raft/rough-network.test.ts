import { describe, expect, it } from 'vitest';
import type { Fault, TargetSelector } from '../../../src/sim/faults/fault.ts';
import { Lab } from './lab.ts';
import type { WorldOptions } from './world.ts';

// The stories of hashicorp/raft's fuzzy suite. Each ends with its checks: the same log and the same state everywhere, and
// every write that a client was told of among what was applied.

const PROTECTED = { preVote: true, checkQuorum: true, stickyLeader: true };
const END_US = 8_000_000;

interface Story {
  readonly name: string;
  readonly servers?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  /** What happens while clients write; returns the members at the end. */
  readonly tell: (cluster: Lab) => readonly number[] | undefined;
}

function slowVotes(type: string, of: readonly string[], direction: 'from' | 'to'): Fault {
  const slow: TargetSelector = { kind: 'nodes', names: of };
  const servers: TargetSelector = { kind: 'servers' };
  return {
    id: 'slow',
    start: { atUs: 0 },
    end: null,
    action: {
      kind: 'messages',
      from: direction === 'from' ? slow : servers,
      to: direction === 'to' ? slow : servers,
      types: [type],
      dropPpm: 0,
      duplicatePpm: 0,
      reorderPpm: 0,
      corruptPpm: 0,
      delay: { kind: 'uniform', minUs: 1_000_000, maxUs: 2_000_000 },
    },
  };
}

/** The leader and some others, drawn. */
function leaderPlus(cluster: Lab, others: number): number[] {
  const leader = cluster.leader();
  return [leader, ...cluster.others(leader).slice(0, others)];
}

/** Asks the leader of the moment until it agrees, as an operator would. */
function reconfigure(
  cluster: Lab,
  voters: (now: readonly number[], leader: number) => readonly number[],
  learners: readonly number[] = [],
): void {
  for (let time = 0; time < 200; time += 1) {
    const leader = cluster.leader();
    const server = cluster.world.server(leader);
    const asked: { refused?: string | null } = {};
    cluster.act(leader, () => {
      asked.refused = server.requestMembership(voters(server.membership.voters, leader), learners);
    });
    if (asked.refused === null) return;
    cluster.sleep(50_000);
  }
  throw new Error('no leader changes the membership');
}

function add(cluster: Lab, id: number): void {
  reconfigure(cluster, (now) => now, [id]);
  reconfigure(cluster, (now) => [...now, id]);
}

function remove(
  cluster: Lab,
  which: (leader: number, voters: readonly number[]) => number,
): number {
  let removed = -1;
  reconfigure(cluster, (now, leader) => {
    removed = which(leader, now);
    return now.filter((id) => id !== removed);
  });
  cluster.sleep(500_000);
  return removed;
}

function transfer(cluster: Lab): void {
  const leader = cluster.leader();
  const target = cluster.others(leader)[cluster.draw(4)]!;
  cluster.act(leader, () => cluster.world.server(leader).requestTransfer(target));
}

const stories: readonly Story[] = [
  { name: 'nothing happens', tell: () => undefined },
  {
    name: 'vote requests reach two servers late',
    tell: (cluster) => {
      cluster.world.faults([slowVotes('RequestVote', ['n1', 'n2'], 'to')]);
      for (let round = 0; round < 3; round += 1) crashLeader(cluster);
      return undefined;
    },
  },
  {
    name: 'the votes of three servers arrive late',
    tell: (cluster) => {
      cluster.world.faults([slowVotes('RequestVoteReply', ['n2', 'n4', 'n5'], 'from')]);
      cluster.sleep(2_000_000);
      return undefined;
    },
  },
  {
    name: 'the leader, and up to three more, are cut off together, and some cuts stay',
    tell: (cluster) => {
      for (let round = 0; round < 10; round += 1) {
        cluster.splitOff(leaderPlus(cluster, cluster.draw(4)));
        cluster.sleep(1_000_000);
        if (cluster.draw(10) > 0) cluster.splitOff([]);
        cluster.sleep(1_000_000);
      }
      cluster.splitOff([]);
      return undefined;
    },
  },
  {
    name: 'three servers become five',
    config: { voters: 3 },
    tell: (cluster) => {
      add(cluster, 3);
      add(cluster, 4);
      return undefined;
    },
  },
  {
    name: 'three servers become five, and two that do not lead are removed',
    config: { voters: 3 },
    tell: (cluster) => {
      add(cluster, 3);
      add(cluster, 4);
      const [a, b] = [0, 1].map(() =>
        remove(cluster, (leader, voters) => voters.find((id) => id !== leader)!),
      );
      return cluster.others(a!, b!);
    },
  },
  {
    name: 'the leader is removed',
    tell: (cluster) => cluster.others(remove(cluster, (leader) => leader)),
  },
  {
    name: 'a server that is cut off is removed, and comes back without knowing',
    config: PROTECTED,
    tell: (cluster) => {
      const victim = cluster.others(cluster.leader())[3]!;
      cluster.disconnect(victim);
      cluster.sleep(1_000_000);
      remove(cluster, () => victim);
      const { currentTerm } = cluster.world.server(cluster.leader());
      cluster.connect(victim);
      cluster.sleep(2_000_000);
      expect(cluster.world.server(cluster.leader()).currentTerm).toBe(currentTerm);
      return cluster.others(victim);
    },
  },
  {
    name: 'leadership is handed over again and again while clients write',
    tell: (cluster) => {
      for (let round = 0; round < 20; round += 1) {
        transfer(cluster);
        cluster.sleep(200_000);
      }
      return undefined;
    },
  },
  {
    name: 'servers restart one after the other',
    config: { snapshotEvery: 25 },
    tell: (cluster) => {
      cluster.leader();
      for (const id of cluster.servers) {
        cluster.crash(id);
        cluster.sleep(300_000);
        cluster.restart(id);
        cluster.sleep(300_000);
      }
      return undefined;
    },
  },
];

function crashLeader(cluster: Lab): void {
  const leader = cluster.leader();
  cluster.crash(leader);
  cluster.sleep(600_000);
  cluster.restart(leader);
}

describe('rough networks and busy operators', () => {
  it.each(stories)('$name', ({ name, servers = 5, config = {}, tell }) => {
    const options: WorldOptions = { seed: name, servers, clients: 3, config };
    const cluster = new Lab(options);
    cluster.world.keepBusy(END_US);
    const members = tell(cluster) ?? cluster.servers;
    cluster.sleep(1_000_000);
    cluster.world.busyUntilUs = 0;
    cluster.sleep(4_000_000);
    cluster.agree('end', members.length);
    cluster.wait();
    cluster.verify(members);
    expect(
      cluster.world.done.filter(({ outcome }) => outcome.type === 'ok').length,
    ).toBeGreaterThan(50);
    expect(cluster.world.linearizable()).toBe('holds');
  });
});

describe('who may lead, vote and read', () => {
  it('a server that could not know better campaigns all the time: pre-votes keep the leader in office', () => {
    const cluster = new Lab({ seed: 'spam', servers: 3, config: { preVote: true } });
    const leader = cluster.leader();
    const { currentTerm } = cluster.world.server(leader);
    const away = cluster.others(leader)[0]!;
    for (let round = 0; round < 5; round += 1) {
      cluster.disconnect(away);
      cluster.sleep(1_500_000);
      cluster.connect(away);
      cluster.sleep(300_000);
    }
    expect(cluster.leader()).toBe(leader);
    expect(cluster.world.server(leader).currentTerm).toBe(currentTerm);
    expect(cluster.world.server(away).currentTerm).toBe(currentTerm);
  });

  it('a non-voter that comes back with a higher term takes the cluster along, which is stable then', () => {
    const cluster = new Lab({ seed: 'non-voter', servers: 4, config: { voters: 3, learners: 1 } });
    const leader = cluster.leader();
    const { currentTerm } = cluster.world.server(leader);
    cluster.act(3, () => {
      cluster.world.server(3).becomeFollower(currentTerm + 5, null);
    });
    cluster.sleep(2_000_000);
    const second = cluster.leader();
    expect(cluster.world.server(second).currentTerm).toBeGreaterThan(currentTerm + 4);
    const stable = cluster.world.server(second).currentTerm;
    cluster.sleep(3_000_000);
    expect(cluster.world.server(cluster.leader()).currentTerm).toBe(stable);
    expect(cluster.world.violations).toEqual([]);
  });

  it('a leader that no quorum hears confirms no read, one that half of the others hear does', () => {
    const cluster = new Lab({ seed: 'verify', servers: 5, config: { operationTimeout: '1s' } });
    const client = cluster.world.clients[0]!;
    expect(cluster.world.do(client, 'write', 'x', 1).type).toBe('ok');
    const leader = cluster.leader();
    cluster.disconnect(...cluster.others(leader).slice(0, 2));
    expect(cluster.world.do(client, 'read', 'x')).toMatchObject({ type: 'ok', value: 1 });
    cluster.disconnect(...cluster.others(leader).slice(0, 3));
    expect(cluster.world.do(client, 'read', 'x').type).toBe('fail');
  });

  it('a leader whose quorum is gone resigns within two election timeouts, and another is not disturbed', () => {
    const cluster = new Lab({ seed: 'lease', servers: 3, config: PROTECTED });
    const leader = cluster.leader();
    cluster.disconnect(leader);
    cluster.sleep(600_000);
    expect(cluster.world.server(leader).role).not.toBe('leader');
    const second = cluster.leader();
    cluster.connect(leader);
    cluster.sleep(1_000_000);
    expect(cluster.leader()).toBe(second);
  });
});
