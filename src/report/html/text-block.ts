import type { TextBlock } from './report-data.ts';

/** Gathers texts into one block of bytes. */
export class TextBlockBuilder {
  readonly #encoder = new TextEncoder();
  readonly #ends: number[] = [];
  #bytes = new Uint8Array(1 << 16);
  #size = 0;

  get count(): number {
    return this.#ends.length;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** Adds a text and returns its index. */
  add(text: string): number {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#reserve(text.length * 3);
    this.#size += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#size)).written;
    this.#ends.push(this.#size);
    return this.#ends.length - 1;
  }

  build(): TextBlock {
    return { bytes: this.#bytes.slice(0, this.#size), ends: Float64Array.from(this.#ends) };
  }

  #reserve(size: number): void {
    if (this.#size + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + size));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

const decoder = new TextDecoder();

/** The text with this index. */
export function textAt({ bytes, ends }: TextBlock, index: number): string {
  const start = index === 0 ? 0 : ends[index - 1]!;
  return decoder.decode(bytes.subarray(start, ends[index]));
}
