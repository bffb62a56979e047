import { describe, expect, it } from 'vitest';
import { wireSizeBytes } from '../../../src/sim/network/wire-size.ts';
import { Lab } from './lab.ts';

// The behaviours that MIT 6.5840 asks of its Lab 3, on a network and disks of ours.

function lab(seed: string, servers: number, config: Readonly<Record<string, unknown>> = {}): Lab {
  return new Lab({ seed, servers, config });
}

describe('elections (Lab 3A)', () => {
  it('one leader is found, all know its term, and nothing changes while nothing breaks', () => {
    const cluster = lab('initial', 3);
    const leader = cluster.leader();
    cluster.sleep(200_000);
    const terms = cluster.servers.map((id) => cluster.world.server(id).currentTerm);
    expect(new Set(terms).size).toBe(1);
    cluster.sleep(5_000_000);
    expect(cluster.leader()).toBe(leader);
    expect(cluster.world.server(leader).currentTerm).toBe(terms[0]);
  });

  it('a lost leader is replaced and does not disturb when it is back; without a quorum nobody leads', () => {
    const cluster = lab('again', 3);
    const first = cluster.leader();
    cluster.disconnect(first);
    const second = cluster.leader();
    cluster.connect(first);
    expect(cluster.leader()).toBe(second);
    cluster.disconnect(second, cluster.others(second)[0]!);
    cluster.wait();
    expect(cluster.leaders()).toEqual([]);
    cluster.connect(cluster.others(second)[0]!);
    const third = cluster.leader();
    cluster.connect(second);
    expect(cluster.leader()).toBe(third);
  });

  it('of seven servers any three may be cut off, again and again', () => {
    const cluster = lab('many', 7);
    cluster.leader();
    for (let round = 0; round < 10; round += 1) {
      const away = [0, 1, 2].map(() => cluster.draw(7));
      cluster.disconnect(...away);
      cluster.leader();
      cluster.connect(...away);
    }
    cluster.leader();
    expect(cluster.world.violations).toEqual([]);
  });
});

