import type { LaneReader } from '../lane.ts';
import { Notifier } from './notifier.ts';
import { Receiver } from './receiver.ts';
import { Source } from './source.ts';

/** What the source and the receiver know, and what the notifier still has to tell. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof Notifier) {
    const rows = [...program.table];
    return {
      tone: rows.length > 0 ? 'lead' : 'rest',
      role: rows.length > 0 ? 'notifying' : 'notifier',
      label: rows.map(([name]) => name).join(' '),
      fields: { table: Object.fromEntries(rows.map(([name, { attempts }]) => [name, attempts])) },
    };
  }
  if (!(program instanceof Source) && !(program instanceof Receiver)) return null;
  return {
    tone: 'rest',
    role: program instanceof Source ? 'source' : 'receiver',
    label: [...program.versions].map(([key, version]) => `${key} v${version}`).join(' '),
    fields: Object.fromEntries(program.versions),
  };
};
