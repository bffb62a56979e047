import type { LaneReader, LaneState } from '../lane.ts';
import { Coordinator } from './coordinator.ts';
import { Participant } from './participant.ts';
import { isDecided } from './transaction.ts';

/** The coordinator with what it has decided and not, participants with the branches they have promised. */
export const lane = (): LaneReader => (program, nameOf) => {
  if (program instanceof Coordinator) return coordinatorLane(program, nameOf);
  return program instanceof Participant ? participantLane(program) : null;
};

/** What it has decided, and what it waits for. */
export function coordinatorLane(
  { transactions }: Coordinator,
  nameOf: (node: number) => string,
): LaneState {
  const open = [...transactions.values()];
  const decided = open.filter((transaction) => isDecided(transaction));
  const tone = decided.length > 0 ? 'lead' : open.length > 0 ? 'bid' : 'rest';
  return {
    tone,
    role:
      tone === 'lead' ? 'telling a decision' : tone === 'bid' ? 'collecting votes' : 'coordinator',
    label: open.map(({ gid, state }) => `${gid} ${state}`).join(', '),
    fields: Object.fromEntries(
      open.map(({ gid, state, votes, unacked, logged }) => [
        gid,
        {
          state,
          logged,
          votes: Object.fromEntries([...votes].map(([node, vote]) => [nameOf(node), vote])),
          unacked: [...unacked].map(nameOf),
        },
      ]),
    ),
  };
}

/** The branches it works at and has promised. */
export function participantLane({ manager }: Participant): LaneState {
  const branches = [...manager.branches.values()];
  const prepared = branches.some(({ state }) => state === 'prepared');
  return {
    tone: prepared ? 'bound' : branches.length > 0 ? 'bid' : 'rest',
    role: prepared ? 'prepared, in doubt' : branches.length > 0 ? 'working' : 'participant',
    label: branches.map(({ gid, state }) => `${gid} ${state}`).join(', '),
    fields: {
      branches: Object.fromEntries(
        branches.map(({ gid, state, rows }) => [gid, { state, locked: [...rows] }]),
      ),
      amounts: Object.fromEntries(manager.amounts),
      ended: Object.fromEntries(manager.ended),
    },
  };
}
