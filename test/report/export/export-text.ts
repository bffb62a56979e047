import type { ExportOptions } from '../../../src/report/export/exporter.ts';
import { EXPORT_FORMATS } from '../../../src/report/export/formats.ts';
import { recordRun, type RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { violationRow } from '../../../src/report/trace/violation-row.ts';
import { toyScenario, WORKLOAD } from '../../scenario/run-toy.ts';

export interface Exported {
  readonly text: string;
  readonly notes: readonly string[];
}

/** A run in a format, as `splitbrain export` writes it. */
export function exported(
  run: RecordedRun,
  format: string,
  options: Partial<ExportOptions> = {},
): Exported {
  const notes: string[] = [];
  const pieces = EXPORT_FORMATS[format]!.write(run, {
    max: null,
    graph: 'cone',
    table: 'events',
    row: violationRow(run),
    other: null,
    note: (text) => notes.push(text),
    ...options,
  });
  return { text: [...pieces].join(''), notes };
}

/** Text that every format must take as text: what ends strings, lines, comments and pages, and what turns the writing. */
export const HOSTILE = 'a"b\\c|{}<x>;#%%\n</script>\u0000\u202eend, Note over `$\u00e9\ud83d\ude00';

/** A small run of the toy protocol: a stale read, a pause, and hostile text in what is written. */
export function toyRun(...lines: readonly string[]): RecordedRun {
  return recordRun(toyScenario(...lines), { seed: '1' });
}

const SCRIPT = (value: unknown): string => `script:
  - { client: c1, do: write, value: 1, at: 10ms }
  - { client: c1, do: write, value: ${JSON.stringify(value)}, at: 20ms }
  - { client: c2, do: read, at: 30ms }`;

export const STALE: readonly string[] = [
  'bug: stale',
  SCRIPT(2),
  'liveness: none',
  'faults: [{ id: cut, kind: pause, target: c2, at: 5ms, for: 10ms }]',
  'properties: { linearizable: violated }',
];

export const HOSTILE_STALE: readonly string[] = [
  'bug: stale',
  SCRIPT(HOSTILE),
  'liveness: none',
  'properties: { linearizable: violated }',
];

export const BUSY: readonly string[] = [
  WORKLOAD,
  'topology: { servers: 2, clients: 3 }',
  'network: { latency: [1ms, 20ms], loss: 10%, duplicate: 10% }',
  'faults: [{ id: f1, kind: isolate, target: n2, at: 50ms, for: 50ms, mayMiss: true }, { id: f2, kind: kill, target: c1, at: 60ms, for: 40ms }]',
];
