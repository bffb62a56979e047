import type { BugDefinition } from '../protocol.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { Transaction } from '../commit/index.ts';
import { Acceptor } from './acceptor.ts';
import type { BallotRace } from './ballot-race.ts';
import { Member } from './member.ts';
import type { Votes } from './messages.ts';
import type { ServerClasses } from './node.ts';
import { PaxosParticipant } from './participant.ts';

class FreeChoice extends Member {
  protected override choose(race: BallotRace): Votes {
    return race.participants.map((node) => [node, 'no'] as const);
  }
}

class MinorityChooses extends Member {
  protected override quorum(): number {
    return 1;
  }
}

class AbortsAlone extends Member {
  protected override votesOverdue(transaction: Transaction): void {
    this.decide(transaction, 'abort', 'votes are missing');
  }
}

class PromiseNotForced extends Member {
  protected override beforePromise(then: () => void): void {
    then();
  }
}

class Unpromising extends Acceptor {
  override mayAccept(): boolean {
    return true;
  }
  override promised(): number {
    return 0;
  }
}

class AcceptsBelowPromise extends Member {
  protected override createAcceptor(): Acceptor {
    return new Unpromising();
  }
}

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'free-choice',
    'A new leader proposes abort although its promises show an accepted yes.',
    'TX-B33; Gray & Lamport 2006, §4',
    ['stability', 'agreement', 'promise-kept'],
    'a leader that stops after acceptors have accepted',
    'medium',
    { member: FreeChoice },
  ),
  bug(
    'minority-chooses',
    'One acceptor is enough to decide.',
    'TX-B04 of acceptors; Gray & Lamport 2006, §3',
    ['chosen-before-told'],
    'faults: 1 or more',
    'easy',
    { member: MinorityChooses },
  ),
  bug(
    'aborts-alone',
    'The leader aborts when votes are missing, without a ballot.',
    'Gray & Lamport 2006, §4.2; TX-B27',
    ['chosen-before-told', 'stability'],
    'a slow or dead manager',
    'easy',
    { member: AbortsAlone },
  ),
  bug(
    'promise-not-forced',
    'An acceptor promises before its disk has it.',
    'Gray & Lamport 2006, §3; Lamport 1998',
    ['durable-before-talk'],
    'a ballot after the first; power loss makes it visible',
    'easy',
    { member: PromiseNotForced },
  ),
  bug(
    'ballot-zero-for-ever',
    'A member numbers its ballots without regard to what it has promised, and accepts below its promise.',
    'TX-B29: two coordinators without an epoch',
    ['stability', 'agreement', 'chosen-before-told', 'durable-before-talk', 'termination'],
    'two leaders at once',
    'medium',
    { member: AcceptsBelowPromise },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith(
    'paxos-commit',
    planted,
    { member: Member, participant: PaxosParticipant },
    id,
  );
}
