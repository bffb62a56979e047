import { ResourceNode } from '../../locks/index.ts';
import type { ConnectionState } from '../connection-states.ts';
import { ConnectionStates } from '../connection-states.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { nameOf } from '../paths.ts';
import { sequenceOf } from '../queue-rules.ts';
import { Reentrant } from '../reentrant.ts';
import { ZkSession } from '../session.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

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
export const beliefBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'expired-holder-goes-on',
    'a holder does not listen to the state of its connection',
    'ZK-B11; seed document, ZooKeeper lock, defect 3; apache/curator#727',
    ['belief-within-grant', 'mutual-exclusion-belief'],
    'partition longer than the session timeout',
    'easy',
    { recipe: ExpiredHolderGoesOn },
    { config: { judgeBelief: true }, breaks: BELIEFS },
  ),
  bug(
    'tokens-unchecked',
    'the resource does not look at fencing tokens',
    'ZK-B12; Kleppmann 2016',
    ['mutual-exclusion-effect', 'no-lost-update'],
    'a holder paused for longer than its session',
    'medium',
    { resource: UncheckedTokens },
  ),
  bug(
    'retry-hides-expiry',
    'the library makes a new session and says nothing: the lock counts as held',
    'ZK-B13; apache/accumulo#1086, vespa-engine/vespa#3340',
    ['belief-within-grant', 'mutual-exclusion-belief'],
    'expiry',
    'medium',
    { states: RetryHidesExpiry },
    { config: { judgeBelief: true, onSuspended: 'deadline' }, breaks: BELIEFS },
  ),
  bug(
    'old-node-reused',
    'finds the node of its earlier session, which is about to be deleted, and takes it for its own',
    'ZK-B14; apache/curator#1121 (CURATOR-604), #1211',
    ['belief-within-grant', 'no-orphan', 'mutual-exclusion-belief'],
    ['a lost answer', 'a session given up', 'quick reconnect'],
    'hard',
    { recipe: OldNodeReused },
    {
      config: { judgeBelief: true, onSuspended: 'deadline' },
      byScript: true,
      breaks: BELIEFS,
    },
  ),
  bug(
    'timer-from-suspension',
    'counts the session timeout from when it noticed the loss, not from what was heard last',
    "ZK-B24; ZooKeeper programmer's guide, sessions; apache/curator, ConnectionStateManager",
    ['belief-within-grant', 'mutual-exclusion-belief'],
    'partition longer than the session timeout',
    'medium',
    { states: TimerFromSuspension },
    { config: { judgeBelief: true, onSuspended: 'deadline' }, breaks: BELIEFS },
  ),
  bug(
    'count-without-node',
    'takes the lock again by a count in the client, although the node is gone',
    'ZK-B31; apache/curator#1193',
    ['mutual-exclusion-effect', 'no-lost-update', 'belief-within-grant'],
    'expiry',
    'easy',
    { reentrant: CountWithoutNode },
  ),
  bug(
    'token-is-sequence',
    'takes the number in the name for a fencing token',
    'ZK-B34; apache/curator, clean(): "so that sequence numbers get reset"',
    ['token-monotone'],
    'the folder deleted and made anew',
    'medium',
    { recipe: TokenIsSequence },
    { config: { lock: 'mutex', downgrade: false, cleanParent: true, fence: 'czxid' } },
  ),
  bug(
    'heartbeat-starved',
    'no heartbeat while the critical section runs',
    "ZK-B35; ZooKeeper programmer's guide, sessions",
    ['belief-within-grant', 'mutual-exclusion-belief', 'liveness'],
    'a critical section longer than the session timeout',
    'medium',
    { session: HeartbeatStarved },
    {
      config: { downgrade: false, judgeBelief: true, hold: ['1s', '4s'] },
      breaks: BELIEFS,
    },
  ),
];
