import type { OperationRequest, Outcome } from '../protocols/protocol.ts';
import type { RunResult } from '../scenario/run-result.ts';
import type { Message } from '../sim/engine/env.ts';
import * as Kind from '../sim/engine/event-kind.ts';
import type { TraceRow } from '../sim/engine/trace.ts';
import type { Fault, FaultBegun } from '../sim/faults/fault.ts';
import { describeFaultBegun } from './describe-fault.ts';
import type { Style } from './format.ts';

/** Which rows to print. */
export interface EventFilter {
  readonly from: number;
  readonly to: number;
  /** Node names; null for all. */
  readonly nodes: ReadonlySet<string> | null;
  /** Kinds by name (`deliver`, `mark`, ...); null for all. */
  readonly kinds: ReadonlySet<string> | null;
}

const SIGNS: Readonly<Record<number, readonly [sign: string, ascii: string]>> = {
  [Kind.START]: ['◆', '^'],
  [Kind.DELIVER]: ['●', 'o'],
  [Kind.TIMER]: ['◷', 't'],
  [Kind.WAKE]: ['◷', 't'],
  [Kind.SYNCED]: ['■', 's'],
  [Kind.SEND]: ['○', '.'],
  [Kind.DROP]: ['×', 'x'],
  [Kind.DUPLICATE]: ['◎', 'd'],
  [Kind.MARK]: ['★', '*'],
  [Kind.CRASH]: ['✗', 'X'],
  [Kind.POWER_LOSS]: ['✗', 'X'],
  [Kind.PAUSE]: ['‖', 'p'],
  [Kind.RESUME]: ['▷', 'r'],
  [Kind.CLOCK]: ['◔', 'c'],
  [Kind.INVOKE]: ['→', '>'],
  [Kind.COMPLETE]: ['←', '<'],
};

/** The trace as one line a row: event number, virtual time, one column a node, and what happened in words. */
export function* eventLines(
  result: RunResult,
  filter: EventFilter,
  style: Style,
): Generator<string> {
  const names = [...result.scenario.servers, ...result.scenario.clients];
  const width = Math.max(2, ...names.map((name) => name.length));
  yield `${'event'.padStart(7)}  ${'time'.padStart(11)}  ${names.map((name) => name.padEnd(width)).join(' ')}  what`;
  for (let index = 0; index < result.trace.keptRows(); index += 1) {
    const row = result.trace.row(index);
    if (row.event < filter.from || row.event > filter.to) continue;
    const involved = [names[row.node], names[row.peer]];
    if (filter.nodes !== null && !involved.some((name) => filter.nodes!.has(name ?? ''))) continue;
    if (filter.kinds !== null && !filter.kinds.has(Kind.KIND_NAMES[row.kind] ?? '')) continue;
    const [sign, ascii] = SIGNS[row.kind] ?? ['·', ':'];
    const actor = row.kind === Kind.DROP || row.kind === Kind.DUPLICATE ? row.peer : row.node;
    const lane = style.ascii ? '|' : '│';
    const columns = names.map((_, node) =>
      (node === actor ? (style.ascii ? ascii : sign) : lane).padEnd(width),
    );
    const time = (row.timeUs / 1_000_000).toFixed(6);
    yield `${String(row.event).padStart(7)}  ${time.padStart(9)} s  ${columns.join(' ')}  ${describeRow(row, names)}`;
  }
}

/** What a row says, in words. */
export function describeRow(row: TraceRow, names: readonly string[]): string {
  const node = names[row.node] ?? '';
  const peer = names[row.peer] ?? '';
  switch (row.kind) {
    case Kind.START:
      return `${node} starts${row.a > 1 ? ` again (incarnation ${row.a})` : ''}`;
    case Kind.DELIVER:
      return `${node} gets ${messageText(row.payload)} from ${peer}`;
    case Kind.SEND:
      return `  ${node} sends ${messageText(row.payload)} to ${peer}`;
    case Kind.DROP:
      return `  lost (${Kind.DROP_REASONS[row.a] ?? '?'}): ${messageText(row.payload)} from ${node} to ${peer}`;
    case Kind.DUPLICATE:
      return `  duplicated: ${messageText(row.payload)} from ${node} to ${peer}`;
    case Kind.TIMER:
      return `${node} timer ${String(row.payload)}`;
    case Kind.WAKE:
      return `${node} task ${row.a} goes on`;
    case Kind.SYNCED:
      return `${node} disk sync ${row.a} ${row.payload === null ? 'done' : 'FAILED'}`;
    case Kind.CONTROL:
      return String(row.payload);
    case Kind.MARK: {
      const { name, detail } = row.payload as { name: string; detail: Record<string, unknown> };
      return `  ${node} is ${name}${fieldsText(detail)}`;
    }
    case Kind.CRASH:
      return `  ${node} goes down (${String(row.payload)})`;
    case Kind.POWER_LOSS:
      return `  ${node} loses ${row.a < 0 ? 'its whole disk' : `${row.a} unsynced writes`}`;
    case Kind.PAUSE:
      return `  ${node} is paused`;
    case Kind.RESUME:
      return `  ${node} goes on (${row.a} events waited)`;
    case Kind.CLOCK:
      return `  ${node}'s clock changes`;
    case Kind.FAULT_START:
      return `  fault begins: ${describeFaultBegun(row.payload as FaultBegun)}`;
    case Kind.FAULT_END:
      return `  fault ends: ${(row.payload as Fault).id}`;
    case Kind.INVOKE:
      return `  ${node} asks: ${operationText(row.payload as OperationRequest)}`;
    case Kind.COMPLETE: {
      const { operation, outcome } = row.payload as {
        operation: OperationRequest;
        outcome: Outcome;
      };
      return `  ${node} learns: ${operationText(operation)} ${outcomeText(operation, outcome)}`;
    }
    default:
      return Kind.KIND_NAMES[row.kind] ?? `kind ${row.kind}`;
  }
}

export function operationText({ f, key, value }: OperationRequest): string {
  const argument = value === null || value === undefined ? '' : ` ${JSON.stringify(value)}`;
  return `${f}${key === null ? '' : ` ${key}`}${argument}`;
}

export function outcomeText(operation: OperationRequest, outcome: Outcome): string {
  const because = outcome.error === undefined ? '' : ` (${outcome.error})`;
  if (outcome.type === 'ok')
    return operation.f === 'read' ? `ok -> ${JSON.stringify(outcome.value ?? null)}` : 'ok';
  return outcome.type === 'fail' ? `failed${because}` : `unknown${because}: it may have happened`;
}

function messageText(payload: unknown): string {
  if (payload === undefined) return 'a message';
  const { type, ...fields } = payload as Message & Record<string, unknown>;
  return `${type}${fieldsText(fields)}`;
}

const MAX_FIELD_CHARACTERS = 40;

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    const text =
      Array.isArray(value) && value.some((item) => typeof item === 'object')
        ? `[${value.length}]`
        : JSON.stringify(value);
    return `${name}=${text.length > MAX_FIELD_CHARACTERS ? `${text.slice(0, MAX_FIELD_CHARACTERS - 3)}...` : text}`;
  });
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}
