import type { RedisRequest } from '../redis/index.ts';
import type { Ballot } from './quorum-call.ts';
import type { Question } from './redlock.ts';

/** What a source of tokens needs of the lock it serves. */
export interface TokenPorts {
  readonly askAll: (question: Question) => void;
  readonly isWon: (ballot: Ballot) => boolean;
  /** Asks node 0 for a number; null when there is none in time. */
  readonly askInteger: (request: RedisRequest, then: (answer: number | null) => void) => void;
  readonly writesBack: () => boolean;
}

type Then = (token: number | null) => void;

/** One node counts. Tokens rise as long as it remembers; without it nobody locks (as in Redisson's RFencedLock). */
export function singleNodeToken(ports: TokenPorts, key: string, then: Then): void {
  ports.askInteger({ type: 'Incr', command: ['INCR', fenceKey(key)] }, then);
}

/**
 * The greatest counter of a majority, plus one, written back to a majority before it is used: the next holder's
 * majority meets this one. Needs counters that survive a restart.
 */
export function quorumToken(ports: TokenPorts, key: string, then: Then): void {
  ports.askAll({
    request: () => ({ type: 'Get', command: ['GET', fenceKey(key)] }),
    isYes: () => true,
    then: (ballot) => {
      const token = 1 + Math.max(...[...ballot.replies.values()].map(Number));
      if (!ports.isWon(ballot)) then(null);
      else if (!ports.writesBack()) then(token);
      else writeBack(ports, key, token, then);
    },
  });
}

function writeBack(ports: TokenPorts, key: string, token: number, then: Then): void {
  const command = ['EVALSHA', 'fence', '1', fenceKey(key), String(token)];
  ports.askAll({
    request: () => ({ type: 'Fence', command }),
    isYes: (reply) => reply === token,
    then: (written) => {
      then(ports.isWon(written) ? token : null);
    },
  });
}

function fenceKey(key: string): string {
  return `fence:${key}`;
}
