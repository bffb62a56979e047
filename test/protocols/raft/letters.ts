import { RandomStreams } from '../../../src/sim/engine/random.ts';
import { Raft } from '../../../src/protocols/raft/core/raft.ts';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import type {
  AppendEntries,
  AppendEntriesReply,
  RequestVote,
  RequestVoteReply,
} from '../../../src/protocols/raft/messages.ts';
import { initialMembership } from '../../../src/protocols/raft/node.ts';
import { parseConfig } from '../../../src/protocols/raft/parse-config.ts';
import { Hand, entriesOf } from './hand.ts';

/** Server 0 of a cluster of `size`; the others exist only in the messages that the test writes. */
export function lonelyServer(size: number, config: Readonly<Record<string, unknown>> = {}): Hand {
  const parsed = parseConfig(config, size);
  const servers = Array.from({ length: size }, (_, id) => id);
  const streams = new RandomStreams('lonely');
  return new Hand(
    0,
    streams,
    (port) => new Raft(port, parsed, initialMembership(servers, parsed), null),
  );
}

export function requestVote(parts: Partial<RequestVote>): RequestVote {
  return {
    type: 'RequestVote',
    term: 1,
    candidateId: 1,
    lastLogIndex: 0,
    lastLogTerm: 0,
    leadershipTransfer: false,
    ...parts,
  };
}

export function vote(term: number, voteGranted = true): RequestVoteReply {
  return { type: 'RequestVoteReply', term, voteGranted };
}

export function append(parts: Partial<AppendEntries>): AppendEntries {
  return {
    type: 'AppendEntries',
    term: 1,
    leaderId: 1,
    prevLogIndex: 0,
    prevLogTerm: 0,
    entries: [],
    leaderCommit: 0,
    round: 0,
    session: 0,
    ...parts,
  };
}

export function accepted(
  message: AppendEntries,
  parts: Partial<AppendEntriesReply> = {},
): AppendEntriesReply {
  return {
    type: 'AppendEntriesReply',
    term: message.term,
    success: true,
    matchIndex: message.prevLogIndex + message.entries.length,
    rejectedIndex: 0,
    conflictTerm: 0,
    conflictIndex: 0,
    round: message.round,
    session: message.session,
    ...parts,
  };
}

/** Gives the server this log, as a leader of term `leaderTerm` would. */
export function fill(hand: Hand, terms: readonly number[], leaderTerm: number, commit = 0): void {
  const entries: readonly Entry[] = entriesOf(terms);
  hand.step(1, append({ term: leaderTerm, entries, leaderCommit: commit }));
  hand.take();
}

/** Makes the server leader of its next term with the votes of 1, 2, ... */
export function elect(hand: Hand, votes: number): void {
  hand.timeout('election');
  for (let voter = 1; voter <= votes; voter += 1) hand.step(voter, vote(hand.raft.currentTerm));
}
