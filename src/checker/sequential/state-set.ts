/** A set of integer vectors of one length, compared exactly; the vectors lie in chunks of one growing array. */
export class StateSet {
  readonly #length: number;
  #rows: Int32Array;
  #slots: Int32Array;
  size = 0;

  constructor(length: number) {
    this.#length = length;
    this.#rows = new Int32Array(Math.max(length, 1) * 64);
    this.#slots = new Int32Array(128).fill(-1);
  }

  has(state: Int32Array): boolean {
    return this.#slots[this.#slotOf(state)] !== -1;
  }

  add(state: Int32Array): void {
    const slot = this.#slotOf(state);
    if (this.#slots[slot] !== -1) return;
    const start = this.size * this.#length;
    if (start + this.#length > this.#rows.length) {
      const larger = new Int32Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows.set(state, start);
    this.#slots[slot] = this.size;
    this.size += 1;
    if (this.size * 2 > this.#slots.length) this.#rehash();
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let row = 0; row < this.size; row += 1) {
      const start = row * this.#length;
      this.#slots[this.#slotOf(this.#rows.subarray(start, start + this.#length))] = row;
    }
  }

  /** The slot that holds the state, or the free one where it belongs. */
  #slotOf(state: Int32Array): number {
    let hash = 0x811c9dc5;
    for (const part of state) hash = Math.imul(hash ^ part ^ (part >>> 15), 0x01000193) + 0x9e37;
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (this.#slots[slot] !== -1 && !this.#equal(this.#slots[slot]!, state))
      slot = (slot + 1) & mask;
    return slot;
  }

  #equal(row: number, state: Int32Array): boolean {
    const start = row * this.#length;
    for (let i = 0; i < this.#length; i += 1) if (this.#rows[start + i] !== state[i]) return false;
    return true;
  }
}
