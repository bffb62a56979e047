import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compileDocument,
  readSubject,
  withDocument,
} from '../../../src/campaign/documents/document.ts';
import { directedDocument } from '../../../src/campaign/search/directed.ts';
import { raft } from '../../../src/protocols/raft/index.ts';
import type { RaftConfig } from '../../../src/protocols/raft/config.ts';
import { setups } from '../../../src/protocols/raft/bugs/setups.ts';
import { Cluster } from '../../../src/protocols/raft/ghost/cluster.ts';
import { Convergence } from '../../../src/protocols/raft/ghost/convergence.ts';
import { Judge } from '../../../src/protocols/raft/ghost/judge.ts';
import { Resources } from '../../../src/protocols/raft/ghost/resources.ts';
import { ShadowDisk } from '../../../src/protocols/raft/ghost/shadow-disk.ts';
import { RaftLog } from '../../../src/protocols/raft/log.ts';
import type { RaftView } from '../../../src/protocols/raft/observer.ts';
import { parseConfig } from '../../../src/protocols/raft/parse-config.ts';
import { Progress } from '../../../src/protocols/raft/progress.ts';
import { HandCluster, entriesOf } from './hand.ts';

function judgeInto(broken: string[]): Judge {
  return new Judge(
    ({ invariant }) => broken.push(invariant),
    (id) => `n${id + 1}`,
  );
}

describe('what a restart must find again', () => {
  function diskWith(terms: readonly number[]): ShadowDisk {
    const disk = new ShadowDisk();
    for (const entry of entriesOf(terms)) disk.wroteEntry(entry);
    disk.syncIssued();
    disk.syncDone();
    return disk;
  }

  it('is all that was synced', () => {
    expect(diskWith([1, 1, 1]).mustRecover()).toBe(3);
  });

  it('not what a snapshot was replacing when the server ended: it may stand on the disk without a sync', () => {
    const disk = diskWith([1, 1, 1]);
    disk.wroteSnapshot(2, false);
    expect(disk.mustRecover()).toBe(2);
  });

  it('what follows a snapshot of its own log stays', () => {
    const disk = diskWith([1, 1, 1]);
    disk.wroteSnapshot(2, true);
    expect(disk.mustRecover()).toBe(3);
  });
});

describe('snapshots are taken when they are due', () => {
  const config = parseConfig({ snapshotEvery: 3, uncommittedEntries: 4 }, 3);

  function node(lastApplied: number): RaftView {
    return { id: 0, lastApplied, log: new RaftLog(), role: 'follower' } as RaftView;
  }

  it('a server that went far beyond and took none is caught', () => {
    const broken: string[] = [];
    new Resources(judgeInto(broken), config).advanced(node(7));
    expect(broken).toEqual(['resources-are-bounded']);
  });

  it('a disk that does not make a snapshot durable is no fault of the server', () => {
    const broken: string[] = [];
    const resources = new Resources(judgeInto(broken), config);
    for (let index = 3; index <= 30; index += 3) {
      resources.snapshotTaken(node(index), index);
      resources.advanced(node(index + 2));
    }
    expect(broken).toEqual([]);
  });

  it('what was taken before a crash may be lost', () => {
    const broken: string[] = [];
    const resources = new Resources(judgeInto(broken), config);
    resources.snapshotTaken(node(9), 9);
    resources.started(node(0));
    resources.advanced(node(7));
    expect(broken).toEqual(['resources-are-bounded']);
  });
});

