import { COLUMNS, type Column, SCHEMES } from '../campaign/bench/shootout-bench.ts';
import { formatDuration } from './format.ts';

const HEADS: Readonly<Record<Column, string>> = {
  latencyP50Us: 'p50',
  latencyP99Us: 'p99',
  lockTimeMeanUs: 'bound',
  messagesPerOperation: 'messages',
  forcedWritesPerOperation: 'forced',
  operationsPerSecond: 'ok/s',
  operationsPerSecondContended: 'ok/s 2 keys',
  abortedPercentContended: 'refused',
  tornAuditsPercent: 'torn audits',
  handlers: 'handlers',
};

/** The table of `bench shootout`: a row for each scheme. */
export function shootoutText(metrics: Readonly<Record<string, number>>): string[] {
  const rows = [
    ['scheme', ...COLUMNS.map((column) => HEADS[column])],
    ...SCHEMES.map(({ name }) => [
      name,
      ...COLUMNS.map((column) => cell(column, metrics[`${name}.${column}`]!)),
    ]),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!)))
      .join('  '),
  );
}

function cell(column: Column, value: number): string {
  if (column.endsWith('Us')) return formatDuration(value);
  return column.includes('Percent') ? `${value}%` : String(value);
}
