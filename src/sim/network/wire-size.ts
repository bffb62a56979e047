import type { Message } from '../engine/env.ts';

/** How many bytes a message takes on the wire: its JSON text in UTF-8. */
export function wireSizeBytes(message: Message): number {
  const text = JSON.stringify(message);
  let sizeBytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Two bytes up to 0x7ff, three beyond; a surrogate pair is two units and four bytes.
    sizeBytes += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return sizeBytes;
}
