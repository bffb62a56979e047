import { targetEntry } from '../campaign/documents/fault-entry.ts';
import type {
  Fault,
  FaultAction,
  Moment,
  TargetSelector,
  Trigger,
  FaultBegun,
} from '../sim/faults/fault.ts';
import { writeDuration } from '../scenario/units.ts';

/** A target as a scenario file writes it, on one line. */
function describeTarget(target: TargetSelector): string {
  return [targetEntry(target)].flat().join(', ');
}

/** What a fault does, in one phrase. */
export function describeAction(action: FaultAction): string {
  switch (action.kind) {
    case 'partition':
      return `partition ${action.groups.map((group) => `{${group.join(' ')}}`).join(' | ')}`;
    case 'isolate':
      return `isolate ${describeTarget(action.target)}`;
    case 'one-way':
      return `one-way partition: nothing from ${describeTarget(action.from)} reaches ${describeTarget(action.to)}`;
    case 'links':
      return `only the links ${action.kept.map(([a, b]) => `${a}-${b}`).join(' ')} work`;
    case 'flapping':
      return `flapping partition of ${describeTarget(action.target)}: cut ${writeDuration(action.cutUs)}, healed ${writeDuration(action.healedUs)}`;
    case 'messages':
      return describeMessages(action);
    case 'clog':
      return `clog ${describeTarget(action.from)} to ${describeTarget(action.to)}`;
    case 'message': {
      const { type, nth, from, to, arrivesUs } = action;
      const arrival =
        arrivesUs.length === 0
          ? 'is lost'
          : `arrives at ${arrivesUs.map(writeDuration).join(', ')}`;
      return `${type} ${nth} from ${from} to ${to} ${arrival}`;
    }
    case 'halves':
      return 'partition into two drawn halves';
    case 'bridge':
      return 'partition into two halves with one bridge';
    case 'ring':
      return 'partition into a ring of majorities';
    case 'slow-disk':
      return `disk of ${describeTarget(action.target)} ${action.factor}x slower`;
    case 'stalled-disk':
      return `disk of ${describeTarget(action.target)} stalls`;
    case 'failed-sync':
      return `syncs of ${describeTarget(action.target)} fail`;
    case 'clock-step':
      return `wall clock of ${describeTarget(action.target)} steps by ${writeDuration(action.byUs)}`;
    case 'clock-drift':
      return `clocks of ${describeTarget(action.target)} drift by ${action.ppm} ppm`;
    case 'clock-freeze':
      return `clocks of ${describeTarget(action.target)} freeze`;
    case 'fire-timer':
      return `timer ${action.timer} of ${describeTarget(action.target)} fires`;
    case 'wake':
      return `a sleep or a call of ${describeTarget(action.target)} ends`;
    case 'kill':
    case 'power-loss':
    case 'disk-loss':
    case 'pause':
      return `${action.kind.replace('-', ' ')} of ${describeTarget(action.target)}`;
  }
}

function describeMessages(action: Extract<FaultAction, { kind: 'messages' }>): string {
  const percent = (ppm: number): string => `${ppm / 10_000}%`;
  const does = [
    action.dropPpm > 0 ? `drop ${percent(action.dropPpm)}` : '',
    action.duplicatePpm > 0 ? `duplicate ${percent(action.duplicatePpm)}` : '',
    action.reorderPpm > 0 ? `reorder ${percent(action.reorderPpm)}` : '',
    action.corruptPpm > 0 ? `corrupt ${percent(action.corruptPpm)}` : '',
    action.delay === null ? '' : 'delay',
  ].filter((word) => word !== '');
  const types = action.types === null ? 'all messages' : action.types.join(', ');
  return `${does.join(', ')} of ${types} from ${describeTarget(action.from)} to ${describeTarget(action.to)}`;
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'mark': {
      const where = Object.entries(trigger.where).map(([key, value]) => ` ${key}=${String(value)}`);
      return `${trigger.node ?? 'a node'} marks ${trigger.mark}${where.join('')}${times(trigger.nth)}`;
    }
    case 'message': {
      const [from, to] = [trigger.from ?? 'any', trigger.to ?? 'any'];
      return `${trigger.type} ${from} to ${to} is ${trigger.on}${times(trigger.nth)}`;
    }
    case 'event':
      return `event ${trigger.event}`;
    case 'fault':
      return `${trigger.id} ${trigger.edge === 'start' ? 'starts' : 'ends'}`;
    case 'operation':
      return `${trigger.id} is ${trigger.edge === 'invoke' ? 'invoked' : 'completed'}`;
  }
}

function times(nth: number): string {
  return nth === 1 ? '' : ` (time ${nth})`;
}

export function describeMoment(moment: Moment): string {
  if ('atUs' in moment) return `at ${writeDuration(moment.atUs)}`;
  const delay = moment.delayUs === 0 ? '' : `${writeDuration(moment.delayUs)} after `;
  return `${delay === '' ? 'when ' : delay}${describeTrigger(moment.when)}`;
}

/** A fault as one line: `f1  at 2s  isolate leader  for 800ms`. */
export function describeFault(fault: Fault): string {
  const end =
    fault.end === null
      ? 'to the heal'
      : 'forUs' in fault.end
        ? `for ${writeDuration(fault.end.forUs)}`
        : `until ${describeMoment(fault.end.until)}`;
  return `${fault.id}  ${describeMoment(fault.start)}  ${describeAction(fault.action)}  ${end}`;
}

/** A fault as it began, with the nodes that its target turned out to mean. */
export function describeFaultBegun({ fault, targets }: FaultBegun): string {
  const text = describeFault(fault);
  const named = targets.length === 0 ? 'nobody' : targets.join(', ');
  return targets.length > 0 && targets.every((name) => text.split(/[\s,{}|]+/).includes(name))
    ? text
    : `${text}  [${named}]`;
}
