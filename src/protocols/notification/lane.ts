import type { LaneReader } from '../lane.ts';
import { nameOf } from './messages.ts';
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
  if (program instanceof Source)
    return {
      tone: 'rest',
      role: 'source',
      label: [...program.facts.values()].map(nameOf).join(' '),
      fields: Object.fromEntries(
        [...program.facts.values()].map((fact) => [nameOf(fact), fact.key]),
      ),
    };
  if (!(program instanceof Receiver)) return null;
  return {
    tone: 'rest',
    role: 'receiver',
    label: [...program.versions].map(([key, version]) => nameOf({ key, version })).join(' '),
    fields: Object.fromEntries(program.versions),
  };
};
