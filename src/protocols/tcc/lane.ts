import type { LaneReader } from '../lane.ts';
import { TccCoordinator } from './coordinator.ts';
import { Service } from './service.ts';

/** The coordinator with its open transactions, services with what they have reserved. */
export const lane = (): LaneReader => (program, nameOf) => {
  if (program instanceof TccCoordinator) {
    const open = [...program.globals.values()];
    const decided = open.some(({ status }) => status === 'confirm' || status === 'cancel');
    return {
      tone: decided ? 'lead' : open.length > 0 ? 'bid' : 'rest',
      role: decided ? 'confirming or cancelling' : open.length > 0 ? 'trying' : 'coordinator',
      label: open.map(({ gid, status }) => `${gid} ${status}`).join(', '),
      fields: Object.fromEntries(
        open.map(({ gid, status, settled, tried, pending }) => [
          gid,
          { status, settled, tried: [...tried].map(nameOf), pending: [...pending].map(nameOf) },
        ]),
      ),
    };
  }
  if (!(program instanceof Service)) return null;
  const { available, frozen, fence } = program.book;
  return {
    tone: frozen.size > 0 ? 'bound' : 'rest',
    role: frozen.size > 0 ? 'with reservations' : 'service',
    label: [...frozen.keys()].join(', '),
    fields: {
      available: Object.fromEntries(available),
      frozen: Object.fromEntries(
        [...frozen].map(([gid, changes]) => [
          gid,
          changes.map(({ account, delta }) => `${account} ${delta}`),
        ]),
      ),
      fence: Object.fromEntries(fence),
    },
  };
};
