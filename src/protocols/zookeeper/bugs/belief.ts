import { ResourceNode } from '../../locks/index.ts';
import type { ConnectionState } from '../connection-states.ts';
import { ConnectionStates } from '../connection-states.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { nameOf } from '../paths.ts';
import { sequenceOf } from '../queue-rules.ts';
import { Reentrant } from '../reentrant.ts';
import { ZkSession } from '../session.ts';
import type { PlantedBug } from './planted.ts';

class ExpiredHolderGoesOn extends LockRecipe {
  protected override endsBelief(): boolean {
    return false;
  }
}

class UncheckedTokens extends ResourceNode {
  protected override isOlder(): boolean {
    return false;
  }
}

class RetryHidesExpiry extends ConnectionStates {
  override endsBelief(state: ConnectionState): boolean {
    return state !== 'lost' && super.endsBelief(state);
  }
}

class OldNodeReused extends LockRecipe {
  protected override isOwn(): boolean {
    return true;
  }
}

class TimerFromSuspension extends ConnectionStates {
  protected override deadlineUs(): number {
    return this.env.monotonicUs() + this.session.timeoutUs;
  }
}

class CountWithoutNode extends Reentrant {
  protected override mayReenter(): boolean {
    return true;
  }
}

class TokenIsSequence extends LockRecipe {
  protected override tokenOf(path: string): number {
    return sequenceOf(nameOf(path));
  }
}

class HeartbeatStarved extends ZkSession {
  #busy = false;

  override *write(...args: Parameters<ZkSession['write']>): ReturnType<ZkSession['write']> {
    // The critical section runs in the thread that sends the heartbeats, from the create to the delete.
    const [{ op }] = args;
    if (op === 'create') this.#busy = true;
    if (op === 'delete') this.#busy = false;
    return yield* super.write(...args);
  }

  protected override beats(): boolean {
    return !this.#busy;
  }
}

/** A paused or cut-off client believes in its lock for longer than the service, whatever its code. */
const BELIEFS = ['belief-within-grant', 'mutual-exclusion-belief'];

/** What a holder takes for true: how long it holds, by which token, in which session. */
export const beliefBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'expired-holder-goes-on',
      mutation: 'a holder does not listen to the state of its connection',
      source: 'ZK-B11; seed document, ZooKeeper lock, defect 3; apache/curator#727',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['partition longer than the session timeout'],
      rarity: 'easy',
      setup: { config: { judgeBelief: true }, breaks: BELIEFS },
    },
    parts: { recipe: ExpiredHolderGoesOn },
  },
  {
    definition: {
      id: 'tokens-unchecked',
      mutation: 'the resource does not look at fencing tokens',
      source: 'ZK-B12; Kleppmann 2016',
      caughtBy: ['mutual-exclusion-effect', 'no-lost-update'],
      needs: ['a holder paused for longer than its session'],
      rarity: 'medium',
    },
    parts: { resource: UncheckedTokens },
  },
  {
    definition: {
      id: 'retry-hides-expiry',
      mutation: 'the library makes a new session and says nothing: the lock counts as held',
      source: 'ZK-B13; apache/accumulo#1086, vespa-engine/vespa#3340',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['expiry'],
      rarity: 'medium',
      setup: { config: { judgeBelief: true, onSuspended: 'deadline' }, breaks: BELIEFS },
    },
    parts: { states: RetryHidesExpiry },
  },
  {
    definition: {
      id: 'old-node-reused',
      mutation:
        'finds the node of its earlier session, which is about to be deleted, and takes it for its own',
      source: 'ZK-B14; apache/curator#1121 (CURATOR-604), #1211',
      caughtBy: ['belief-within-grant', 'no-orphan', 'mutual-exclusion-belief'],
      needs: ['a lost answer', 'a session given up', 'quick reconnect'],
      rarity: 'hard',
      setup: {
        config: { judgeBelief: true, onSuspended: 'deadline' },
        byScript: true,
        breaks: BELIEFS,
      },
    },
    parts: { recipe: OldNodeReused },
  },
  {
    definition: {
      id: 'timer-from-suspension',
      mutation:
        'counts the session timeout from when it noticed the loss, not from what was heard last',
      source:
        "ZK-B24; ZooKeeper programmer's guide, sessions; apache/curator, ConnectionStateManager",
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['partition longer than the session timeout'],
      rarity: 'medium',
      setup: { config: { judgeBelief: true, onSuspended: 'deadline' }, breaks: BELIEFS },
    },
    parts: { states: TimerFromSuspension },
  },
  {
    definition: {
      id: 'count-without-node',
      mutation: 'takes the lock again by a count in the client, although the node is gone',
      source: 'ZK-B31; apache/curator#1193',
      caughtBy: ['mutual-exclusion-effect', 'no-lost-update', 'belief-within-grant'],
      needs: ['expiry'],
      rarity: 'easy',
    },
    parts: { reentrant: CountWithoutNode },
  },
  {
    definition: {
      id: 'token-is-sequence',
      mutation: 'takes the number in the name for a fencing token',
      source: 'ZK-B34; apache/curator, clean(): "so that sequence numbers get reset"',
      caughtBy: ['token-monotone'],
      needs: ['the folder deleted and made anew'],
      rarity: 'medium',
      setup: { config: { lock: 'mutex', downgrade: false, cleanParent: true, fence: 'czxid' } },
    },
    parts: { recipe: TokenIsSequence },
  },
  {
    definition: {
      id: 'heartbeat-starved',
      mutation: 'no heartbeat while the critical section runs',
      source: "ZK-B35; ZooKeeper programmer's guide, sessions",
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief', 'liveness'],
      needs: ['a critical section longer than the session timeout'],
      rarity: 'medium',
      setup: {
        config: { downgrade: false, judgeBelief: true, hold: ['1s', '4s'] },
        breaks: BELIEFS,
      },
    },
    parts: { session: HeartbeatStarved },
  },
];
