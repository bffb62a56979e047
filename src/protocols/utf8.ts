const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The length of a text as servers count it: in bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** The first bytes of a text; a character that is cut in two becomes a replacement character. */
export function firstBytes(text: string, most: number): string {
  // Each UTF-16 unit is at least one byte.
  return decoder.decode(encoder.encode(text.slice(0, most)).subarray(0, most));
}

/**
 * The order of two texts by their bytes in UTF-8, which is the order of their code points. JavaScript's own order puts
 * surrogates, of which the highest code points are made, before U+E000 to U+FFFF.
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Surrogates go behind all other UTF-16 units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
