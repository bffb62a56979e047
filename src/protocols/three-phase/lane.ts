import { coordinatorLane, participantLane } from '../commit/index.ts';
import type { LaneReader, LaneState } from '../lane.ts';
import { ThreePhaseCoordinator } from './coordinator.ts';
import { ThreePhaseParticipant } from './participant.ts';

/** As two-phase commit, and who has been told in advance that all have voted yes. */
export const lane = (): LaneReader => (program, nameOf) => {
  if (program instanceof ThreePhaseCoordinator) return coordinatorLane(program, nameOf);
  return program instanceof ThreePhaseParticipant ? threePhaseLane(program) : null;
};

function threePhaseLane(program: ThreePhaseParticipant): LaneState {
  const state = participantLane(program);
  const open = [...program.preCommitted].filter((gid) => program.manager.branches.has(gid));
  return {
    ...state,
    role: open.length > 0 ? 'pre-committed' : state.role,
    fields: { ...state.fields, preCommitted: open },
  };
}
