import type { PropertyResult, RunResult } from '../scenario/run-result.ts';
import { paint, wrap, type Style } from './format.ts';
import { operationLines } from './operation-lines.ts';

const WIDTH = 100;
const MAX_OPERATIONS = 8;
const MAX_OTHER_LINES = 2;
const MIN_REASONS = 4;

/** A property in full: its sentence, the operations of the witness, the reasons; at most `room` lines. */
export function propertyText(
  result: RunResult,
  property: PropertyResult,
  style: Style,
  room: number,
): string[] {
  const sentence = sentenceLines(property).map((line) => paint(style, 'bold', line));
  const lines = ['', ...sentence];
  const shown = property.operations.slice(0, room === Infinity ? undefined : MAX_OPERATIONS);
  if (shown.length > 0) {
    const operations = shown.map((index) => result.history.operation(index));
    lines.push('', ...operationLines(operations, result.scenario.clients));
    if (property.operations.length > shown.length)
      lines.push(`    (and ${property.operations.length - shown.length} more operations)`);
  }
  const reasons = reasonLines(property.because);
  if (reasons.length === 0) return lines;
  const left = Math.max(MIN_REASONS, room - lines.length - 1);
  lines.push('', ...reasons.slice(0, reasons.length > left ? left - 1 : left));
  if (reasons.length > left)
    lines.push(`    (and ${reasons.length - left + 1} lines more: --verbose shows them)`);
  return lines;
}

/** A property in its sentence only, two lines at most. */
export function propertyLine(property: PropertyResult): string[] {
  const lines = sentenceLines(property);
  if (lines.length <= MAX_OTHER_LINES) return lines;
  return [
    ...lines.slice(0, MAX_OTHER_LINES - 1),
    `${lines[MAX_OTHER_LINES - 1]!.slice(0, WIDTH - 4)} ...`,
  ];
}

function sentenceLines(property: PropertyResult): string[] {
  return wrap(`${labelOf(property)}${property.sentence}`.trim(), WIDTH - 2, '').map(
    (line) => `  ${line}`,
  );
}

function labelOf({ verdict, name, declared }: PropertyResult): string {
  if (verdict === 'holds')
    return `${name} was declared violated, but holds: the weakness did not show in this run. `;
  if (verdict === 'vacuous') return `VACUOUS ${name}: `;
  if (verdict === 'inconclusive') return `INCONCLUSIVE ${name}: `;
  return declared === 'violated' ? `As declared, ${name} is violated. ` : '';
}

/**
 * The because-chain, as invariants (facts), the checker (operations, a heading, reasons) and exceptions (a stack) give
 * it. The operations are left out: they are shown with their clients and times.
 */
function reasonLines(because: readonly string[]): string[] {
  const lines = because
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(#\d+ {2}|\.\.\. and )/.test(line));
  const marked = lines.some((line) => line.startsWith('- ') || line.startsWith('at '));
  return lines.flatMap((line) => {
    if (line.endsWith(':')) return wrap(line, WIDTH - 2, '').map((part) => `  ${part}`);
    if (line.startsWith('at ')) return [`    ${frame(line)}`];
    const text = marked ? line : `- ${line}`;
    return wrap(text, WIDTH - 4, text.startsWith('- ') ? '  ' : '').map((part) => `    ${part}`);
  });
}

/** A stack frame in at most {@link WIDTH} columns: paths lose their scheme, the working directory, then their front. */
function frame(line: string): string {
  const short = line.replace('file://', '').replace(`${workingFolder()}/`, '');
  const tooMuch = short.length + 4 - WIDTH;
  if (tooMuch <= 0) return short;
  const path = Math.max(short.indexOf('(') + 1, 3);
  return `${short.slice(0, path)}...${short.slice(path + tooMuch + 3)}`;
}

/** A browser, in which a report runs again, has none. */
function workingFolder(): string {
  return typeof process === 'undefined' ? '' : process.cwd();
}
