import { inflateRaw } from './inflate.ts';

/** Deflated bytes that stand in the page as base64. @throws Error with a sentence for people. */
export async function unpackText(base64: string): Promise<Uint8Array> {
  return inflate(bytesOf(base64.trim()));
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
