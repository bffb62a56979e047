import type {
  Fault,
  FaultAction,
  FaultEnd,
  Moment,
  TargetSelector,
  Trigger,
} from '../sim/faults/fault.ts';
import { compileLatency } from './compile-network.ts';
import { suggest } from './nearest.ts';
import type { Problems } from './problems.ts';
import type { FaultEntry, MomentEntry, TargetEntry, TriggerEntry } from './schema.ts';
import type { Path } from './source-map.ts';
import { parseDurationUs, parsePercentPpm } from './units.ts';

/** What the file's words may refer to. */
export interface Names {
  readonly servers: readonly string[];
  readonly clients: readonly string[];
  readonly faultIds: readonly string[];
  readonly stepIds: readonly string[];
  readonly marks: readonly string[];
  readonly messageTypes: readonly string[];
  readonly maxEvents: number;
  readonly endUs: number;
}

const TARGET_WORDS = [
  'leader',
  'follower',
  'candidate',
  'followers',
  'servers',
  'clients',
  'minority',
  'majority',
  'all',
];

/** The keys that each kind of fault takes beyond id, kind and its moments; `!` marks those it needs. */
const KEYS: Readonly<Record<FaultEntry['kind'], readonly string[]>> = {
  partition: ['groups!'],
  isolate: ['target!'],
  halves: [],
  bridge: [],
  ring: [],
  'one-way': ['from!', 'to!'],
  links: ['links!'],
  flapping: ['target!', 'cut!', 'healed!'],
  messages: ['from', 'to', 'types', 'drop', 'duplicate', 'reorder', 'corrupt', 'delay'],
  clog: ['from!', 'to!'],
  kill: ['target!'],
  'power-loss': ['target!'],
  'disk-loss': ['target!'],
  pause: ['target!'],
  'slow-disk': ['target!', 'factor!'],
  'stalled-disk': ['target!'],
  'failed-sync': ['target!', 'share'],
  'clock-step': ['target!', 'by!'],
  'clock-drift': ['target!', 'ppm!'],
  'clock-freeze': ['target!'],
  'fire-timer': ['target!', 'timer!'],
};
const COMMON_KEYS = new Set(['id', 'at', 'when', 'after', 'for', 'until', 'kind', 'mayMiss']);

/** Turns the `faults:` section and all moments into data, reporting what cannot be. */
export class FaultCompiler {
  readonly #names: Names;
  readonly #problems: Problems;

  constructor(names: Names, problems: Problems) {
    this.#names = names;
    this.#problems = problems;
  }

  fault(entry: FaultEntry, path: Path): Fault {
    this.#checkKeys(entry, path);
    if (entry.for !== undefined && entry.until !== undefined)
      this.#problems.add(path, 'has both `for` and `until`', 'keep one of them', 'until');
    let end: FaultEnd = null;
    if (entry.for !== undefined) end = { forUs: parseDurationUs(entry.for) };
    else if (typeof entry.until === 'string')
      end = { until: { atUs: parseDurationUs(entry.until) } };
    else if (entry.until !== undefined)
      end = { until: this.moment(entry.until, [...path, 'until'], null) };
    return {
      id: entry.id,
      start: this.moment(entry, path, entry.id),
      end,
      action: this.#action(entry, path),
    };
  }

