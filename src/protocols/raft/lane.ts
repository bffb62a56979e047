import type { NodeProgram } from '../../sim/engine/env.ts';
import {
  COMMIT_FIELD,
  LOG_FIELD,
  LOG_FIRST_FIELD,
  type LaneReader,
  type LaneState,
  type LaneTone,
  type LaneValue,
} from '../lane.ts';
import type { Raft } from './core/raft.ts';
import { describeEntry, type Entry } from './entry.ts';
import { RaftNode } from './node.ts';
import { view } from './view.ts';

const TONES: Readonly<Record<string, LaneTone>> = {
  leader: 'lead',
  candidate: 'bid',
  preCandidate: 'bid',
  follower: 'rest',
  learner: 'rest',
  removed: 'off',
  inert: 'off',
};

/** A server's role, term and log. */
export const lane = (): LaneReader => {
  const entryText = remembered(describeEntry);
  return (program: NodeProgram, nameOf) =>
    program instanceof RaftNode
      ? replicaLane(program.raft, view.role(program), entryText, nameOf)
      : null;
};

/** Entries are shared between all logs of a run: each is put into words once. */
export function remembered(entryText: (entry: Entry) => string): (entry: Entry) => string {
  const texts = new WeakMap<Entry, string>();
  return (entry) => {
    let text = texts.get(entry);
    if (text === undefined) {
      text = `${entry.term} ${entryText(entry)}`;
      texts.set(entry, text);
    }
    return text;
  };
}

/** The same for whoever stands on Raft; `entryText`: an entry's term and what it says. */
export function replicaLane(
  raft: Raft,
  role: string,
  entryText: (entry: Entry) => string,
  nameOf: (node: number) => string,
): LaneState {
  const { log, currentTerm, votedFor, leaderId, commitIndex, lastApplied, durableIndex } = raft;
  const first = log.compactedIndex + 1;
  return {
    tone: TONES[role] ?? 'rest',
    role,
    label: `t${currentTerm}`,
    fields: {
      role,
      term: currentTerm,
      votedFor: votedFor === null ? null : nameOf(votedFor),
      leader: leaderId === null ? null : nameOf(leaderId),
      [COMMIT_FIELD]: commitIndex,
      lastApplied,
      durableIndex,
      lastIndex: log.lastIndex,
      [LOG_FIRST_FIELD]: first,
      ...(role === 'leader' ? { matchIndex: matchIndexes(raft, nameOf) } : {}),
    },
    lists: {
      [LOG_FIELD]: {
        length: log.size,
        lineage: log.lineage,
        at: (index) => entryText(log.at(first + index)!),
      },
    },
  };
}

function matchIndexes(raft: Raft, nameOf: (node: number) => string): LaneValue {
  return Object.fromEntries(
    raft.progress.flatMap((progress, node) =>
      progress === undefined ? [] : [[nameOf(node), progress.matchIndex]],
    ),
  );
}
