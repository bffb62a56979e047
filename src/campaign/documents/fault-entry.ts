import type { FaultEntry, LatencyEntry, MomentEntry, TargetEntry } from '../../scenario/schema.ts';
import { writeDuration } from '../../scenario/units.ts';
import type {
  Fault,
  FaultAction,
  Moment,
  TargetSelector,
  Trigger,
} from '../../sim/faults/fault.ts';
import type { LatencyModel } from '../../sim/network/latency.ts';

/** A fault as a scenario file writes it: the compiler reads back the very same fault. */
export function faultEntry(fault: Fault): FaultEntry {
  const end =
    fault.end === null
      ? {}
      : 'forUs' in fault.end
        ? { for: writeDuration(fault.end.forUs) }
        : { until: untilEntry(fault.end.until) };
  return { id: fault.id, ...momentEntry(fault.start), ...actionEntry(fault.action), ...end };
}

function untilEntry(moment: Moment): string | MomentEntry {
  return 'atUs' in moment ? writeDuration(moment.atUs) : momentEntry(moment);
}

function momentEntry(moment: Moment): MomentEntry {
  if ('atUs' in moment) return { at: writeDuration(moment.atUs) };
  const after = moment.delayUs === 0 ? {} : { after: writeDuration(moment.delayUs) };
  return { when: triggerEntry(moment.when), ...after };
}

function triggerEntry(trigger: Trigger): NonNullable<MomentEntry['when']> {
  const nth = (count: number): { nth?: number } => (count === 1 ? {} : { nth: count });
  const named = <K extends string>(key: K, name: string | null): Partial<Record<K, string>> =>
    name === null ? {} : ({ [key]: name } as Record<K, string>);
  switch (trigger.kind) {
    case 'mark': {
      const where = trigger.where as Record<string, string | number | boolean>;
      return {
        mark: trigger.mark,
        ...named('node', trigger.node),
        ...(Object.keys(where).length === 0 ? {} : { where }),
        ...nth(trigger.nth),
      };
    }
    case 'message':
      return {
        message: trigger.type,
        ...named('from', trigger.from),
        ...named('to', trigger.to),
        ...(trigger.on === 'sent' ? {} : { on: trigger.on }),
        ...nth(trigger.nth),
      };
    case 'event':
      return { event: trigger.event };
    case 'fault':
      return { fault: trigger.id, is: trigger.edge === 'start' ? 'started' : 'ended' };
    case 'operation':
      return { operation: trigger.id, is: trigger.edge === 'invoke' ? 'invoked' : 'completed' };
  }
}

function actionEntry(action: FaultAction): Omit<FaultEntry, 'id'> {
  switch (action.kind) {
    case 'partition':
      return { kind: action.kind, groups: action.groups.map((group) => [...group]) };
    case 'halves':
    case 'bridge':
    case 'ring':
      return { kind: action.kind };
    case 'one-way':
    case 'clog':
      return { kind: action.kind, from: targetEntry(action.from), to: targetEntry(action.to) };
    case 'links':
      return { kind: action.kind, links: action.kept.map(([a, b]) => [a, b]) };
    case 'flapping':
      return {
        kind: action.kind,
        target: targetEntry(action.target),
        cut: writeDuration(action.cutUs),
        healed: writeDuration(action.healedUs),
      };
    case 'messages':
      return messagesEntry(action);
    case 'message':
      return {
        kind: action.kind,
        type: action.type,
        from: action.from,
        to: action.to,
        ...(action.nth === 1 ? {} : { nth: action.nth }),
        arrives: action.arrivesUs.map(writeDuration),
      };
    case 'slow-disk':
      return { kind: action.kind, target: targetEntry(action.target), factor: action.factor };
    case 'failed-sync':
      return {
        kind: action.kind,
        target: targetEntry(action.target),
        share: percent(action.failPpm),
      };
    case 'clock-step':
      return {
        kind: action.kind,
        target: targetEntry(action.target),
        by: writeDuration(action.byUs),
      };
    case 'clock-drift':
      return { kind: action.kind, target: targetEntry(action.target), ppm: action.ppm };
    case 'fire-timer':
      return { kind: action.kind, target: targetEntry(action.target), timer: action.timer };
    case 'isolate':
    case 'kill':
    case 'power-loss':
    case 'disk-loss':
    case 'pause':
    case 'stalled-disk':
    case 'clock-freeze':
    case 'wake':
      return { kind: action.kind, target: targetEntry(action.target) };
  }
}

function messagesEntry(action: Extract<FaultAction, { kind: 'messages' }>): Omit<FaultEntry, 'id'> {
  const share = <K extends string>(key: K, ppm: number): Partial<Record<K, string>> =>
    ppm === 0 ? {} : ({ [key]: percent(ppm) } as Record<K, string>);
  return {
    kind: 'messages',
    from: targetEntry(action.from),
    to: targetEntry(action.to),
    ...(action.types === null ? {} : { types: [...action.types] }),
    ...share('drop', action.dropPpm),
    ...share('duplicate', action.duplicatePpm),
    ...share('reorder', action.reorderPpm),
    ...share('corrupt', action.corruptPpm),
    ...(action.delay === null ? {} : { delay: latencyEntry(action.delay) }),
  };
}

/** A target as a scenario file writes it. */
export function targetEntry(target: TargetSelector): TargetEntry {
  switch (target.kind) {
    case 'nodes':
      return target.names.length === 1 ? target.names[0]! : [...target.names];
    case 'role':
      return target.role;
    case 'random':
      return `random ${target.count}`;
    case 'random-clients':
      return `random ${target.count} ${target.count === 1 ? 'client' : 'clients'}`;
    case 'followers':
    case 'minority':
    case 'majority':
    case 'servers':
    case 'clients':
      return target.kind;
  }
}

function latencyEntry(model: LatencyModel): LatencyEntry {
  switch (model.kind) {
    case 'constant':
      return writeDuration(model.us);
    case 'uniform':
      return [writeDuration(model.minUs), writeDuration(model.maxUs)];
    case 'exponential':
      return {
        exponential: { min: writeDuration(model.minUs), mean: writeDuration(model.meanUs) },
      };
    case 'lognormal':
      return {
        lognormal: { median: writeDuration(model.medianUs), sigma: model.sigmaPpm / 1_000_000 },
      };
    case 'bimodal':
      return {
        bimodal: {
          // A file can nest only constants and ranges here, so nothing else was ever read.
          fast: latencyEntry(model.fast) as string | [string, string],
          slow: latencyEntry(model.slow) as string | [string, string],
          slowShare: percent(model.slowPpm),
        },
      };
  }
}

function percent(ppm: number): string {
  return `${ppm / 10_000}%`;
}