describe('agreement (Lab 3B)', () => {
  it('commands are applied by all, in the order in which they were started', () => {
    const cluster = lab('basic', 3);
    const first = cluster.agree('a', 3);
    expect(cluster.agree('b', 3)).toBe(first + 1);
    expect(cluster.agree('c', 3)).toBe(first + 2);
  });

  it('each command travels to each follower once', () => {
    const cluster = lab('bytes', 3);
    cluster.agree('warm', 3);
    let bytes = 0;
    cluster.onSend((_from, _to, message) => (bytes += wireSizeBytes(message)));
    let commands = 0;
    for (let count = 0; count < 10; count += 1) {
      const command = String.fromCharCode(97 + count).repeat(5_000);
      cluster.agree(command, 3);
      commands += command.length;
    }
    expect(bytes).toBeGreaterThan(2 * commands);
    expect(bytes).toBeLessThanOrEqual(3 * commands + 50_000);
  });

  it('goes on without one of three, and stops without two, whoever they are', () => {
    for (const leaderToo of [false, true]) {
      const cluster = lab(`failure ${leaderToo}`, 3);
      cluster.agree('a', 3);
      const first = cluster.leader();
      const lost = leaderToo ? first : cluster.others(first)[0]!;
      cluster.disconnect(lost);
      cluster.agree('b', 2);
      cluster.wait();
      cluster.agree('c', 2);
      const second = cluster.leader();
      const next = leaderToo ? second : cluster.others(second, lost)[0]!;
      cluster.disconnect(next);
      expect(cluster.servers.map((id) => cluster.start(id, 'vain')).some(Boolean)).toBe(true);
      cluster.wait();
      expect(cluster.values()).not.toContain('vain');
      cluster.connect(lost, next);
      cluster.agree('f', 3);
      expect(cluster.world.violations).toEqual([]);
    }
  });

  it('who was cut off catches up when it is back', () => {
    const cluster = lab('catch up', 3);
    cluster.agree('a', 3);
    const away = cluster.others(cluster.leader())[1]!;
    cluster.disconnect(away);
    for (const value of ['b', 'c', 'd']) cluster.agree(value, 2);
    cluster.wait();
    cluster.connect(away);
    cluster.agree('e', 3);
    expect(cluster.applied[away]!.size).toBe(cluster.applied[cluster.leader()]!.size);
  });

  it('what a minority of two of five was told is not committed, and may be replaced', () => {
    const cluster = lab('no quorum', 5);
    cluster.agree('a', 5);
    const leader = cluster.leader();
    const away = cluster.others(leader).slice(0, 3);
    cluster.disconnect(...away);
    const started = cluster.start(leader, 'b')!;
    cluster.wait();
    expect(cluster.appliedAt(started.index).count).toBe(0);
    cluster.connect(...away);
    cluster.agree('c', 5);
    expect(cluster.world.violations).toEqual([]);
  });

  it('commands started at the same moment all take a place of their own', () => {
    const cluster = lab('at once', 3);
    const leader = cluster.leader();
    const values = ['a', 'b', 'c', 'd', 'e'];
    const started = values.map((value) => cluster.start(leader, value)!);
    expect(new Set(started.map(({ term }) => term)).size).toBe(1);
    cluster.wait();
    expect(started.map(({ index }) => cluster.appliedAt(index))).toEqual(
      values.map((value) => ({ count: 3, value })),
    );
  });

  it('the commands that a cut-off leader took in vain are given up when it is back', () => {
    const cluster = lab('rejoin', 3);
    cluster.agree('a', 3);
    const first = cluster.leader();
    cluster.disconnect(first);
    for (const vain of ['v', 'w', 'x']) expect(cluster.start(first, vain)).not.toBeNull();
    cluster.agree('b', 2);
    const second = cluster.leader();
    cluster.disconnect(second);
    cluster.connect(first);
    cluster.agree('c', 2);
    cluster.connect(second);
    cluster.agree('d', 3);
    cluster.wait();
    expect([...cluster.values()]).toEqual(['a', 'b', 'c', 'd']);
    cluster.verify();
  });

  it.each(['fast', 'slow'])(
    'logs that differ in fifty entries and more come together (%s)',
    (backtracking) => {
      const cluster = lab('backup', 5, { backtracking });
      cluster.agree('a', 5);
      const first = cluster.leader();
      const [second, third, fourth, fifth] = cluster.others(first) as [
        number,
        number,
        number,
        number,
      ];
      // Fifty that cannot be committed, at the leader and one more.
      cluster.disconnect(third, fourth, fifth);
      for (let count = 0; count < 50; count += 1) cluster.start(first, `lost ${count}`);
      cluster.sleep(250_000);
      cluster.disconnect(first, second);
      cluster.connect(third, fourth, fifth);
      for (let count = 0; count < 50; count += 1) cluster.agree(`kept ${count}`, 3);
      // And again among these, with one of them away.
      const next = cluster.leader();
      const other = [third, fourth, fifth].find((id) => id !== next)!;
      cluster.disconnect(other);
      const rest = [third, fourth, fifth].filter((id) => id !== next && id !== other);
      cluster.disconnect(...rest);
      for (let count = 0; count < 50; count += 1) cluster.start(next, `lost again ${count}`);
      cluster.sleep(250_000);
      cluster.disconnect(next);
      cluster.connect(first, second, other);
      for (let count = 0; count < 50; count += 1) cluster.agree(`later ${count}`, 3);
      cluster.connect(...cluster.servers);
      cluster.agree('end', 5);
      cluster.wait();
      cluster.verify();
      const values = [...cluster.values()];
      expect(values).toHaveLength(102);
      expect(values.some((value) => String(value).startsWith('lost'))).toBe(false);
    },
  );
});

