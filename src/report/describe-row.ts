import type { OperationRequest, Outcome } from '../protocols/protocol.ts';
import type { Message } from '../sim/engine/env.ts';
import * as Kind from '../sim/engine/event-kind.ts';
import type { TraceRow } from '../sim/engine/trace.ts';
import type { Fault, FaultBegun } from '../sim/faults/fault.ts';
import { describeFaultBegun } from './describe-fault.ts';

/** What a row alone does not know; every part may be missing. */
export interface RowContext {
  /** Payload fields in full, however long. */
  readonly whole?: boolean;
  /** The faults that took a lost message: `cut`. */
  readonly lostTo?: (row: TraceRow) => string;
  /** How a node's clock stands after a change: `5s ahead`. */
  readonly clock?: (row: TraceRow) => string;
}

/** What a row says, in words; two spaces before what happened inside an event. */
export function describeRow(
  row: TraceRow,
  names: readonly string[],
  context: RowContext = {},
): string {
  const whole = context.whole ?? false;
  const node = names[row.node] ?? '';
  const peer = names[row.peer] ?? '';
  switch (row.kind) {
    case Kind.START:
      return `${node} starts${row.a > 1 ? ` again (incarnation ${row.a})` : ''}`;
    case Kind.DELIVER:
      return `${node} gets ${messageText(row.payload, whole)} from ${peer}`;
    case Kind.SEND:
      return `  ${node} sends ${messageText(row.payload, whole)} to ${peer}`;
    case Kind.DROP:
      return `  lost (${Kind.DROP_REASONS[row.a] ?? '?'}${commaBefore(context.lostTo?.(row))}): ${messageText(row.payload, whole)} from ${node} to ${peer}`;
    case Kind.DUPLICATE:
      return `  duplicated: ${messageText(row.payload, whole)} from ${node} to ${peer}`;
    case Kind.TIMER:
      return `${node} timer ${String(row.payload)}`;
    case Kind.WAKE:
      return `${node} task ${row.a} goes on`;
    case Kind.SYNCED:
      return `${node} disk sync ${row.a} ${row.payload === null ? 'done' : 'FAILED'}`;
    case Kind.CONTROL:
      return row.payload === 'heal' ? 'all faults are healed' : String(row.payload);
    case Kind.MARK: {
      const { name, detail } = row.payload as { name: string; detail: Record<string, unknown> };
      return `  ${node} is ${name}${fieldsText(detail, whole)}`;
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
      return `  ${node}'s clock changes${commaBefore(context.clock?.(row))}`;
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

function commaBefore(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `, ${text}`;
}

/** `AppendEntries term=2 entries=[3]`. */
function messageText(payload: unknown, whole = false): string {
  if (payload === undefined) return 'a message';
  const { type, ...fields } = payload as Message & Record<string, unknown>;
  return `${type}${fieldsText(fields, whole)}`;
}

const MAX_FIELD_CHARACTERS = 40;

function fieldsText(fields: Readonly<Record<string, unknown>>, whole: boolean): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    if (whole) return `${name}=${JSON.stringify(value)}`;
    const text =
      Array.isArray(value) && value.some((item) => typeof item === 'object')
        ? `[${value.length}]`
        : JSON.stringify(value);
    return `${name}=${text.length > MAX_FIELD_CHARACTERS ? `${text.slice(0, MAX_FIELD_CHARACTERS - 3)}...` : text}`;
  });
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}
