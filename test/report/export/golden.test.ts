import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportOptions } from '../../../src/report/export/exporter.ts';
import { PLAIN } from '../../../src/report/format.ts';
import { showLines } from '../../../src/report/show/show-lines.ts';
import { whyLines } from '../../../src/report/show/why-lines.ts';
import type { RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { violationRow } from '../../../src/report/trace/violation-row.ts';
import { whyOf } from '../../../src/report/trace/why.ts';
import { exported, STALE, toyRun } from './export-text.ts';

const GOLDEN = join(import.meta.dirname, '..', '..', 'golden', 'seeing');
const run = toyRun(...STALE);

/** Left out: the trace hash, which any change of the engine moves, and where the sources lie. */
function stable(text: string, { result: { hash } }: RecordedRun): string {
  return text
    .replaceAll(hash, 'TRACE')
    .replaceAll(hash.slice(0, 8), 'TRACE')
    .replaceAll(`${process.cwd()}/`, '');
}

const FILES: Readonly<Record<string, readonly [format: string, options?: Partial<ExportOptions>]>> =
  {
    'shiviz.log': ['shiviz'],
    'perfetto.json.txt': ['perfetto'],
    'history.edn': ['edn'],
    'porcupine.json.txt': ['porcupine'],
    'mermaid.txt': ['mermaid'],
    'markdown.txt': ['markdown'],
    'cone.dot': ['dot'],
    'anomaly.dot': ['dot', { graph: 'anomaly' }],
    'states.dot': ['dot', { graph: 'states' }],
    'itf.json.txt': ['itf', { max: 3 }],
    'otlp.json.txt': ['otlp'],
    'events.csv': ['csv'],
    'history.csv': ['csv', { table: 'history' }],
    'rows.jsonl': ['jsonl'],
  };

describe('a small run as other tools get it', () => {
  it.each(Object.entries(FILES))(
    '%s is as in test/golden/seeing',
    async (file, [format, options]) => {
      const { text } = exported(run, format, options);
      await expect(stable(text, run)).toMatchFileSnapshot(join(GOLDEN, file));
    },
  );

  it('the same run gives the same bytes', () => {
    for (const [format, options] of Object.values(FILES))
      expect(exported(toyRun(...STALE), format, options).text).toBe(
        exported(run, format, options).text,
      );
  });
});

describe('a small run in the terminal', () => {
  const options = { style: PLAIN, width: Infinity, whole: false };
  const all = { from: 0, to: Infinity, nodes: null, kinds: null, operation: null, story: false };

  it.each([
    ['show.txt', { ...all }, PLAIN],
    ['show-story.txt', { ...all, story: true }, PLAIN],
    ['show-ascii.txt', { ...all, story: true }, { ...PLAIN, ascii: true }],
  ])('%s is as in test/golden/seeing', async (file, filter, style) => {
    const lines = [...showLines(run, filter, { ...options, style })];
    await expect(stable(`${lines.join('\n')}\n`, run)).toMatchFileSnapshot(join(GOLDEN, file));
  });

  it('why.txt is as in test/golden/seeing', async () => {
    const lines = [...whyLines(run, whyOf(run, violationRow(run)), options)];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(GOLDEN, 'why.txt'));
  });
});
