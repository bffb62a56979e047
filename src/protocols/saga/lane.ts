import type { LaneReader, LaneState } from '../lane.ts';
import { SagaCoordinator } from './coordinator.ts';
import { SagaService } from './service.ts';

/** The coordinator with its open sagas and their direction, services with their accounts and the fence of steps. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof SagaCoordinator) return coordinatorLane(program);
  return program instanceof SagaService ? serviceLane(program) : null;
};

function coordinatorLane({ sagas }: SagaCoordinator): LaneState {
  const open = [...sagas.values()];
  const backwards = open.some(({ failed }) => failed !== null);
  return {
    tone: backwards ? 'bound' : open.length > 0 ? 'lead' : 'rest',
    role: backwards ? 'compensating' : open.length > 0 ? 'acting' : 'coordinator',
    label: open
      .map(({ gid, at, failed }) => `${gid} ${failed === null ? '' : '-'}${at + 1}`)
      .join(', '),
    fields: Object.fromEntries(
      open.map(({ gid, at, failed, settled, attempts, steps }) => [
        gid,
        {
          step: at + 1,
          of: steps.length,
          failed: failed === null ? null : failed + 1,
          settled,
          attempts,
        },
      ]),
    ),
  };
}

function serviceLane({ book }: SagaService): LaneState {
  return {
    tone: 'rest',
    role: 'service',
    label: '',
    fields: {
      amounts: Object.fromEntries(book.amounts),
      fence: [...book.fence.values()].map(({ key, kind }) => `${key} ${kind}`),
    },
  };
}
