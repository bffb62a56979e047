import { Replica } from '../replica.ts';
import { ZookeeperServer } from '../server.ts';
import { ZkSession } from '../session.ts';
import { ZnodeTree } from '../znode-tree.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

class WatchesNotRestored extends ZkSession {
  protected override restoresWatches(): boolean {
    return false;
  }
}

class MissedWhileAway extends ZookeeperServer {
  protected override missed(): null {
    return null;
  }
}

class ServesClientsAhead extends ZookeeperServer {
  protected override mayServe(): boolean {
    return true;
  }
}

class SessionMovedIgnored extends ZookeeperServer {
  protected override hasMoved(): boolean {
    return false;
  }
}

class TreeForgetsOwners extends ZnodeTree {
  protected override ownerOf(): number {
    return 0;
  }
}

class EphemeralSurvives extends ZookeeperServer {
  protected override createTree(firstSequence: number): ZnodeTree {
    return new TreeForgetsOwners(firstSequence);
  }
}

class LocalExpiry extends ZookeeperServer {
  protected override expire(session: number): void {
    const { tree, zxid } = this.replica;
    tree.applyAt({ op: 'closeSession', session }, { zxid, timeMs: 0 });
    this.sessions.forget(session);
  }
}

class SessionsNotTakenOver extends ZookeeperServer {
  protected override refreshesSessions(): boolean {
    return false;
  }
}

/** One vote elects, one disk decides. */
class AloneIsEnough extends Replica {
  override majority(): number {
    return 1;
  }
}

class BothSidesGoOn extends ZookeeperServer {
  protected override replicaKind(): typeof Replica {
    return AloneIsEnough;
  }
}

/** The plain lock, fenced: what a document says of others does not fit. */
const FENCED_MUTEX = {
  lock: 'mutex',
  fence: 'czxid',
  judgeBelief: false,
  downgrade: false,
  revokeAfter: 'never',
};
const GUIDE = "ZooKeeper programmer's guide";

/** What the ensemble promises: sessions, watches, one image. */
class DoubledRequest extends ZookeeperServer {
  protected override isNew(): boolean {
    return true;
  }
}

class DoubledForward extends ZookeeperServer {
  protected override isInTurn(): boolean {
    return true;
  }
}

export const serviceBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'watches-not-restored',
    'does not register its watches again on another server',
    `ZK-B16; ${GUIDE}, watches`,
    ['no-lost-wakeup', 'liveness'],
    'server crash',
    'medium',
    { session: WatchesNotRestored },
  ),
  bug(
    'missed-while-away',
    'a watch that is registered again does not tell what happened meanwhile',
    `ZK-B17; ${GUIDE}, watches`,
    ['no-lost-wakeup', 'liveness'],
    'a release while the waiter changes servers',
    'medium',
    { server: MissedWhileAway },
  ),
  bug(
    'serves-clients-ahead',
    'a server that is behind takes a client that has seen more',
    `ZK-B19; ${GUIDE}, single system image`,
    ['single-system-image', 'mutual-exclusion-grant', 'event-before-state'],
    ['lagging follower', 'reconnect'],
    'hard',
    { server: ServesClientsAhead },
  ),
  bug(
    'session-moved-ignored',
    'orders a late create that came over a server which its client has left',
    `ZK-B18; ${GUIDE}, SessionMovedException`,
    ['no-orphan', 'liveness', 'watch-chain'],
    ['delay', 'reconnect'],
    'hard',
    { server: SessionMovedIgnored },
  ),
  bug(
    'ephemeral-survives',
    'a snapshot does not keep whose a node is: it outlives its session',
    'ZK-B21; apache/zookeeper#621, #2172',
    ['ephemerals-end-with-session', 'deterministic-apply', 'snapshot-is-prefix'],
    ['a snapshot', 'restart', 'a session that ends'],
    'hard',
    { server: EphemeralSurvives },
    { config: { snapshotEvery: 20 } },
  ),
  bug(
    'local-expiry',
    'a leader ends a session in its own tree, without a transaction',
    'ZK-B22; derived',
    ['deterministic-apply', 'ephemerals-end-with-session'],
    'expiry',
    'medium',
    { server: LocalExpiry },
  ),
  bug(
    'sessions-not-taken-over',
    'a new leader does not give every session its whole timeout again',
    'ZK-B23; etcd lessor, Promote',
    ['session-ended-in-time', 'session-not-ended-early', 'liveness'],
    'leader change',
    'medium',
    { server: SessionsNotTakenOver },
  ),
  bug(
    'both-sides-go-on',
    'each side of a partition elects its own leader and grants its own locks',
    'ZK-B40; Jepsen, Hazelcast 3.8.3',
    ['mutual-exclusion-grant', 'election-quorum', 'committed-on-durable-quorum'],
    'partition',
    'easy',
    { server: BothSidesGoOn },
  ),
  bug(
    'doubled-request',
    'carries out a request again that the network brings twice',
    'derived; a TCP connection brings every request once',
    ['no-orphan', 'no-lost-wakeup', 'liveness', 'watch-chain', 'as-told'],
    'duplicate-clients',
    'easy',
    { server: DoubledRequest },
    { nemesis: 'clients', config: FENCED_MUTEX },
  ),
  bug(
    'doubled-forward',
    'the leader orders a change again that the network brings twice from another server',
    'derived; a TCP connection brings every request once',
    ['no-orphan', 'watch-chain', 'liveness'],
    'duplicate',
    'easy',
    { server: DoubledForward },
    { nemesis: 'default', config: FENCED_MUTEX },
  ),
];
