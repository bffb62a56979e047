import type { Outcome } from '../../protocol.ts';
import { RaftClient } from '../client.ts';
import { Raft } from '../core/raft.ts';
import type { Command } from '../entry.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { RaftConfig } from '../config.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

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
export const clientBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'dedup-in-leader-only',
    'Only the leader remembers which commands were applied.',
    'B113; curvine#676',
    ['deterministic-apply', 'exactly-once'],
    ['client timeouts', 'crash'],
    'medium',
    { core: DedupInLeaderOnly },
  ),
  bug(
    'sessions-expire-by-local-clock',
    'Sessions expire by the clock of each server.',
    'B116; dissertation §6.3',
    ['deterministic-apply', 'exactly-once'],
    ['sessionExpiry', 'clock drift'],
    'medium',
    { core: SessionsExpireByLocalClock },
  ),
  bug(
    'reply-by-index-only',
    "Answers a client when anybody's command is applied at its index.",
    'B118; MIT kvraft classic',
    ['answers-are-committed', 'linearizable'],
    'partition',
    'medium',
    { core: ReplyByIndexOnly },
  ),
  bug(
    'transfer-never-times-out',
    'A leader whose transfer came to nothing refuses proposals for ever.',
    'B127; etcd TestLeaderTransferTimeout',
    ['logs-converge', 'liveness'],
    ['leadership transfer', 'partition'],
    'easy',
    { core: TransferNeverTimesOut },
  ),
  bug(
    'stickiness-blocks-transfer',
    'Servers that hear a leader refuse their vote also when it asked for the election.',
    'B126; hashicorp/raft docs, divergence',
    ['handovers-succeed', 'liveness'],
    ['stickyLeader', 'leadership transfer'],
    'easy',
    { core: StickinessBlocksTransfer },
  ),
  bug(
    'stale-timeout-now',
    'Campaigns at any TimeoutNow, also an old one, also as a learner.',
    'B128; openraft#1805',
    ['roles-follow-membership', 'liveness'],
    ['leadership transfer', 'delays', 'membership change'],
    'medium',
    { core: StaleTimeoutNow },
  ),
  bug(
    'pre-vote-term-ignored',
    'A refused pre-vote with a higher term teaches nothing.',
    'B123; openraft#1796, canonical/raft#279, etcd#8501',
    ['leader-within-bound', 'liveness'],
    ['preVote', 'crash', 'partition'],
    'hard',
    { core: PreVoteTermIgnored },
  ),
  bug(
    'timeout-is-failure',
    'The client reports an operation that timed out as one without effect.',
    'B117; RedisRaft Jepsen report',
    ['failures-have-no-effect', 'linearizable'],
    'client timeouts',
    'easy',
    { client: TimeoutIsFailure },
  ),
  bug(
    'history-tells-otherwise',
    'A mistake of the simulator, not of Raft: the history that is judged is not what the clients were told.',
    'planted to show that witness and history checker watch each other',
    ['checkers-agree', 'linearizable'],
    [],
    'easy',
    { client: HistoryTellsOtherwise },
  ),
];
