import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { ClaimingNotifier } from './claiming-notifier.ts';
import { Database } from './database.ts';
import { nameOf } from './messages.ts';
import { Notifier } from './notifier.ts';
import { Receiver } from './receiver.ts';
import { Source } from './source.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    if (program instanceof Source) return 'source';
    if (program instanceof Database) return 'database';
    return program instanceof Receiver ? 'receiver' : 'notifier';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Notifier) return `notifier with ${program.table.size} rows`;
    if (program instanceof Database) return `database with ${rowsOf(program) || 'nothing'}`;
    if (program instanceof ClaimingNotifier) return `notifier with ${program.calls.size} calls`;
    if (!(program instanceof Source) && !(program instanceof Receiver))
      throw new TypeError('not a server of this protocol');
    const versions =
      program instanceof Source
        ? [...program.facts.values()].map(nameOf)
        : [...program.versions].map(([key, version]) => nameOf({ key, version }));
    return `${view.role(program)} with ${versions.join(', ') || 'nothing'}`;
  },
};

function rowsOf({ table }: Database): string {
  return [...table]
    .map(([name, { state, attempts }]) => `${name} ${state} #${attempts}`)
    .join(', ');
}
