import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import type { Fault, FaultAction, FaultBegun, TargetSelector } from '../../sim/faults/fault.ts';
import type { RecordedRun } from './recorded-run.ts';

/** A fault of a run as a band of time. */
export interface FaultSpan {
  readonly fault: Fault;
  /** The nodes it was about, as resolved when it began. */
  readonly targets: readonly string[];
  readonly startRow: number;
  readonly startEvent: number;
  readonly startUs: number;
  /** Of the event that ended it; null: the run ended first. */
  endEvent: number | null;
  endUs: number | null;
}

/** A time in which a node was down or paused. */
export interface NodeSpan {
  readonly node: number;
  readonly kind: 'down' | 'paused';
  /** The crash or the pause. */
  readonly startRow: number;
  readonly startEvent: number;
  readonly startUs: number;
  endEvent: number | null;
  endUs: number | null;
}

/** The bands of a run: its faults, and when which node was down or paused. */
export interface RunSpans {
  /** In the order in which they began; a fault that never began is not among them. */
  readonly faults: readonly FaultSpan[];
  readonly nodes: readonly NodeSpan[];
  /** When all faults were healed; null when the run ended before. */
  readonly healUs: number | null;
}

export function spansOf({ result: { trace } }: Pick<RecordedRun, 'result'>): RunSpans {
  const faults: FaultSpan[] = [];
  const nodes: NodeSpan[] = [];
  let healUs: number | null = null;
  const open = new Map<string, FaultSpan | NodeSpan>();
  const end = (key: string, { event, timeUs }: TraceRow): void => {
    const span = open.get(key);
    if (span === undefined) return;
    span.endEvent = event;
    span.endUs = timeUs;
    open.delete(key);
  };
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const row = trace.row(index);
    const { kind, node } = row;
    const started = {
      startRow: index,
      startEvent: row.event,
      startUs: row.timeUs,
      endEvent: null,
      endUs: null,
    };
    if (kind === Kind.FAULT_START) {
      const { fault, targets } = row.payload as FaultBegun;
      const span: FaultSpan = { fault, targets, ...started };
      faults.push(span);
      open.set(`fault ${fault.id}`, span);
    } else if (kind === Kind.FAULT_END) end(`fault ${(row.payload as Fault).id}`, row);
    else if (kind === Kind.CRASH || kind === Kind.PAUSE) {
      const word = kind === Kind.CRASH ? 'down' : 'paused';
      if (word === 'down') end(`paused ${node}`, row);
      const span: NodeSpan = { node, kind: word, ...started };
      nodes.push(span);
      open.set(`${word} ${node}`, span);
    } else if (kind === Kind.RESUME) end(`paused ${node}`, row);
    else if (kind === Kind.START) end(`down ${node}`, row);
    else if (kind === Kind.CONTROL && row.payload === 'heal') healUs = row.timeUs;
  }
  return { faults, nodes, healUs };
}

/** The faults that were on when a message from `from` to `to` was lost, and that may have taken it; usually one. */
export function faultsBehind(
  spans: RunSpans,
  lost: TraceRow,
  names: readonly string[],
): readonly FaultSpan[] {
  const reason = Kind.DROP_REASONS[lost.a];
  if (reason === 'node down') return [];
  const [from, to] = [names[lost.node] ?? '', names[lost.peer] ?? ''];
  const type = (lost.payload as { readonly type?: string } | undefined)?.type ?? '';
  return spans.faults.filter(
    (span) =>
      span.startEvent <= lost.event &&
      (span.endEvent === null || span.endEvent >= lost.event) &&
      (reason === 'partition' || reason === 'rule' || reason === 'corrupt') &&
      stops(span, reason, from, to, type),
  );
}

function stops(
  { fault: { action }, targets }: FaultSpan,
  reason: 'partition' | 'rule' | 'corrupt',
  from: string,
  to: string,
  type: string,
): boolean {
  if (action.kind === 'messages')
    return (
      reason !== 'partition' &&
      targets.includes(from) &&
      mayMean(action.to, to) &&
      (action.types === null || action.types.includes(type)) &&
      (reason === 'corrupt' ? action.corruptPpm : action.dropPpm) > 0
    );
  if (action.kind === 'message')
    return reason === 'rule' && action.from === from && action.to === to && action.type === type;
  return reason === 'partition' && cuts(action, targets, from, to);
}

/** Only the first target of a fault is kept as resolved; of the second one knows no more than what the schedule says. */
function mayMean(selector: TargetSelector, name: string): boolean {
  return selector.kind !== 'nodes' || selector.names.includes(name);
}

function cuts(action: FaultAction, targets: readonly string[], from: string, to: string): boolean {
  switch (action.kind) {
    case 'partition': {
      const groupOf = (name: string): number =>
        action.groups.findIndex((group) => group.includes(name));
      const [a, b] = [groupOf(from), groupOf(to)];
      return a >= 0 && b >= 0 && a !== b;
    }
    case 'isolate':
    case 'halves':
    case 'flapping':
      return targets.includes(from) !== targets.includes(to);
    case 'one-way':
      return targets.includes(from) && mayMean(action.to, to);
    case 'links':
      return !action.kept.some(([a, b]) => [a, b].includes(from) && [a, b].includes(to));
    case 'bridge':
    case 'ring':
      return targets.includes(from) && targets.includes(to);
    case 'clog':
    case 'message':
    case 'messages':
    case 'kill':
    case 'power-loss':
    case 'disk-loss':
    case 'pause':
    case 'slow-disk':
    case 'stalled-disk':
    case 'failed-sync':
    case 'clock-step':
    case 'clock-drift':
    case 'clock-freeze':
    case 'fire-timer':
    case 'wake':
      return false;
  }
}
