import type { Operation } from '../history/history.ts';
import {
  isFailure,
  outcomeOf,
  type PropertyResult,
  type RunResult,
} from '../scenario/run-result.ts';
import { describeFault } from './describe-fault.ts';
import { formatDuration, paint, verdictSign, wrap, type Style } from './format.ts';

const WIDTH = 100;
const MAX_BECAUSE_LINES = 16;
const MAX_FAULT_LINES = 8;

/** How to get this very run again; printed with every failure and always on one line. */
export function reproduceCommand(result: RunResult): string {
  const { name, file } = result.scenario;
  return `npx splitbrain replay ${shellWord(isBundled(file) ? name : (file ?? name))} --seed ${shellWord(result.seed)}`;
}

function isBundled(file: string | null): boolean {
  return file !== null && /(^|[\\/])scenarios[\\/][a-z]+[\\/][^\\/]+\.yaml$/.test(file);
}

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The verdicts of one run: one line when all is as declared, the whole story of the failure otherwise. */
export function runText(result: RunResult, style: Style, verbose: boolean): string[] {
  const outcome = outcomeOf(result.properties);
  const lines = [headline(result, style)];
  const declared = result.properties.filter(
    (property) => property.declared === 'violated' && property.verdict === 'violated',
  );
  if (outcome === 'passed') {
    if (verbose) lines.push(...propertyTable(result, style));
    for (const property of declared) lines.push(...propertyText(result, property, style));
    return lines;
  }
  lines.push(...propertyTable(result, style));
  for (const property of result.properties)
    if (isFailure(property) || !['holds', 'violated'].includes(property.verdict))
      lines.push(...propertyText(result, property, style));
  lines.push(...scheduleText(result));
  lines.push(
    '',
    `  Reproduce   ${reproduceCommand(result)}   # expects ${result.hash.slice(0, 8)}`,
  );
  return lines;
}

function headline(result: RunResult, style: Style): string {
  const outcome = outcomeOf(result.properties);
  const asDeclared = result.properties.some(
    ({ verdict, declared }) => verdict === 'violated' && declared === 'violated',
  );
  const [sign, color, words] =
    outcome === 'passed'
      ? ([
          verdictSign(style, 'holds'),
          'green',
          asDeclared ? 'violated, as declared' : 'all properties hold',
        ] as const)
      : outcome === 'failed'
        ? ([verdictSign(style, 'violated'), 'red', failureWords(result.properties)] as const)
        : ([verdictSign(style, 'inconclusive'), 'yellow', 'proves nothing'] as const);
  const facts = [
    `seed ${result.seed}`,
    `${result.events} events`,
    `${formatDuration(result.virtualUs)} virtual`,
    `trace ${result.hash.slice(0, 8)}`,
  ];
  return `${paint(style, color, `${sign} ${result.scenario.name}: ${words}`)}   ${paint(style, 'dim', facts.join('   '))}`;
}

function failureWords(properties: readonly PropertyResult[]): string {
  return properties
    .filter((property) => isFailure(property))
    .map(({ name, declared }) =>
      declared === 'holds' ? `${name} violated` : `${name} was declared violated, but holds`,
    )
    .join(', ');
}

function propertyTable(result: RunResult, style: Style): string[] {
  const width = Math.max(...result.properties.map(({ name }) => name.length));
  return result.properties.map(({ name, verdict, declared, sentence }) => {
    const note = declared === 'violated' ? ' (declared violated)' : '';
    const text = verdict === 'holds' && sentence !== '' ? `  ${sentence}` : '';
    return `    ${verdictSign(style, verdict)} ${name.padEnd(width)}  ${verdict}${note}${text}`;
  });
}

function propertyText(result: RunResult, property: PropertyResult, style: Style): string[] {
  const lines = [
    '',
    ...wrap(`${labelOf(property)}${property.sentence}`, WIDTH - 2, '  ').map(indent),
  ];
  const operations = property.operations.map((index) => result.history.operation(index));
  if (operations.length > 0) lines.push('', ...operationLines(operations));
  const because = property.because.filter((line) => !/^\s*#\d+ {2}/.test(line));
  const shown = because.slice(0, MAX_BECAUSE_LINES);
  if (shown.some((line) => line.trim() !== '')) lines.push('');
  lines.push(
    ...shown
      .flatMap((line) => wrap(line.trim(), WIDTH - 4, '  '))
      .filter((line) => line !== '')
      .map((line) => `    ${line}`),
  );
  if (because.length > shown.length)
    lines.push(`    (and ${because.length - shown.length} lines more)`);
  return lines.map((line, index) => (index === 1 ? paint(style, 'bold', line) : line));
}

function labelOf({ verdict, name, declared }: PropertyResult): string {
  if (verdict === 'holds') return `${name} was declared violated, and was not: `;
  if (verdict === 'vacuous') return `VACUOUS ${name}: `;
  if (verdict === 'inconclusive') return `INCONCLUSIVE ${name}: `;
  return declared === 'violated' ? `As declared, ${name} is violated. ` : '';
}

function indent(line: string): string {
  return `  ${line}`;
}

/** The operations as columns: number, process, what was asked, when, and the answer. */
export function operationLines(operations: readonly Operation[]): string[] {
  const cells = operations.map((operation) => [
    `#${operation.index}`,
    `c${operation.process}`,
    request(operation),
    `${seconds(operation.invokeTimeUs)} - ${operation.complete === Infinity ? '?' : seconds(operation.completeTimeUs)}`,
    answer(operation),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function request({ f, key, input }: Operation): string {
  const words = [f];
  if (key !== undefined) words.push(typeof key === 'string' ? key : JSON.stringify(key));
  if (input !== undefined && input !== null) words.push(JSON.stringify(input));
  return words.join(' ');
}

function answer({ status, output, error, f }: Operation): string {
  if (status === 'info') return 'unknown: may or may not have happened';
  if (status === 'fail') return `fail${error === null ? '' : ` (${error})`}`;
  return f === 'read' ? `ok -> ${JSON.stringify(output ?? null)}` : 'ok';
}

function seconds(us: number): string {
  return Number.isNaN(us) ? '?' : `${(us / 1_000_000).toFixed(3)} s`;
}

function scheduleText(result: RunResult): string[] {
  if (result.schedule.length === 0) return [];
  const lines = ['', '  Faults of this run'];
  const reports = new Map(result.faults.map((report) => [report.id, report]));
  for (const fault of result.schedule.slice(0, MAX_FAULT_LINES)) {
    const report = reports.get(fault.id);
    const effect =
      report === undefined || report.state === 'waiting'
        ? 'never began'
        : `effect ${report.effect}${report.targets.length > 0 ? ` on ${report.targets.join(' ')}` : ''}`;
    lines.push(`    ${describeFault(fault)}  [${effect}]`);
  }
  const more = result.schedule.length - MAX_FAULT_LINES;
  if (more > 0) lines.push(`    ... and ${more} more (schedule.json)`);
  return lines;
}
