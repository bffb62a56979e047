import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

import { packReport } from './container.ts';
import type { ReportData } from './report-data.ts';

/** Where `npm run build` puts the pages; the same place seen from `src/` and from `dist/`. */
const PAGES = fileURLToPath(new URL('../../../dist/page/', import.meta.url));

/** What the templates hold in the places of the data and the title; both appear once. */
const DATA_PLACE = '@@splitbrain-report-data@@';
const TITLE_PLACE = '@@splitbrain-report-title@@';

/** The templates are missing: this checkout was not built. */
export class PageMissingError extends Error {
  constructor(file: string) {
    super(`${file} is missing: run \`npm run build\` first, which makes the report's page`);
    this.name = 'PageMissingError';
  }
}

/** A report as one HTML file that needs nothing else. Equal data and equal template give equal bytes. */
export function renderReport(report: ReportData): string {
  const template = readTemplate(report.live === null ? 'report.html' : 'live.html');
  const data = deflateRawSync(packReport(report), { level: 6, memLevel: 9 }).toString('base64');
  const title = escapeHtml(report.title);
  // Base64 and an escaped text: neither can end the element they stand in, and `$` in them means nothing.
  return template.replace(DATA_PLACE, () => data).replace(TITLE_PLACE, () => title);
}

function readTemplate(name: string): string {
  const file = `${PAGES}${name}`;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new PageMissingError(file);
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