describe('persistence (Lab 3C)', () => {
  it('power may fail at the leader, a follower or all servers between commands', () => {
    const cluster = lab('persist', 3);
    cluster.agree('a', 3);
    cluster.crash(...cluster.servers);
    cluster.restart(...cluster.servers);
    cluster.agree('b', 3);
    for (let round = 0; round < 3; round += 1) {
      const leader = cluster.leader();
      const victim = round === 1 ? cluster.others(leader)[0]! : leader;
      cluster.crash(victim);
      cluster.agree(`without ${round}`, 2);
      cluster.restart(victim);
      cluster.agree(`with ${round}`, 3);
    }
    cluster.verify();
  });

  it('of five, pairs and majorities that overlap in one server take turns', () => {
    const cluster = lab('turns', 5);
    let value = 0;
    const next = (): string => `v${(value += 1)}`;
    for (let round = 0; round < 5; round += 1) {
      cluster.agree(next(), 5);
      const leader = cluster.leader();
      const at = (by: number): number => (leader + by) % 5;
      cluster.crash(at(1), at(2));
      cluster.agree(next(), 3);
      cluster.crash(at(0), at(3), at(4));
      cluster.restart(at(1), at(2));
      cluster.sleep(500_000);
      // Two are up, and the third that joins them is the only one of the three that has the last entry.
      expect(cluster.leaders()).toEqual([]);
      cluster.restart(at(3));
      cluster.agree(next(), 3);
      cluster.restart(at(4), at(0));
    }
    cluster.agree(next(), 5);
    cluster.wait();
    cluster.verify();
  });

  it('a leader and a follower, apart from the third, crash in turn', () => {
    const cluster = lab('apart', 3);
    cluster.agree('a', 3);
    const leader = cluster.leader();
    const [near, far] = cluster.others(leader) as [number, number];
    cluster.disconnect(far);
    cluster.agree('b', 2);
    cluster.crash(leader, near);
    cluster.connect(far);
    cluster.restart(leader);
    cluster.agree('c', 2);
    cluster.restart(near);
    cluster.agree('d', 3);
    cluster.wait();
    cluster.verify();
  });

  it.each([
    { name: 'crashes', unreliable: false },
    { name: 'cuts, losses and, later, long delays', unreliable: true },
  ])('Figure 8, a thousand rounds of leaders that come and go: $name', ({ unreliable }) => {
    const cluster = lab(`figure 8 ${unreliable}`, 5);
    const away = new Set<number>();
    const bring = (id: number): void => {
      away.delete(id);
      if (unreliable) cluster.connect(id);
      else cluster.restart(id);
    };
    if (unreliable) cluster.unreliable(100_000, 27_000);
    cluster.agree('begin', 1);
    for (let round = 0; round < 1_000; round += 1) {
      if (unreliable && round === 200) cluster.unreliable(100_000, 250_000);
      let leader: number | null = null;
      for (const id of cluster.servers)
        if (!away.has(id) && cluster.start(id, round) !== null) leader = id;
      cluster.sleep(cluster.draw(10) === 0 ? cluster.draw(500_000) : cluster.draw(13_000));
      if (leader !== null && (!unreliable || cluster.draw(2) === 0)) {
        away.add(leader);
        if (unreliable) cluster.disconnect(leader);
        else cluster.crash(leader);
      }
      while (away.size > 2) bring([...away][cluster.draw(away.size)]!);
    }
    for (const id of [...away]) bring(id);
    cluster.unreliable(0, 0);
    cluster.agree('end', 5);
    cluster.wait();
    cluster.verify();
    expect(cluster.world.marks.filter(({ name }) => name === 'leader').length).toBeGreaterThan(5);
  });

  it('many commands at once on a network that loses and delays', () => {
    const cluster = lab('unreliable', 5);
    cluster.unreliable(100_000, 27_000);
    for (let round = 1; round < 50; round += 1) {
      const leader = cluster.leader();
      for (let more = 0; more < 4; more += 1) cluster.start(leader, `${round}/${more}`);
      cluster.agree(`${round}`, 1);
    }
    cluster.unreliable(0, 0);
    cluster.agree('end', 5);
    cluster.wait();
    cluster.verify();
    expect(cluster.applied[0]!.size).toBeGreaterThan(100);
  });

  it.each([false, true])(
    'clients see nothing of servers that crash and are cut off all the time (lossy: %s)',
    (lossy) => {
      const cluster = new Lab({ seed: `churn ${lossy}`, servers: 5, clients: 3 });
      if (lossy) cluster.unreliable(100_000, 27_000);
      cluster.world.keepBusy(9_000_000);
      for (let round = 0; round < 20; round += 1) {
        if (cluster.draw(1_000) < 200) cluster.disconnect(cluster.draw(5));
        if (cluster.draw(1_000) < 500) {
          const id = cluster.draw(5);
          cluster.restart(id);
          cluster.connect(id);
        }
        if (cluster.draw(1_000) < 200) cluster.crash(cluster.draw(5));
        cluster.sleep(350_000);
      }
      cluster.unreliable(0, 0);
      cluster.restart(...cluster.servers);
      cluster.connect(...cluster.servers);
      cluster.sleep(4_000_000);
      cluster.agree('end', 5);
      cluster.wait();
      cluster.verify();
      expect(cluster.world.done.length).toBeGreaterThan(100);
      expect(cluster.world.linearizable()).toBe('holds');
    },
  );
});

