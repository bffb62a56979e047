import { coordinatorLane, participantLane } from '../commit/index.ts';
import type { LaneReader, LaneState } from '../lane.ts';
import { Member } from './member.ts';
import { PaxosParticipant } from './participant.ts';

/** Members of the group with the transactions and ballots they lead; participants with what they have promised. */
export const lane = (): LaneReader => (program, nameOf) => {
  if (program instanceof Member) return memberLane(program, nameOf);
  return program instanceof PaxosParticipant ? participantLane(program) : null;
};

function memberLane(member: Member, nameOf: (node: number) => string): LaneState {
  const state = coordinatorLane(member, nameOf);
  const ballots = Object.fromEntries([...member.races].map(([gid, { ballot }]) => [gid, ballot]));
  const outcomes = Object.fromEntries(member.outcomes);
  const fields = { ...state.fields, ballots, outcomes };
  if (member.races.size > 0) {
    const label = Object.entries(ballots).map(([gid, ballot]) => `${gid} ballot ${ballot}`);
    return { tone: 'bid', role: 'leading a ballot', label: label.join(', '), fields };
  }
  return { ...state, role: state.tone === 'rest' ? 'acceptor' : state.role, fields };
}
