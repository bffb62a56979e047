import type { HistoryBuilder } from './history-builder.ts';
import { HistoryError } from './history-error.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Status } from './history.ts';

/** One event as a format spelled it, before it is checked. Fields that the line did not have are `undefined`. */
export interface EventRecord {
  readonly process: unknown;
  readonly type: unknown;
  readonly f: unknown;
  readonly key: unknown;
  readonly value: unknown;
  readonly timeUs: number;
  readonly error: unknown;
  readonly line: number;
  readonly column?: number | undefined;
}

export interface EventOptions {
  readonly file?: string | undefined;
  /** Values are `[key, value]` pairs of independent objects (jepsen.independent). */
  readonly independent?: boolean | undefined;
}

const TYPES: readonly unknown[] = ['invoke', 'ok', 'fail', 'info'];
const NEMESIS = 'nemesis';

/** Records one event. Returns false when it is not a client's (the nemesis), and so no part of the history. */
export function recordEvent(
  builder: HistoryBuilder,
  event: EventRecord,
  options: EventOptions,
): boolean {
  const { process, type, line, column } = event;
  if (process === NEMESIS) return false;
  const place = { file: options.file, line, column };
  if (!(typeof process === 'string' || (typeof process === 'number' && Number.isInteger(process))))
    throw new HistoryError(
      place,
      process === undefined
        ? 'an event without process'
        : `${canonicalJson(process)} is no process`,
      'a "process" that is an integer (or a name)',
      'Give each client its own number.',
    );
  if (!TYPES.includes(type))
    throw new HistoryError(
      place,
      type === undefined ? 'an event without type' : `${canonicalJson(type)} is no event type`,
      'a "type" of "invoke", "ok", "fail" or "info"',
      'Correct the type of this event.',
    );
  const split = splitIndependent(event, options, place);
  const f = event.f ?? (type !== 'invoke' || !Array.isArray(split.value) ? undefined : 'txn');
  if (f !== undefined && typeof f !== 'string')
    throw new HistoryError(place, `${canonicalJson(f)} is no function`, 'a name in "f"', FIX_F);
  if (type === 'invoke') {
    if (f === undefined)
      throw new HistoryError(place, 'an invocation without function', 'a name in "f"', FIX_F);
    const value = f === 'txn' ? normalTransaction(split.value) : split.value;
    builder.invoke(process, f, split.key, value, event.timeUs, line, column);
    return true;
  }
  const open = builder.openFunction(process);
  if (f !== undefined && open !== undefined && f !== open)
    throw new HistoryError(
      place,
      `process ${process} completes a ${f}, but its open operation is a ${open}`,
      `a completion of the ${open}`,
      'Correct "f" on one of the two lines, or add the missing events between them.',
    );
  const value = open === 'txn' ? normalTransaction(split.value) : split.value;
  const error = event.error === undefined ? null : textOf(event.error);
  builder.complete(process, type as Status, value, event.timeUs, error, line, column);
  return true;
}

const FIX_F = 'Name what the client did: "read", "write", "cas", "enqueue", "txn", ...';

function splitIndependent(
  event: EventRecord,
  options: EventOptions,
  place: { file: string | undefined; line: number; column: number | undefined },
): { key: unknown; value: unknown } {
  if (options.independent !== true) return event;
  if (Array.isArray(event.value) && event.value.length === 2)
    return { key: event.value[0], value: event.value[1] };
  if (event.type !== 'invoke' && !Array.isArray(event.value)) return event;
  throw new HistoryError(
    place,
    'a value that is not a [key value] pair',
    'a pair, because the history was said to hold independent keys',
    'Read it without the independent option.',
  );
}

/** Micro-operations under their short names: `["r", key, value]`, `["w", key, value]`, `["append", key, value]`. */
function normalTransaction(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((micro: unknown) => {
    if (!Array.isArray(micro)) return micro;
    const [f, ...rest] = micro as unknown[];
    return [f === 'read' ? 'r' : f === 'write' ? 'w' : f, ...rest];
  });
}

function textOf(error: unknown): string {
  return typeof error === 'string' ? error : canonicalJson(error);
}
