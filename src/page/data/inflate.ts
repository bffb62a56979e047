/**
 * Unpacks raw deflate data (RFC 1951), for browsers without `DecompressionStream`.
 * @throws Error when the data is damaged or cut off.
 */
export function inflateRaw(input: Uint8Array): Uint8Array {
  return new Inflater(input).run();
}

/** Code lengths of a block are themselves coded, in this order (RFC 1951 §3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const MAX_BITS = 15;

/** A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
interface Huffman {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

class Inflater {
  readonly #input: Uint8Array;
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #output: Uint8Array;
  #size = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
    this.#output = new Uint8Array(Math.max(1024, input.length * 4));
  }

  run(): Uint8Array {
    let last: boolean;
    do {
      last = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 0) this.#stored();
      else if (type === 1) this.#block(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#dynamic();
      else throw new Error('The data of this report is damaged (unknown block).');
    } while (!last);
    return this.#output.subarray(0, this.#size);
  }

  #take(count: number): number {
    while (this.#bitCount < count) {
      if (this.#at >= this.#input.length) throw new Error('The data of this report is cut off.');
      this.#bits |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #symbol({ counts, symbols }: Huffman): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length += 1) {
      code |= this.#take(1);
      const count = counts[length]!;
      if (code - count < first) return symbols[index + (code - first)]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error('The data of this report is damaged (unknown code).');
  }

  #stored(): void {
    this.#bits = 0;
    this.#bitCount = 0;
    const length = this.#input[this.#at]! | (this.#input[this.#at + 1]! << 8);
    this.#at += 4;
    if (this.#at + length > this.#input.length)
      throw new Error('The data of this report is cut off.');
    this.#reserve(length);
    this.#output.set(this.#input.subarray(this.#at, this.#at + length), this.#size);
    this.#at += length;
    this.#size += length;
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    const lengths = new Uint8Array(literals + distances);
    const order = new Uint8Array(19);
    for (let index = 0; index < codes; index += 1) order[LENGTH_ORDER[index]!] = this.#take(3);
    const huffman = huffmanOf(order);
    for (let index = 0; index < lengths.length;) {
      const symbol = this.#symbol(huffman);
      if (symbol < 16) {
        lengths[index++] = symbol;
        continue;
      }
      const value = symbol === 16 ? (lengths[index - 1] ?? 0) : 0;
      const repeat =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      lengths.fill(value, index, index + repeat);
      index += repeat;
    }
    this.#block(huffmanOf(lengths.subarray(0, literals)), huffmanOf(lengths.subarray(literals)));
  }

  #block(literals: Huffman, distances: Huffman): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#reserve(1);
        this.#output[this.#size++] = symbol;
        continue;
      }
      const length = LENGTH_BASE[symbol - 257]! + this.#take(LENGTH_EXTRA[symbol - 257]!);
      const code = this.#symbol(distances);
      const distance = DISTANCE_BASE[code]! + this.#take(code < 4 ? 0 : (code >> 1) - 1);
      if (distance > this.#size) throw new Error('The data of this report is damaged (distance).');
      this.#reserve(length);
      for (let left = length; left > 0; left -= 1) {
        this.#output[this.#size] = this.#output[this.#size - distance]!;
        this.#size += 1;
      }
    }
  }

  #reserve(count: number): void {
    if (this.#size + count <= this.#output.length) return;
    const larger = new Uint8Array(Math.max(this.#output.length * 2, this.#size + count));
    larger.set(this.#output);
    this.#output = larger;
  }
}

function huffmanOf(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  const offsets = new Uint16Array(MAX_BITS + 2);
  for (let length = 1; length <= MAX_BITS; length += 1)
    offsets[length + 1] = offsets[length]! + counts[length]!;
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries())
    if (length !== 0) symbols[offsets[length]!++] = symbol;
  return { counts, symbols };
}

const FIXED_LITERALS = huffmanOf(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
);
const FIXED_DISTANCES = huffmanOf(new Uint8Array(30).fill(5));
