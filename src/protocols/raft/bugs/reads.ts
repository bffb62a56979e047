import { Raft } from '../core/raft.ts';
import type { Caller } from '../core/reads.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class LocalLeaderRead extends Raft {
  protected override readsUnchecked(): boolean {
    return true;
  }
}

class ReadBeforeOwnTermCommit extends Raft {
  protected override knowsCommitted(): boolean {
    return true;
  }
}

class ReadBeforeQuorum extends Raft {
  protected override confirmedRound(): number {
    return this.round;
  }
}

class TicketReused extends Raft {
  #ticket = 0;

  protected override newTicket(): number {
    this.#ticket = (this.#ticket % 4) + 1;
    return this.#ticket;
  }
}

class ReadBeforeApply extends Raft {
  protected override hasApplied(): boolean {
    return true;
  }
}

class LocalFollowerRead extends Raft {
  protected override followerRead(caller: Caller, key: string): void {
    this.serveRead(caller, key, this.observer?.acknowledgedIndex() ?? 0, false);
  }
}

class LeaseFromAcknowledgement extends Raft {
  protected override leaseStart(): number {
    return this.port.monotonicUs();
  }
}

class LeaseWithoutMargin extends Raft {
  protected override leaseLengthUs(): number {
    return this.config.electionTimeoutMinUs;
  }
}

class LeaseKeptDuringTransfer extends Raft {
  protected override leaseRevoked(): boolean {
    return false;
  }
}

class LeaseWithoutStickiness extends Raft {
  protected override protectsLeader(): boolean {
    return false;
  }
}

class ReadCacheWithoutKey extends Raft {
  #cached: unknown = null;
  #reads = 0;

  protected override serveRead(caller: Caller, key: string, floor: number, leased: boolean): void {
    this.observer?.readServed(this, key, this.lastApplied, floor, leased);
    this.observer?.acknowledged(this, this.lastApplied, null);
    this.#reads += 1;
    if (this.#reads % 4 !== 0 || this.#cached === null) this.#cached = this.machine.read(key);
    this.answer(caller, 'ok', this.#cached);
  }
}

class ReadCacheKept extends Raft {
  readonly #cached = new Map<string, { readonly value: unknown; left: number }>();

  protected override serveRead(caller: Caller, key: string, floor: number, leased: boolean): void {
    const cached = this.#cached.get(key);
    if (cached === undefined || cached.left === 0) {
      this.#cached.set(key, { value: this.machine.read(key), left: 8 });
      super.serveRead(caller, key, floor, leased);
      return;
    }
    cached.left -= 1;
    this.observer?.acknowledged(this, this.lastApplied, null);
    this.answer(caller, 'ok', cached.value);
  }
}

/** Bugs of reads that do not go through the log (dissertation §6.4). */
export const readBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'local-leader-read',
    'A leader answers reads without asking whether it still leads.',
    'B100; aphyr 316 (etcd, Consul)',
    ['reads-are-fresh', 'linearizable'],
    ['partition', 'pause'],
    'medium',
    { core: LocalLeaderRead },
  ),
  bug(
    'read-before-own-term-commit',
    'A new leader takes its commit index for a read before it knows what is committed.',
    'B101; etcd#7331, tikv#6340, tikv#9239',
    ['reads-are-fresh', 'linearizable'],
    ['crash', 'delays', 'partition'],
    'medium',
    { core: ReadBeforeOwnTermCommit },
  ),
  bug(
    'read-before-quorum',
    'Answers a read when the round is sent, not when a quorum has answered it.',
    'B102; d-engine#381',
    ['reads-are-fresh', 'linearizable'],
    ['partition', 'pause'],
    'medium',
    { core: ReadBeforeQuorum },
  ),
  bug(
    'read-ticket-reused',
    'A follower reuses the numbers of its reads: a late answer releases a newer read.',
    'B103; etcd#20418, etcd-io/raft#397',
    ['reads-are-fresh', 'linearizable', 'answers-follow-the-log'],
    ['followerReads', 'delays', 'reordering', 'pause'],
    'hard',
    { core: TicketReused },
  ),
  bug(
    'read-before-apply',
    'A follower answers before it has applied up to the read index.',
    'B104; dissertation §6.4',
    ['reads-are-fresh', 'linearizable'],
    ['followerReads', 'delays'],
    'medium',
    { core: ReadBeforeApply },
  ),
  bug(
    'local-follower-read',
    'A follower answers reads from what it has.',
    'B105; seed document, stale reads of replicas',
    ['reads-are-fresh', 'linearizable'],
    ['followerReads', 'delays'],
    'easy',
    { core: LocalFollowerRead },
  ),
  bug(
    'lease-from-acknowledgement',
    'Counts the lease from when the answers came, not from when the round was sent.',
    'B106; yugabyte#16',
    ['lease-is-exclusive', 'reads-are-fresh'],
    ['reads: lease', 'delays', 'partition'],
    'hard',
    { core: LeaseFromAcknowledgement },
  ),
  bug(
    'lease-without-margin',
    'The lease leaves no room for clocks that drift.',
    'B107; tikv#964, etcd#6005; seed document, leases and physical clocks',
    ['lease-is-exclusive', 'reads-are-fresh'],
    ['reads: lease', 'clock drift', 'partition'],
    'hard',
    { core: LeaseWithoutMargin },
  ),
  bug(
    'lease-kept-during-transfer',
    'Goes on reading on its lease after telling another to campaign.',
    'B108; tikv#1593, openraft#1747',
    ['lease-is-exclusive', 'reads-are-fresh'],
    ['reads: lease', 'leadership transfer'],
    'medium',
    { core: LeaseKeptDuringTransfer },
  ),
  bug(
    'lease-without-stickiness',
    'Servers vote although they hear a leader that reads on its lease.',
    'B109; raft-rs#141, nebula#5351',
    ['lease-is-exclusive', 'reads-are-fresh', 'terms-settle'],
    ['reads: lease', 'one-way partition'],
    'medium',
    { core: LeaseWithoutStickiness },
  ),
  bug(
    'read-cache-without-key',
    'Every fourth read is answered with the answer before it, of whatever key.',
    'B115; classic',
    ['values-were-written', 'answers-follow-the-log', 'linearizable'],
    [],
    'easy',
    { core: ReadCacheWithoutKey },
  ),
  bug(
    'read-cache-kept',
    'A leader answers reads from a cache that writes do not touch.',
    'classic',
    ['answers-follow-the-log', 'linearizable'],
    [],
    'easy',
    { core: ReadCacheKept },
  ),
];
