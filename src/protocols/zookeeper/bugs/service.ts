import { Replica } from '../replica.ts';
import { ZookeeperServer } from '../server.ts';
import { ZkSession } from '../session.ts';
import { ZnodeTree } from '../znode-tree.ts';
import type { PlantedBug } from './planted.ts';

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

export const serviceBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'watches-not-restored',
      mutation: 'does not register its watches again on another server',
      source: `ZK-B16; ${GUIDE}, watches`,
      caughtBy: ['no-lost-wakeup', 'liveness'],
      needs: ['server crash'],
      rarity: 'medium',
    },
    parts: { session: WatchesNotRestored },
  },
  {
    definition: {
      id: 'missed-while-away',
      mutation: 'a watch that is registered again does not tell what happened meanwhile',
      source: `ZK-B17; ${GUIDE}, watches`,
      caughtBy: ['no-lost-wakeup', 'liveness'],
      needs: ['a release while the waiter changes servers'],
      rarity: 'medium',
    },
    parts: { server: MissedWhileAway },
  },
  {
    definition: {
      id: 'serves-clients-ahead',
      mutation: 'a server that is behind takes a client that has seen more',
      source: `ZK-B19; ${GUIDE}, single system image`,
      caughtBy: ['single-system-image', 'mutual-exclusion-grant', 'event-before-state'],
      needs: ['lagging follower', 'reconnect'],
      rarity: 'hard',
    },
    parts: { server: ServesClientsAhead },
  },
  {
    definition: {
      id: 'session-moved-ignored',
      mutation: 'orders a late create that came over a server which its client has left',
      source: `ZK-B18; ${GUIDE}, SessionMovedException`,
      caughtBy: ['no-orphan', 'liveness', 'watch-chain'],
      needs: ['delay', 'reconnect'],
      rarity: 'hard',
    },
    parts: { server: SessionMovedIgnored },
  },
  {
    definition: {
      id: 'ephemeral-survives',
      mutation: 'a snapshot does not keep whose a node is: it outlives its session',
      source: 'ZK-B21; apache/zookeeper#621, #2172',
      caughtBy: ['ephemerals-end-with-session', 'deterministic-apply', 'snapshot-is-prefix'],
      needs: ['a snapshot', 'restart', 'a session that ends'],
      rarity: 'hard',
      setup: { config: { snapshotEvery: 20 } },
    },
    parts: { server: EphemeralSurvives },
  },
  {
    definition: {
      id: 'local-expiry',
      mutation: 'a leader ends a session in its own tree, without a transaction',
      source: 'ZK-B22; derived',
      caughtBy: ['deterministic-apply', 'ephemerals-end-with-session'],
      needs: ['expiry'],
      rarity: 'medium',
    },
    parts: { server: LocalExpiry },
  },
  {
    definition: {
      id: 'sessions-not-taken-over',
      mutation: 'a new leader does not give every session its whole timeout again',
      source: 'ZK-B23; etcd lessor, Promote',
      caughtBy: ['session-ended-in-time', 'session-not-ended-early', 'liveness'],
      needs: ['leader change'],
      rarity: 'medium',
    },
    parts: { server: SessionsNotTakenOver },
  },
  {
    definition: {
      id: 'both-sides-go-on',
      mutation: 'each side of a partition elects its own leader and grants its own locks',
      source: 'ZK-B40; Jepsen, Hazelcast 3.8.3',
      caughtBy: ['mutual-exclusion-grant', 'election-quorum', 'committed-on-durable-quorum'],
      needs: ['partition'],
      rarity: 'easy',
    },
    parts: { server: BothSidesGoOn },
  },
  {
    definition: {
      id: 'doubled-request',
      mutation: 'carries out a request again that the network brings twice',
      source: 'derived; a TCP connection brings every request once',
      caughtBy: ['no-orphan', 'no-lost-wakeup', 'liveness', 'watch-chain', 'as-told'],
      needs: ['duplicate-clients'],
      rarity: 'easy',
      setup: { nemesis: 'clients', config: FENCED_MUTEX },
    },
    parts: { server: DoubledRequest },
  },
  {
    definition: {
      id: 'doubled-forward',
      mutation:
        'the leader orders a change again that the network brings twice from another server',
      source: 'derived; a TCP connection brings every request once',
      caughtBy: ['no-orphan', 'watch-chain', 'liveness'],
      needs: ['duplicate'],
      rarity: 'easy',
      setup: { nemesis: 'default', config: FENCED_MUTEX },
    },
    parts: { server: DoubledForward },
  },
];