  /** `self`: the fault or step this moment belongs to, which cannot wait for itself. */
  moment(entry: MomentEntry, path: Path, self: string | null): Moment {
    const problems = this.#problems;
    if (entry.when !== undefined) {
      if (entry.at !== undefined)
        problems.add(path, 'has both `at` and `when`', 'keep one; `after` delays a `when`', 'at');
      const when = this.#trigger(entry.when, [...path, 'when'], self);
      return { when, delayUs: entry.after === undefined ? 0 : parseDurationUs(entry.after) };
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

  target(entry: TargetEntry, path: Path, key: string): TargetSelector {
    const { servers, clients } = this.#names;
    const all = [...servers, ...clients];
    if (Array.isArray(entry)) {
      for (const [index, name] of entry.entries())
        if (!all.includes(name))
          this.#problems.add(
            [...path, key, index],
            `no node is called "${name}"`,
            suggest(name, all),
          );
      return { kind: 'nodes', names: entry };
    }
    const random = /^random (\d+)$/.exec(entry);
    if (random !== null) {
      const count = Number(random[1]);
      if (count < 1 || count > servers.length)
        this.#problems.add(
          [...path, key],
          `"${entry}" of ${servers.length} servers`,
          `write random 1 to random ${servers.length}`,
        );
      return { kind: 'random', count };
    }
    switch (entry) {
      case 'leader':
      case 'follower':
      case 'candidate':
        return { kind: 'role', role: entry };
      case 'followers':
      case 'servers':
      case 'clients':
      case 'minority':
      case 'majority':
        return { kind: entry };
      case 'all':
        return { kind: 'nodes', names: all };
    }
    if (!all.includes(entry))
      this.#problems.add(
        [...path, key],
        `no node is called "${entry}", and it is no target word`,
        suggest(entry, [...all, ...TARGET_WORDS]),
      );
    return { kind: 'nodes', names: [entry] };
  }

  #checkKeys(entry: FaultEntry, path: Path): void {
    const allowed = KEYS[entry.kind].map((key) => key.replace('!', ''));
    for (const key of Object.keys(entry))
      if (!COMMON_KEYS.has(key) && !allowed.includes(key))
        this.#problems.add(
          path,
          `a ${entry.kind} fault has no key "${key}"`,
          allowed.length === 0 ? 'remove it' : `it takes: ${allowed.join(', ')}`,
          key,
        );
    for (const key of KEYS[entry.kind])
      if (key.endsWith('!') && !(key.slice(0, -1) in entry))
        this.#problems.add(
          path,
          `a ${entry.kind} fault needs "${key.slice(0, -1)}"`,
          'add this key',
          'kind',
        );
    if (entry.kind === 'messages') {
      const does = ['drop', 'duplicate', 'reorder', 'corrupt', 'delay'];
      if (!does.some((key) => key in entry))
        this.#problems.add(
          path,
          'a messages fault that does nothing',
          `add one of ${does.join(', ')}`,
          'kind',
        );
    }
  }

  #trigger(entry: TriggerEntry, path: Path, self: string | null): Trigger {
    const names = this.#names;
    const unknown = (key: string, what: string, word: string, known: readonly string[]): void => {
      this.#problems.add(
        [...path, key],
        known.length === 0
          ? `can never fire: this file has no ${what}`
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
      return { kind: 'fault', id: entry.fault, edge: entry.is === 'started' ? 'start' : 'end' };
    }
    if (!names.stepIds.includes(entry.operation))
      unknown('operation', 'operation with the id', entry.operation, names.stepIds);
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

  #action(entry: FaultEntry, path: Path): FaultAction {
    const target = (key: 'target' | 'from' | 'to', fallback: TargetSelector): TargetSelector => {
      const value = entry[key];
      return value === undefined ? fallback : this.target(value, path, key);
    };
    const everyone: TargetSelector = { kind: 'servers' };
    const us = (text: string | undefined): number =>
      text === undefined ? 0 : parseDurationUs(text);
    const ppm = (text: string | undefined): number =>
      text === undefined ? 0 : parsePercentPpm(text);
    switch (entry.kind) {
      case 'partition':
        return { kind: 'partition', groups: this.#groups(entry.groups ?? [], path) };
      case 'halves':
      case 'bridge':
      case 'ring':
        return { kind: entry.kind };
      case 'one-way':
      case 'clog':
        return { kind: entry.kind, from: target('from', everyone), to: target('to', everyone) };
      case 'links':
        for (const [index, pair] of (entry.links ?? []).entries())
          this.target(pair, [...path, 'links'], String(index));
        return { kind: 'links', kept: entry.links ?? [] };
      case 'flapping':
        return {
          kind: 'flapping',
          target: target('target', everyone),
          cutUs: us(entry.cut),
          healedUs: us(entry.healed),
        };
      case 'messages':
        for (const [index, type] of (entry.types ?? []).entries())
          if (!this.#names.messageTypes.includes(type))
            this.#problems.add(
              [...path, 'types', index],
              `no message type "${type}"`,
              suggest(type, this.#names.messageTypes),
            );
        return {
          kind: 'messages',
          from: target('from', everyone),
          to: target('to', everyone),
          types: entry.types ?? null,
          dropPpm: ppm(entry.drop),
          duplicatePpm: ppm(entry.duplicate),
          reorderPpm: ppm(entry.reorder),
          corruptPpm: ppm(entry.corrupt),
          delay:
            entry.delay === undefined
              ? null
              : compileLatency(entry.delay, (message) => {
                  this.#problems.add([...path, 'delay'], message, 'write the smaller one first');
                }),
        };
      case 'slow-disk':
        return { kind: 'slow-disk', target: target('target', everyone), factor: entry.factor ?? 2 };
      case 'failed-sync':
        return {
          kind: 'failed-sync',
          target: target('target', everyone),
          failPpm: entry.share === undefined ? 1_000_000 : parsePercentPpm(entry.share),
        };
      case 'clock-step':
        return { kind: 'clock-step', target: target('target', everyone), byUs: us(entry.by) };
      case 'clock-drift':
        return { kind: 'clock-drift', target: target('target', everyone), ppm: entry.ppm ?? 0 };
      case 'fire-timer':
        return { kind: 'fire-timer', target: target('target', everyone), timer: entry.timer ?? '' };
      case 'isolate':
      case 'kill':
      case 'power-loss':
      case 'disk-loss':
      case 'pause':
      case 'stalled-disk':
      case 'clock-freeze':
        return { kind: entry.kind, target: target('target', everyone) };
    }
  }

  #groups(groups: readonly (readonly string[])[], path: Path): readonly (readonly string[])[] {
    const seen = new Map<string, number>();
    for (const [index, group] of groups.entries()) {
      this.target([...group], [...path, 'groups'], String(index));
      for (const [position, name] of group.entries()) {
        if (seen.has(name))
          this.#problems.add(
            [...path, 'groups', index, position],
            `"${name}" is in two groups`,
            'keep it in one group (for overlapping reach use kind: links or bridge)',
          );
        seen.set(name, index);
      }
    }
    return groups;
  }
}
