import { unpackReport } from '../../report/html/container.ts';
import type { ReportData } from '../../report/html/report-data.ts';
import { inflateRaw } from './inflate.ts';

/** Reads the report that stands in the page. @throws Error with a sentence for people. */
export async function loadReport(base64: string): Promise<ReportData> {
  return unpackReport(await inflate(bytesOf(base64.trim())));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    throw new Error('The data of this report is damaged: it is no base64 text.');
  }
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (typeof DecompressionStream === 'undefined') return inflateRaw(bytes);
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error('The data of this report is damaged or cut off: it cannot be unpacked.');
  }
}
