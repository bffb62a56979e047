import { readFileSync } from 'node:fs';
import { HistoryBuilder } from '../../history/history-builder.ts';
import { HistoryError } from '../../history/history-error.ts';
import { DEFAULT_DIALECT, History } from '../../history/history.ts';
import { recordEvent } from '../../history/event-record.ts';
import { parseHistory } from '../../history/read-history.ts';

/** One line of a history as a plain object (DESIGN §6). `time` in microseconds; without it the order of the array counts. */
export interface HistoryEvent {
  readonly process: number | string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f?: string;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly time?: number;
  readonly error?: unknown;
}

/** What the matchers take: a history, its events, or the path of a file (JSON lines, Jepsen EDN, logs; gzip or not). */
export type HistoryInput = History | readonly HistoryEvent[] | string;

/** @throws HistoryError when it is no history. */
export function historyOf(input: unknown): History {
  if (input instanceof History) return input;
  if (typeof input === 'string') return fromFile(input);
  if (!Array.isArray(input))
    throw new HistoryError(
      {},
      `expect() got ${input === null ? 'null' : typeof input}`,
      'a History, an array of events, or the path of a history file',
      'Pass what readHistory() gives, the recorded events, or a path.',
    );
  return fromEvents(input as readonly HistoryEvent[]);
}

function fromEvents(events: readonly HistoryEvent[]): History {
  const builder = new HistoryBuilder();
  events.forEach((event, index) => {
    if (typeof event !== 'object' || (event as HistoryEvent | null) === null)
      throw new HistoryError(
        { line: index + 1 },
        `event ${index} is ${JSON.stringify(event)}`,
        'an object { process, type, f, key, value }',
        'Pass the events of one history, one object each.',
      );
    const { process, type, f, key, value, time = NaN, error } = event;
    recordEvent(
      builder,
      { process, type, f, key, value, timeUs: time, error, line: index + 1 },
      {},
    );
  });
  return builder.build({ dialect: DEFAULT_DIALECT });
}

function fromFile(path: string): History {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new HistoryError(
      { file: path },
      `cannot be read (${(error as { code?: string }).code ?? 'error'})`,
      'a history file',
      'Check the path; it is taken from the working directory of the test runner.',
    );
  }
  return parseHistory(bytes, { file: path }).history;
}
