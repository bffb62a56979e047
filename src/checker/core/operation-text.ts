import { canonicalJson } from '../../history/canonical-json.ts';
import type { History, Operation } from '../../history/history.ts';

const TAKES: readonly string[] = [
  'read',
  'get',
  'r',
  'dequeue',
  'pop',
  'poll',
  'peek',
  'contains',
  'length',
];
/** Functions whose argument may well be null. */
const SETS: readonly string[] = ['write', 'put', 'w', 'set', 'enqueue', 'push'];
const US_PER_SECOND = 1e6;

/** Whether the operation's answer is what it is about. */
export function answers(op: Operation): boolean {
  return TAKES.includes(op.f);
}

/** `c1`, for a client that has a number; else its name. */
export function clientName(op: Operation): string {
  return typeof op.process === 'number' ? `c${op.process}` : op.process;
}

/** `write x 2`, `cas x 1 -> 2`, `read x`: what was asked. */
export function requestText(op: Operation): string {
  const key = op.key === undefined ? '' : ` ${keyText(op.key)}`;
  if (op.f === 'cas' && Array.isArray(op.input))
    return `cas${key} ${canonicalJson(op.input[0])} -> ${canonicalJson(op.input[1])}`;
  const silent = op.input === undefined || (op.input === null && !SETS.includes(op.f));
  const input = silent ? '' : ` ${canonicalJson(op.input)}`;
  return `${op.f}${key}${input}`;
}

/** `ok -> 1`, `fail`, `never answered: may or may not have happened`. */
export function outcomeText(op: Operation): string {
  if (op.status === 'info') return 'no answer: may or may not have happened';
  if (op.status === 'fail') return op.f === 'cas' ? 'refused: compare failed' : 'failed';
  return answers(op) || (typeof op.output === 'number' && op.output !== op.input)
    ? `ok -> ${canonicalJson(op.output)}`
    : 'ok';
}

/** Number or position of an operation in the history as people find it: the line if there is one. */
export function operationLines(history: History, indices: readonly number[]): string[] {
  const rows = indices.map((index) => {
    const op = history.operation(index);
    return [`#${index}`, clientName(op), requestText(op), intervalText(op), outcomeText(op)];
  });
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]!.length), 0),
  );
  return rows.map((row) =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export function keyText(key: unknown): string {
  return typeof key === 'string' ? key : canonicalJson(key);
}

function intervalText(op: Operation): string {
  const begin = momentText(op.invokeTimeUs, op.line, op.invoke);
  const end =
    op.complete === Infinity ? '...' : momentText(op.completeTimeUs, op.completeLine, op.complete);
  return `${begin} - ${end}`;
}

function momentText(timeUs: number, line: number, position: number): string {
  if (line > 0) return `line ${line}`;
  if (!Number.isNaN(timeUs)) return `${timeUs / US_PER_SECOND} s`;
  return `event ${position}`;
}
