import { unpackReport } from '../../report/html/container.ts';
import type { ReportData } from '../../report/html/report-data.ts';
import { unpackText } from './unpack-text.ts';

/** Reads the report that stands in the page. @throws Error with a sentence for people. */
export async function loadReport(base64: string): Promise<ReportData> {
  return unpackReport(await unpackText(base64));
}
