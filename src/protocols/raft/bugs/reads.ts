import { Raft } from '../core/raft.ts';
import type { Caller } from '../core/reads.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

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
export const readBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'local-leader-read',
      mutation: 'A leader answers reads without asking whether it still leads.',
      source: 'B100; aphyr 316 (etcd, Consul)',
      caughtBy: ['reads-are-fresh', 'linearizable'],
      needs: ['partition', 'pause'],
      rarity: 'medium',
    },
    LocalLeaderRead,
  ),
  serverBug(
    {
      id: 'read-before-own-term-commit',
      mutation: 'A new leader takes its commit index for a read before it knows what is committed.',
      source: 'B101; etcd#7331, tikv#6340, tikv#9239',
      caughtBy: ['reads-are-fresh', 'linearizable'],
      needs: ['crash', 'delays', 'partition'],
      rarity: 'medium',
    },
    ReadBeforeOwnTermCommit,
  ),
  serverBug(
    {
      id: 'read-before-quorum',
      mutation: 'Answers a read when the round is sent, not when a quorum has answered it.',
      source: 'B102; d-engine#381',
      caughtBy: ['reads-are-fresh', 'linearizable'],
      needs: ['partition', 'pause'],
      rarity: 'medium',
    },
    ReadBeforeQuorum,
  ),
  serverBug(
    {
      id: 'read-ticket-reused',
      mutation: 'A follower reuses the numbers of its reads: a late answer releases a newer read.',
      source: 'B103; etcd#20418, etcd-io/raft#397',
      caughtBy: ['reads-are-fresh', 'linearizable', 'answers-follow-the-log'],
      needs: ['followerReads', 'delays', 'reordering', 'pause'],
      rarity: 'hard',
    },
    TicketReused,
  ),
  serverBug(
    {
      id: 'read-before-apply',
      mutation: 'A follower answers before it has applied up to the read index.',
      source: 'B104; dissertation §6.4',
      caughtBy: ['reads-are-fresh', 'linearizable'],
      needs: ['followerReads', 'delays'],
      rarity: 'medium',
    },
    ReadBeforeApply,
  ),
  serverBug(
    {
      id: 'local-follower-read',
      mutation: 'A follower answers reads from what it has.',
      source: 'B105; seed document, stale reads of replicas',
      caughtBy: ['reads-are-fresh', 'linearizable'],
      needs: ['followerReads', 'delays'],
      rarity: 'easy',
    },
    LocalFollowerRead,
  ),
  serverBug(
    {
      id: 'lease-from-acknowledgement',
      mutation: 'Counts the lease from when the answers came, not from when the round was sent.',
      source: 'B106; yugabyte#16',
      caughtBy: ['lease-is-exclusive', 'reads-are-fresh'],
      needs: ['reads: lease', 'delays', 'partition'],
      rarity: 'hard',
    },
    LeaseFromAcknowledgement,
  ),
  serverBug(
    {
      id: 'lease-without-margin',
      mutation: 'The lease leaves no room for clocks that drift.',
      source: 'B107; tikv#964, etcd#6005; seed document, leases and physical clocks',
      caughtBy: ['lease-is-exclusive', 'reads-are-fresh'],
      needs: ['reads: lease', 'clock drift', 'partition'],
      rarity: 'hard',
    },
    LeaseWithoutMargin,
  ),
  serverBug(
    {
      id: 'lease-kept-during-transfer',
      mutation: 'Goes on reading on its lease after telling another to campaign.',
      source: 'B108; tikv#1593, openraft#1747',
      caughtBy: ['lease-is-exclusive', 'reads-are-fresh'],
      needs: ['reads: lease', 'leadership transfer'],
      rarity: 'medium',
    },
    LeaseKeptDuringTransfer,
  ),
  serverBug(
    {
      id: 'lease-without-stickiness',
      mutation: 'Servers vote although they hear a leader that reads on its lease.',
      source: 'B109; raft-rs#141, nebula#5351',
      caughtBy: ['lease-is-exclusive', 'reads-are-fresh', 'terms-settle'],
      needs: ['reads: lease', 'one-way partition'],
      rarity: 'medium',
    },
    LeaseWithoutStickiness,
  ),
  serverBug(
    {
      id: 'read-cache-without-key',
      mutation: 'Every fourth read is answered with the answer before it, of whatever key.',
      source: 'B115; classic',
      caughtBy: ['values-were-written', 'answers-follow-the-log', 'linearizable'],
      needs: [],
      rarity: 'easy',
    },
    ReadCacheWithoutKey,
  ),
  serverBug(
    {
      id: 'read-cache-kept',
      mutation: 'A leader answers reads from a cache that writes do not touch.',
      source: 'classic',
      caughtBy: ['answers-follow-the-log', 'linearizable'],
      needs: [],
      rarity: 'easy',
    },
    ReadCacheKept,
  ),
];
