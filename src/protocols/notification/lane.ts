import type { LaneReader, LaneState } from '../lane.ts';
import { ClaimingNotifier } from './claiming-notifier.ts';
import { Database, type Row } from './database.ts';
import { nameOf } from './messages.ts';
import { Notifier, type Notification } from './notifier.ts';
import { Receiver } from './receiver.ts';
import { Source } from './source.ts';

/** What the source and the receivers know, what is still to be told, and who is about to tell it. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof Notifier) return tableState('notifier', program.table);
  if (program instanceof Database) return tableState('database', program.table);
  if (program instanceof ClaimingNotifier) return callsState(program);
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

/** What is still to be told stands in the lane; each row's attempts and state among its fields. */
function tableState(
  name: 'notifier' | 'database',
  table: ReadonlyMap<string, Row | Notification>,
): LaneState {
  const rows = [...table];
  const pending = rows.filter(([, { state }]) => state === 'pending');
  return {
    tone: pending.length > 0 ? 'lead' : 'rest',
    role: name === 'notifier' && pending.length > 0 ? 'notifying' : name,
    label: pending.map(([row]) => row).join(' '),
    fields: {
      table: Object.fromEntries(rows.map(([row, { attempts }]) => [row, attempts])),
      state: Object.fromEntries(rows.map(([row, { state }]) => [row, state])),
    },
  };
}

function callsState({ calls }: ClaimingNotifier): LaneState {
  const claims = [...calls];
  return {
    tone: claims.length > 0 ? 'lead' : 'rest',
    role: claims.length > 0 ? 'notifying' : 'notifier',
    label: claims.map(([row, { attempt }]) => `${row} #${attempt}`).join(' '),
    fields: { calls: Object.fromEntries(claims.map(([row, { attempt }]) => [row, attempt])) },
  };
}
