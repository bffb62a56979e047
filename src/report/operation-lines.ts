import type { Operation } from '../history/history.ts';
import { clientOf } from '../scenario/client-names.ts';

const WIDTH = 100;
const MAX_ANSWER = 38;
const MIN_REQUEST = 8;

/** Operations as aligned columns: number, client, what was asked, when, and the answer. `clients` in topology order. */
export function operationLines(
  operations: readonly Operation[],
  clients: readonly string[],
): string[] {
  const rows = operations.map((operation) => [
    `#${operation.index}`,
    clientOf(operation.process, clients),
    request(operation),
    interval(operation),
    clip(answer(operation), MAX_ANSWER),
  ]);
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]!.length));
  const others = [0, 1, 3, 4].reduce((sum, column) => sum + widthOf(column) + 2, 4);
  const widths = [0, 1, 2, 3].map((column) =>
    column === 2 ? Math.min(widthOf(2), Math.max(MIN_REQUEST, WIDTH - others)) : widthOf(column),
  );
  return rows.map((row) =>
    `    ${row.map((cell, column) => clip(cell, widths[column] ?? cell.length).padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

function request({ f, key, input }: Operation): string {
  const words = [f];
  if (key !== undefined) words.push(typeof key === 'string' ? key : JSON.stringify(key));
  if (f === 'cas' && Array.isArray(input))
    words.push(`${JSON.stringify(input[0])} -> ${JSON.stringify(input[1])}`);
  else if (input !== undefined && input !== null) words.push(JSON.stringify(input));
  return words.join(' ');
}

function answer({ status, output, error, f }: Operation): string {
  if (status === 'info') return 'unknown: may or may not have happened';
  if (status === 'fail') return `fail${error === null ? '' : ` (${error})`}`;
  return f === 'read' ? `ok -> ${JSON.stringify(output ?? null)}` : 'ok';
}

/** An operation that nobody saw the end of goes on: `0.469 s - ...`. */
function interval({ invokeTimeUs, complete, completeTimeUs }: Operation): string {
  return `${seconds(invokeTimeUs)} - ${complete === Infinity ? '...' : seconds(completeTimeUs)}`;
}

function seconds(us: number): string {
  return Number.isNaN(us) ? '?' : `${(us / 1_000_000).toFixed(3)} s`;
}
