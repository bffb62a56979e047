import type { LaneReader } from '../lane.ts';
import { Oracle } from './oracle.ts';
import { Store } from './store.ts';

/** The oracle's last timestamp, a store's rows and locks. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof Oracle)
    return { tone: 'rest', role: 'oracle', label: String(program.last), fields: {} };
  if (!(program instanceof Store)) return null;
  const rows = [...program.rows.byName];
  const locked = rows.flatMap(([row, { lock }]) =>
    lock === null ? [] : [`${row}@${lock.startTs}`],
  );
  return {
    tone: locked.length > 0 ? 'bound' : 'rest',
    role: locked.length > 0 ? 'locked' : 'store',
    label: locked.join(' '),
    fields: {
      rows: Object.fromEntries(
        rows.map(([row, { versions }]) => [row, versions.at(-1)?.value ?? null]),
      ),
      locks: locked,
    },
  };
};