describe('logs converge', () => {
  /** A follower has nothing of what its leader, which began to follow it `beganUs` ago, has committed. */
  function unfinished(config: RaftConfig, agoUs: number): number {
    const cluster = new Cluster(judgeInto([]));
    let nowUs = 0;
    const convergence = new Convergence(judgeInto([]), config, cluster, () => nowUs);
    const membership = { voters: [0, 1, 2], outgoing: null, learners: [] };
    const [full, empty] = [new RaftLog(), new RaftLog()];
    for (const entry of entriesOf([1, 1])) full.append(entry);
    const shared = { currentTerm: 1, membership, inert: false, transferTarget: null };
    const done = { ...shared, log: full, commitIndex: 2, lastApplied: 2 };
    const behind = { ...shared, log: empty, commitIndex: 0, lastApplied: 0 };
    cluster.started({ ...done, id: 0, role: 'leader' } as unknown as RaftView);
    cluster.started({ ...behind, id: 1, role: 'follower' } as unknown as RaftView);
    cluster.started({ ...done, id: 2, role: 'follower' } as unknown as RaftView);
    convergence.answered(1, 0);
    convergence.addressed(1, { term: 1, session: 1 });
    nowUs = 60_000_000;
    convergence.addressed(1, { term: 1, session: 2 });
    nowUs += agoUs;
    convergence.addressed(1, { term: 1, session: 2 });
    return convergence.unfinished().length;
  }

  it('a follower that stays behind is caught', () => {
    expect(unfinished(parseConfig({}, 3), 1_000_000)).toBe(1);
    expect(unfinished(parseConfig({ backtracking: 'slow' }, 3), 10_000_000)).toBe(1);
  });

  it('one entry a round trip back takes its time after each new beginning', () => {
    expect(unfinished(parseConfig({ backtracking: 'slow' }, 3), 1_000_000)).toBe(0);
  });
});

describe('what an acceptance tells a leader', () => {
  it('is the match alone: a late one does not end the search where it stands', () => {
    const progress = new Progress(144, 1);
    progress.matchIndex = 100;
    progress.becomeReplicate();
    expect(progress.nextIndex).toBe(101);
  });
});

describe('a server that its latest membership leaves out (dissertation §4.2.2)', () => {
  function leftOut(): HandCluster {
    const cluster = new HandCluster(3);
    cluster.campaign(0);
    cluster.heartbeat(0);
    cluster.stabilize();
    expect(cluster.hands[0]!.raft.changeMembership([1, 2], [])).toBeNull();
    cluster.hands[0]!.settle();
    return cluster;
  }

  it('campaigns while that one is not committed: nobody else may be able to win', () => {
    const cluster = leftOut();
    cluster.drop();
    cluster.hands[0]!.start();
    const [left, stays] = [cluster.hands[0]!, cluster.hands[1]!];
    left.marks.length = 0;
    cluster.campaign(0);
    cluster.stabilize();
    // It finishes the change, and then makes way.
    expect(left.marks).toContain('leader');
    expect(stays.raft.membership.voters).toEqual([1, 2]);
    expect(left.raft.role).toBe('follower');
    expect(cluster.violations).toEqual([]);
  });

  it('no longer once it is', () => {
    const cluster = leftOut();
    cluster.stabilize();
    cluster.heartbeat(0);
    expect(cluster.hands[0]!.raft.promotable()).toBe(false);
    expect(cluster.hands[0]!.raft.role).toBe('follower');
  });
});

describe('no world that correct code cannot live in', () => {
  it.each([{ stickyLeader: true }, { preVote: true }, { reconfigureEvery: '100ms' }])(
    'no quorum core is relied on with %j',
    (config) => {
      const core = raft.core!;
      expect(core.excuse?.(parseConfig(config, 3))).not.toBeNull();
      expect(core.excuse?.(parseConfig({}, 3))).toBeNull();
      expect(core.excuse?.(parseConfig({ stickyLeader: true, checkQuorum: true }, 3))).toBeNull();
    },
  );

  it('every directed setup compiles, whatever a swarm draws beside it', () => {
    const file = 'scenarios/raft/default-faults.yaml';
    const subject = readSubject(readFileSync(file, 'utf8'), file);
    for (const setup of Object.values(setups))
      for (let seed = 1; seed <= 8; seed += 1)
        compileDocument(withDocument(subject, directedDocument(subject, setup, `${seed}`)));
  });

  it('no directed setup gives up what makes a repeated command take effect once', () => {
    for (const { config } of Object.values(setups)) expect(config?.['sessions']).not.toBe(false);
  });
});