describe('snapshots (Lab 3D)', () => {
  const EVERY = 10;
  const small = { snapshotEvery: EVERY, snapshotChunk: 3 };

  /** How many entries a log keeps. */
  function kept(cluster: Lab): number {
    return Math.max(
      ...cluster.servers
        .filter((id) => cluster.world.up(id))
        .map((id) => {
          const { log } = cluster.world.server(id);
          return log.lastIndex - log.compactedIndex;
        }),
    );
  }

  it.each([
    { name: 'nobody is away', away: null, lossy: false },
    { name: 'one at a time is cut off', away: 'cut', lossy: false },
    {
      name: 'one at a time is cut off, and the network loses and delays',
      away: 'cut',
      lossy: true,
    },
    { name: 'one at a time crashes', away: 'crash', lossy: false },
    { name: 'one at a time crashes, and the network loses and delays', away: 'crash', lossy: true },
  ])('logs stay short and servers catch up: $name', ({ name, away, lossy }) => {
    const cluster = lab(`snapshot ${name}`, 3, small);
    if (lossy) cluster.unreliable(100_000, 27_000);
    let installed = 0;
    cluster.onSend((_from, _to, { type }) => (installed += type === 'InstallSnapshot' ? 1 : 0));
    cluster.agree('begin', 3);
    for (let round = 0; round < 15; round += 1) {
      const leader = cluster.leader();
      const victim = round % 3 === 1 ? leader : cluster.others(leader)[0]!;
      if (away === 'cut') cluster.disconnect(victim);
      if (away === 'crash') cluster.crash(victim);
      if (away !== null) cluster.agree(`first ${round}`, 2);
      const sender = cluster.leader();
      for (let count = 0; count < EVERY + cluster.draw(EVERY); count += 1)
        cluster.start(sender, `${round}/${count}`);
      cluster.agree(`last ${round}`, away === null ? 3 : 2);
      expect(kept(cluster)).toBeLessThan(4 * EVERY);
      if (away === 'cut') cluster.connect(victim);
      if (away === 'crash') cluster.restart(victim);
      cluster.agree(`all ${round}`, away === null ? 3 : 2);
      cluster.leader();
    }
    cluster.unreliable(0, 0);
    cluster.agree('end', 3);
    cluster.wait();
    cluster.verify();
    expect(installed).toBeGreaterThanOrEqual(away === null ? 0 : 1);
    expect(cluster.world.server(0).log.compactedIndex).toBeGreaterThan(100);
  });

  it('all crash at once after a snapshot, again and again, and once more before anything is new', () => {
    const cluster = lab('all crash', 3, small);
    cluster.agree('begin', 3);
    for (let round = 0; round < 5; round += 1) {
      const leader = cluster.leader();
      for (let count = 0; count < EVERY + 1; count += 1) cluster.start(leader, `${round}/${count}`);
      const index = cluster.agree(`round ${round}`, 3);
      for (let time = 0; time < 2; time += 1) {
        cluster.crash(...cluster.servers);
        cluster.restart(...cluster.servers);
      }
      expect(cluster.agree(`after ${round}`, 3)).toBeGreaterThan(index);
    }
    cluster.wait();
    cluster.verify();
  });
});
