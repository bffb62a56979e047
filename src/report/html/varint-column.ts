/** How the numbers of a column are written: as they are, or as differences from the one before. */
export type ColumnMode = 'plain' | 'delta';

/** Whole numbers (below 2^53 in size) as zigzag varints, seven bits a byte, the lowest first. */
export function encodeColumn(values: ArrayLike<number>, mode: ColumnMode): Uint8Array {
  let bytes = new Uint8Array(Math.max(16, values.length * 2));
  let at = 0;
  let before = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    const signed = mode === 'delta' ? value - before : value;
    before = value;
    if (at + 9 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let left = signed < 0 ? -2 * signed - 1 : 2 * signed;
    while (left >= 0x80) {
      bytes[at++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    bytes[at++] = left;
  }
  return bytes.slice(0, at);
}

/** Reads a column back into `into`. @throws RangeError when the bytes end too early. */
export function decodeColumn(
  bytes: Uint8Array,
  mode: ColumnMode,
  into: { readonly length: number; [index: number]: number },
): void {
  let at = 0;
  let before = 0;
  for (let index = 0; index < into.length; index += 1) {
    // Most numbers take one byte.
    const first = bytes[at];
    if (first !== undefined && first < 0x80) {
      at += 1;
      const small = (first >>> 1) ^ -(first & 1);
      before = mode === 'delta' ? before + small : small;
      into[index] = before;
      continue;
    }
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      if (at >= bytes.length)
        throw new RangeError(`a column of ${into.length} numbers ends after ${index}`);
      byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    const signed = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    before = mode === 'delta' ? before + signed : signed;
    into[index] = before;
  }
}

/** Reads a column of `count` numbers written `plain` into the smallest kind of array that holds them. */
export function decodeNumbers(bytes: Uint8Array, count: number): Int32Array | Float64Array {
  const values = new Float64Array(count);
  decodeColumn(bytes, 'plain', values);
  return values.every((value) => value === (value | 0)) ? Int32Array.from(values) : values;
}
