import type { Ballot } from '../quorum-call.ts';
import { RedLock } from '../redlock.ts';
import { heard } from '../rules.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

class SeedLiteralQuorum extends RedLock {
  protected override quorum(): number {
    return super.quorum() + 1;
  }
}

/** More than N/2+1 votes succeed, fewer fail; N/2+1 votes do neither. */
class SeedGap extends RedLock {
  #votes = 0;

  protected override isWon({ yes }: Ballot): boolean {
    this.#votes = yes.length;
    return this.#votes > this.quorum();
  }

  protected override isSettled(ballot: Ballot, asked: number): boolean {
    return heard(ballot) === asked;
  }

  protected override releasesOnFailure(): boolean {
    return this.#votes < this.quorum();
  }
}

class HalfIsEnough extends RedLock {
  protected override quorum(): number {
    return Math.floor(this.nodes.length / 2);
  }
}

class QuorumOfReachable extends RedLock {
  protected override isWon({ yes, no }: Ballot): boolean {
    return yes.length > 0 && yes.length > Math.floor((yes.length + no.length) / 2);
  }

  protected override isSettled(ballot: Ballot, asked: number): boolean {
    return heard(ballot) === asked;
  }
}

/** Decided only by a majority for or against: two halves that block each other are neither. */
class NeverSettles extends RedLock {
  protected override isSettled(ballot: Ballot): boolean {
    return this.isWon(ballot) || ballot.no.length >= this.quorum();
  }
}

/** In turn, and no further than the majority: the loss of one copy is the loss of the lock. */
class StopsAtQuorum extends RedLock {
  protected override asksOn(): boolean {
    return false;
  }
}

export const voteBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'seed-literal-quorum',
    'asks for more than N/2+1 votes, as the seed document says, instead of N/2+1',
    'RL-B01; seed document, RedLock step 3',
    ['majority-suffices', 'liveness', 'coverage'],
    'a minority of nodes down',
    'easy',
    { lock: SeedLiteralQuorum },
  ),
  bug(
    'seed-gap',
    'exactly N/2+1 votes are neither success nor failure: nothing is released',
    'RL-B02; seed document, RedLock steps 3 and 4',
    ['majority-suffices', 'no-forgotten-orphan'],
    'two nodes of five down',
    'easy',
    { lock: SeedGap },
  ),
  bug(
    'half-is-enough',
    'takes floor(N/2) votes for a majority',
    'RL-B03',
    ['mutual-exclusion-belief', 'mutual-exclusion-grant', 'validity-at-return'],
    'contention',
    'easy',
    { lock: HalfIsEnough },
  ),
  bug(
    'quorum-of-reachable',
    'counts the majority of the nodes that answered',
    'RL-B04; SPSCommerce/redlock-py#6',
    ['mutual-exclusion-belief', 'mutual-exclusion-grant', 'validity-at-return'],
    'partition',
    'medium',
    { lock: QuorumOfReachable },
  ),
  bug(
    'never-settles',
    'waits for a majority for or against, which an even number of nodes may never give',
    'RL-B22; redlock 5.0.0-beta.2: a promise that is pending for ever',
    ['liveness', 'as-told'],
    'four nodes, two votes each',
    'easy',
    { lock: NeverSettles },
  ),
  bug(
    'stops-at-quorum',
    'asks in turn and stops at a bare majority',
    'RL-B40; go-redsync/redsync#186, redisson/redisson#1445',
    ['mutual-exclusion-grant', 'mutual-exclusion-belief', 'belief-within-grant'],
    ['contact: sequential', 'one node that loses its copy'],
    'medium',
    { lock: StopsAtQuorum },
  ),
];
