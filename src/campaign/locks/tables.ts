import { formatDuration } from '../../scenario/units.ts';
import { nextGrantBound, redisBounds, type LockBound } from './bounds.ts';
import { lockCost, type LockCost } from './cost.ts';
import { judgeFault, NOTIONS, type Cell, type Notion } from './judge-fault.ts';
import { LOCK_FAULTS, type LockFault } from './lock-fault.ts';
import { LOCK_SCHEMES, type LockScheme } from './scheme.ts';

/** A table as text, row by row; the first row is its head. */
export type Table = readonly (readonly string[])[];

const DAMAGE_HEAD = [
  'scheme',
  'grant',
  'belief',
  'effect',
  'overrun',
  'smallest that breaks grant',
  'belief',
  'effect',
];

/** One fault, all schemes. */
function damageTable(fault: LockFault, schemes: readonly LockScheme[] = LOCK_SCHEMES): Table {
  return [DAMAGE_HEAD, ...schemes.map((scheme) => damageRow(judgeFault(scheme, fault)))];
}

/** The heading of a fault's table: with the severity that its verdicts are about. */
function damageHeading({ title, unit, shown }: LockFault): string {
  return unit === null ? title : title.replace('…', severityText(unit, shown));
}

function damageRow({ scheme, fault, broken, overrunUs, smallest }: Cell): string[] {
  const verdict = (notion: Notion): string => (broken[notion] ? 'broken' : 'kept');
  return [
    scheme.title,
    ...NOTIONS.map(verdict),
    overrunUs > 0 ? milliseconds(overrunUs) : '-',
    ...NOTIONS.map((notion) => smallestText(fault, smallest[notion])),
  ];
}

function smallestText({ unit, most }: LockFault, severity: number | null): string {
  if (unit === null) return severity === null ? 'not by this' : 'this';
  return severity === null
    ? `none up to ${severityText(unit, most)}`
    : severityText(unit, severity);
}

function severityText(unit: 'us' | 'ppm', severity: number): string {
  return unit === 'us' ? formatDuration(severity) : `${(severity / 10_000).toFixed(2)} %`;
}

/** What a lock costs under one workload. */
function costTable(schemes: readonly LockScheme[] = LOCK_SCHEMES): Table {
  const head = [
    'scheme',
    'messages a lock',
    'fsyncs a lock',
    'locks in 5 s',
    'wait p50',
    'wait p99',
    'evenness of waits (Jain)',
    'most overtakes',
    "next grant after a holder's crash",
  ];
  return [head, ...schemes.map((scheme) => costRow(lockCost(scheme), nextGrantBound(scheme)))];
}

function costRow(cost: LockCost, bound: LockBound): string[] {
  return [
    cost.scheme.title,
    cost.messagesPerGrant.toFixed(1),
    cost.syncsPerGrant.toFixed(1),
    String(cost.grants),
    milliseconds(cost.waitMedianUs),
    milliseconds(cost.wait99Us),
    cost.evenness.toFixed(2),
    String(cost.overtakes),
    milliseconds(bound.measuredUs),
  ];
}

/** Bounds derived from the parameters, beside what was measured. */
function boundTable(schemes: readonly LockScheme[] = LOCK_SCHEMES): Table {
  const head = ['scheme', 'what', 'bound', 'from', 'greatest of 8 runs'];
  return [head, ...schemes.flatMap(boundsOf).map(boundRow)];
}

/** Every bound that is known of a scheme, measured. */
export function boundsOf(scheme: LockScheme): LockBound[] {
  // Contenders that listen ask at the very end of the lock's life: it is noticed before the active cycle comes round.
  const expires = scheme.protocol === 'redlock' && scheme.config['wait'] !== 'notify';
  const own = expires ? redisBounds(scheme) : [];
  return [nextGrantBound(scheme), ...own];
}

function boundRow({ scheme, what, rule, boundUs, measuredUs }: LockBound): string[] {
  return [scheme.title, what, milliseconds(boundUs), rule, milliseconds(measuredUs)];
}

function milliseconds(us: number): string {
  return `${Math.round(us / 1_000)} ms`;
}

/** All tables in Markdown, by the name under which a page asks for them: `faults`, `cost`, `bounds`. */
export function lockTables(): Readonly<Record<string, string>> {
  return {
    faults: LOCK_FAULTS.map(
      (fault) => `### ${upperFirst(damageHeading(fault))}\n\n${markdown(damageTable(fault))}`,
    ).join('\n\n'),
    cost: markdown(costTable()),
    bounds: markdown(boundTable()),
  };
}

/** The table as prettier would write it. */
export function markdown([head, ...rows]: Table): string {
  const all = [head!, ...rows];
  const widths = head!.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join(
    '\n',
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
