import type { Fault, FaultAction, FaultEnd, TargetSelector } from '../sim/faults/fault.ts';
import type { MomentCompiler } from './compile-moment.ts';
import { compileLatency } from './compile-network.ts';
import { compileTarget } from './compile-target.ts';
import type { Names } from './names.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type { FaultEntry } from './schema.ts';
import type { Path } from './source-map.ts';
import { parseDurationUs, parsePercentPpm } from './units.ts';

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
  message: ['type!', 'from!', 'to!', 'nth', 'arrives!'],
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
  wake: ['target!'],
};
const COMMON_KEYS = new Set(['id', 'at', 'when', 'after', 'for', 'until', 'kind', 'mayMiss']);

/** Kinds that may last no time at all: a killed node starts again at once, a clock steps and fires are over at once. */
const MOMENTARY = new Set(['kill', 'power-loss', 'disk-loss', 'clock-step', 'fire-timer', 'wake']);

/** Fewer servers than this cannot be divided so. */
const LEAST_SERVERS: Readonly<Record<string, number>> = { halves: 2, bridge: 3, ring: 4 };

/** Turns the `faults:` section into data, reporting what cannot be. */
export class FaultCompiler {
  readonly #names: Names;
  readonly #problems: Problems;
  readonly #moments: MomentCompiler;

  constructor(names: Names, problems: Problems, moments: MomentCompiler) {
    this.#names = names;
    this.#problems = problems;
    this.#moments = moments;
  }

  fault(entry: FaultEntry, path: Path): Fault {
    this.#checkKeys(entry, path);
    if (entry.for !== undefined && entry.until !== undefined)
      this.#problems.add(path, 'has both `for` and `until`', 'keep one of them', 'until');
    const start = this.#moments.moment(entry, path, entry.id);
    let end: FaultEnd = null;
    if (entry.for !== undefined) end = { forUs: parseDurationUs(entry.for) };
    else if (typeof entry.until === 'string')
      end = { until: { atUs: parseDurationUs(entry.until) } };
    else if (entry.until !== undefined)
      end = { until: this.#moments.moment(entry.until, [...path, 'until'], entry.id) };
    const fault = { id: entry.id, start, end, action: this.#action(entry, path) };
    this.#checkLength(fault, path);
    return fault;
  }

  #checkLength({ start, end, action }: Fault, path: Path): void {
    if (end === null) return;
    if ('forUs' in end) {
      if (end.forUs === 0 && !MOMENTARY.has(action.kind))
        this.#problems.add(path, 'lasts no time, so it can do nothing', 'give it a length', 'for');
    } else if ('atUs' in end.until && 'atUs' in start && end.until.atUs <= start.atUs)
      this.#problems.add(
        path,
        'ends before it begins',
        'write a later time; to give a length, use `for`',
        'until',
      );
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
    const { servers } = this.#names;
    const least = LEAST_SERVERS[entry.kind] ?? 1;
    if (servers.length < least)
      this.#problems.add(
        path,
        `a ${entry.kind} partition needs at least ${least} servers, and there are ${servers.length}`,
        'raise topology.servers or choose another kind',
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

  #action(entry: FaultEntry, path: Path): FaultAction {
    const target = (key: 'target' | 'from' | 'to', fallback: TargetSelector): TargetSelector => {
      const value = entry[key];
      return value === undefined
        ? fallback
        : compileTarget(value, this.#names, this.#problems, path, key);
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
        for (const [index, pair] of (entry.links ?? []).entries()) {
          compileTarget(pair, this.#names, this.#problems, [...path, 'links'], index);
          if (pair[0] === pair[1])
            this.#problems.add(
              [...path, 'links', index],
              `a link from "${pair[0]}" to itself`,
              'name two nodes',
            );
        }
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
          this.#checkType(type, [...path, 'types', index]);
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
      case 'message':
        return this.#message(entry, path);
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
      case 'wake':
        return { kind: entry.kind, target: target('target', everyone) };
    }
  }

  #message(entry: FaultEntry, path: Path): FaultAction {
    this.#checkType(entry.type ?? '', [...path, 'type']);
    return {
      kind: 'message',
      type: entry.type ?? '',
      from: this.#oneNode(entry, 'from', path),
      to: this.#oneNode(entry, 'to', path),
      nth: entry.nth ?? 1,
      arrivesUs: (entry.arrives ?? []).map(parseDurationUs),
    };
  }

  /** A message has one sender and one receiver. */
  #oneNode(entry: FaultEntry, key: 'from' | 'to', path: Path): string {
    const name = entry[key] ?? '';
    const known = [...this.#names.servers, ...this.#names.clients];
    if (typeof name === 'string' && known.includes(name)) return name;
    this.#problems.add(
      [...path, key],
      `"${String(name)}" is not one node`,
      `write one of ${known.join(', ')}`,
    );
    return '';
  }

  #checkType(type: string, path: Path): void {
    if (!this.#names.messageTypes.includes(type))
      this.#problems.add(
        path,
        `no message type "${type}"`,
        suggest(type, this.#names.messageTypes),
      );
  }

  #groups(groups: readonly (readonly string[])[], path: Path): readonly (readonly string[])[] {
    const seen = new Map<string, number>();
    for (const [index, group] of groups.entries()) {
      compileTarget([...group], this.#names, this.#problems, [...path, 'groups'], index);
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
