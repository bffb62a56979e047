import { ZookeeperServer } from '../server.ts';
import type { PlantedBug } from './planted.ts';

class MissedWhileAway extends ZookeeperServer {
  protected override firesMissed(): boolean {
    return false;
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

class SessionsNotTakenOver extends ZookeeperServer {
  protected override refreshesSessions(): boolean {
    return false;
  }
}

export const serviceBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'missed-while-away',
      mutation: 'a watch that is registered again does not tell what happened meanwhile',
      source: "ZK-B17; ZooKeeper programmer's guide, watches",
      caughtBy: ['liveness', 'coverage'],
      needs: ['a release while the waiter changes servers'],
      rarity: 'medium',
    },
    server: MissedWhileAway,
  },
  {
    definition: {
      id: 'serves-clients-ahead',
      mutation: 'a server that is behind takes a client that has seen more',
      source: "ZK-B19; ZooKeeper programmer's guide, single system image",
      caughtBy: ['single-system-image', 'mutual-exclusion-grant'],
      needs: ['lagging follower', 'reconnect'],
      rarity: 'hard',
    },
    server: ServesClientsAhead,
  },
  {
    definition: {
      id: 'session-moved-ignored',
      mutation: 'orders a late create that came over a server which its client has left',
      source: "ZK-B18; ZooKeeper programmer's guide, SessionMovedException",
      caughtBy: ['liveness', 'coverage', 'no-herd'],
      needs: ['delay', 'reconnect'],
      rarity: 'hard',
    },
    server: SessionMovedIgnored,
  },
  {
    definition: {
      id: 'sessions-not-taken-over',
      mutation: 'a new leader does not take over the sessions: the dead ones never end',
      source: 'ZK-B23; etcd lessor, Promote',
      caughtBy: ['liveness', 'coverage'],
      needs: ['leader change', 'a holder that dies'],
      rarity: 'medium',
    },
    server: SessionsNotTakenOver,
  },
];
