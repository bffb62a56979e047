import type { Moment, Trigger } from '../sim/faults/fault.ts';
import type { Names } from './names.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type { MomentEntry, TriggerEntry } from './schema.ts';
import type { Path } from './source-map.ts';
import { parseDurationUs } from './units.ts';

/** Turns `at`, `when` and `after` into moments, reporting those that never come. */
export class MomentCompiler {
  readonly #names: Names;
  readonly #problems: Problems;

  constructor(names: Names, problems: Problems) {
    this.#names = names;
    this.#problems = problems;
  }

  /** `self`: the fault or step this moment belongs to, which cannot wait for itself. */
  moment(entry: MomentEntry, path: Path, self: string | null): Moment {
    const problems = this.#problems;
    if (entry.when !== undefined) {
      if (entry.at !== undefined)
        problems.add(path, 'has both `at` and `when`', 'keep one; `after` delays a `when`', 'at');
      const when = this.#trigger(entry.when, [...path, 'when'], self);
      const delayUs = entry.after === undefined ? 0 : parseDurationUs(entry.after);
      if (delayUs >= this.#names.endUs)
        problems.add(
          path,
          `never happens: ${entry.after ?? ''} after anything, the fault phase is over`,
          'raise `duration` or wait less',
          'after',
        );
      return { when, delayUs };
    }
    if (entry.after !== undefined)
      problems.add(
        path,
        '`after` without `when`',
        'add the `when:` it follows, or use `at:`',
        'after',
      );
    const atUs = entry.at === undefined ? 0 : parseDurationUs(entry.at);
    if (atUs >= this.#names.endUs)
      problems.add(
        path,
        `never happens: at ${entry.at ?? '0us'} the fault phase is over`,
        'raise `duration` or move it earlier',
        'at',
      );
    return { atUs };
  }

  #trigger(entry: TriggerEntry, path: Path, self: string | null): Trigger {
    const names = this.#names;
    const unknown = (key: string, what: string, word: string, known: readonly string[]): void => {
      this.#problems.add(
        [...path, key],
        known.length === 0
          ? `can never fire: no ${what} "${word}", this file has none`
          : `can never fire: no ${what} "${word}"`,
        known.length === 0 ? 'remove this trigger' : suggest(word, known),
      );
    };
    const node = (key: 'node' | 'from' | 'to', name: string | undefined): string | null => {
      const all = [...names.servers, ...names.clients];
      if (name !== undefined && !all.includes(name)) unknown(key, 'node', name, all);
      return name ?? null;
    };
    if ('mark' in entry) {
      if (!names.marks.includes(entry.mark)) unknown('mark', 'mark', entry.mark, names.marks);
      return {
        kind: 'mark',
        mark: entry.mark,
        node: node('node', entry.node),
        where: entry.where ?? {},
        nth: entry.nth ?? 1,
      };
    }
    if ('message' in entry) {
      if (!names.messageTypes.includes(entry.message))
        unknown('message', 'message type', entry.message, names.messageTypes);
      const [from, to] = [node('from', entry.from), node('to', entry.to)];
      return {
        kind: 'message',
        type: entry.message,
        from,
        to,
        on: entry.on ?? 'sent',
        nth: entry.nth ?? 1,
      };
    }
    if ('event' in entry) {
      if (entry.event > names.maxEvents)
        this.#problems.add(
          [...path, 'event'],
          `can never fire: the run ends at event ${names.maxEvents}`,
          'raise maxEvents or name an earlier event',
        );
      return { kind: 'event', event: entry.event };
    }
    if ('fault' in entry) {
      if (!names.faultIds.includes(entry.fault))
        unknown('fault', 'fault', entry.fault, names.faultIds);
      else if (entry.fault === self)
        this.#problems.add(
          [...path, 'fault'],
          `can never fire: ${self} waits for itself`,
          'name another fault',
        );
      else if (entry.is === 'ended' && names.lastingFaultIds.includes(entry.fault))
        this.#problems.add(
          [...path, 'fault'],
          `can never fire: ${entry.fault} lasts to the end of the fault phase`,
          `give ${entry.fault} a \`for\` or an \`until\``,
        );
      return { kind: 'fault', id: entry.fault, edge: entry.is === 'started' ? 'start' : 'end' };
    }
    if (!names.stepIds.includes(entry.operation))
      unknown('operation', 'scripted operation', entry.operation, names.stepIds);
    else if (entry.operation === self)
      this.#problems.add(
        [...path, 'operation'],
        `can never fire: ${self} waits for itself`,
        'name another step',
      );
    return {
      kind: 'operation',
      id: entry.operation,
      edge: entry.is === 'invoked' ? 'invoke' : 'complete',
    };
  }
}
