import type { Outcome } from '../../protocol.ts';
import { RaftClient } from '../client.ts';
import { Raft } from '../core/raft.ts';
import type { Command } from '../entry.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { RaftConfig } from '../config.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

/** Remembers answers apart from the state: they are gone after a change of leaders. */
class DedupInLeaderMachine extends KeyValueMachine {
  readonly #leads: () => boolean;

  constructor(config: RaftConfig, leads: () => boolean) {
    super(config.sessionExpiryUs);
    this.#leads = leads;
  }

  protected override tookEffect(command: Command, lastSequence: number): boolean {
    return this.#leads() && super.tookEffect(command, lastSequence);
  }
}

class DedupInLeaderOnly extends Raft {
  protected override createMachine(): KeyValueMachine {
    return new DedupInLeaderMachine(this.config, () => this.role === 'leader');
  }
}

class LocalClockMachine extends KeyValueMachine {
  readonly #clock: () => number;

  constructor(config: RaftConfig, clock: () => number) {
    super(config.sessionExpiryUs);
    this.#clock = clock;
  }

  protected override now(): number {
    return this.#clock();
  }
}

class SessionsExpireByLocalClock extends Raft {
  protected override createMachine(): KeyValueMachine {
    return new LocalClockMachine(this.config, () => this.port.wallUs());
  }
}

class ReplyByIndexOnly extends Raft {
  protected override abandonWaiting(): void {
    // The index will be applied some day.
  }

  protected override answersEntry(): boolean {
    return true;
  }
}

class TransferNeverTimesOut extends Raft {
  protected override transferTimedOut(): void {
    // The target will take over some day.
  }
}

class StickinessBlocksTransfer extends Raft {
  protected override protectsLeader(): boolean {
    return this.config.stickyLeader && this.leaderIsAlive();
  }
}

class StaleTimeoutNow extends Raft {
  protected override mayCampaignNow(): boolean {
    return this.role !== 'leader';
  }
}

class PreVoteTermIgnored extends Raft {
  protected override learnTermFromPreVote(): void {
    // Only leaders and candidates teach terms.
  }
}

class TimeoutIsFailure extends RaftClient {
  protected override outcome(...args: Parameters<RaftClient['outcome']>): Outcome {
    const outcome = super.outcome(...args);
    return outcome.type === 'info' ? { type: 'fail', error: 'timed out' } : outcome;
  }
}

/** Not a bug of Raft: of the bookkeeping around it. Every seventh answer with a value is written down as another. */
class HistoryTellsOtherwise extends RaftClient {
  #answers = 0;

  protected override report(token: number, outcome: Outcome): void {
    const hasValue = outcome.type === 'ok' && outcome.value !== null && outcome.value !== undefined;
    if (hasValue) this.#answers += 1;
    const wrong = hasValue && this.#answers % 7 === 0;
    super.report(token, wrong ? { ...outcome, value: 'never written' } : outcome);
  }
}

/** Bugs at the edge to clients and operators (Raft §8, dissertation §3.10, §6.3, §9.6). */
export const clientBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'dedup-in-leader-only',
      mutation: 'Only the leader remembers which commands were applied.',
      source: 'B113; curvine#676',
      caughtBy: ['deterministic-apply', 'exactly-once'],
      needs: ['client timeouts', 'crash'],
      rarity: 'medium',
    },
    DedupInLeaderOnly,
  ),
  serverBug(
    {
      id: 'sessions-expire-by-local-clock',
      mutation: 'Sessions expire by the clock of each server.',
      source: 'B116; dissertation §6.3',
      caughtBy: ['deterministic-apply', 'exactly-once'],
      needs: ['sessionExpiry', 'clock drift'],
      rarity: 'medium',
    },
    SessionsExpireByLocalClock,
  ),
  serverBug(
    {
      id: 'reply-by-index-only',
      mutation: "Answers a client when anybody's command is applied at its index.",
      source: 'B118; MIT kvraft classic',
      caughtBy: ['answers-are-committed', 'linearizable'],
      needs: ['partition'],
      rarity: 'medium',
    },
    ReplyByIndexOnly,
  ),
  serverBug(
    {
      id: 'transfer-never-times-out',
      mutation: 'A leader whose transfer came to nothing refuses proposals for ever.',
      source: 'B127; etcd TestLeaderTransferTimeout',
      caughtBy: ['logs-converge', 'liveness'],
      needs: ['leadership transfer', 'partition'],
      rarity: 'easy',
    },
    TransferNeverTimesOut,
  ),
  serverBug(
    {
      id: 'stickiness-blocks-transfer',
      mutation: 'Servers that hear a leader refuse their vote also when it asked for the election.',
      source: 'B126; hashicorp/raft docs, divergence',
      caughtBy: ['handovers-succeed', 'liveness'],
      needs: ['stickyLeader', 'leadership transfer'],
      rarity: 'easy',
    },
    StickinessBlocksTransfer,
  ),
  serverBug(
    {
      id: 'stale-timeout-now',
      mutation: 'Campaigns at any TimeoutNow, also an old one, also as a learner.',
      source: 'B128; openraft#1805',
      caughtBy: ['roles-follow-membership', 'liveness'],
      needs: ['leadership transfer', 'delays', 'membership change'],
      rarity: 'medium',
    },
    StaleTimeoutNow,
  ),
  serverBug(
    {
      id: 'pre-vote-term-ignored',
      mutation: 'A refused pre-vote with a higher term teaches nothing.',
      source: 'B123; openraft#1796, canonical/raft#279, etcd#8501',
      caughtBy: ['leader-within-bound', 'liveness'],
      needs: ['preVote', 'crash', 'partition'],
      rarity: 'hard',
    },
    PreVoteTermIgnored,
  ),
  {
    definition: {
      id: 'timeout-is-failure',
      mutation: 'The client reports an operation that timed out as one without effect.',
      source: 'B117; RedisRaft Jepsen report',
      caughtBy: ['failures-have-no-effect', 'linearizable'],
      needs: ['client timeouts'],
      rarity: 'easy',
    },
    client: TimeoutIsFailure,
  },
  {
    definition: {
      id: 'history-tells-otherwise',
      mutation:
        'A mistake of the simulator, not of Raft: the history that is judged is not what the clients were told.',
      source: 'planted to show that witness and history checker watch each other',
      caughtBy: ['checkers-agree', 'linearizable'],
      needs: [],
      rarity: 'easy',
    },
    client: HistoryTellsOtherwise,
  },
];
