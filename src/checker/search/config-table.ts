const LOAD = 2;

/** A set of equally long integer records, found by content and numbered in order of insertion. */
export class ConfigTable {
  readonly stride: number;
  data: Int32Array;
  count = 0;
  #index: Int32Array;
  #slotOf: Int32Array;
  #capacity: number;

  constructor(stride: number, capacity = 64) {
    this.stride = stride;
    this.#capacity = capacity;
    this.data = new Int32Array(capacity * stride);
    this.#index = new Int32Array(capacity * LOAD);
    this.#slotOf = new Int32Array(capacity);
  }

  get bytes(): number {
    return this.data.byteLength + this.#index.byteLength + this.#slotOf.byteLength;
  }

  /** Adds a copy of the record at `offset` of `source`; its number, or -1 when the set held it already. */
  add(source: Int32Array, offset: number): number {
    const { stride } = this;
    const mask = this.#index.length - 1;
    let slot = hashOf(source, offset, stride) & mask;
    for (;;) {
      const entry = this.#index[slot]!;
      if (entry === 0) break;
      const at = (entry - 1) * stride;
      let i = 0;
      while (i < stride && this.data[at + i] === source[offset + i]) i++;
      if (i === stride) return -1;
      slot = (slot + 1) & mask;
    }
    if (this.count === this.#capacity) {
      this.#grow();
      return this.add(source, offset);
    }
    const id = this.count++;
    const at = id * stride;
    for (let i = 0; i < stride; i++) this.data[at + i] = source[offset + i]!;
    this.#index[slot] = id + 1;
    this.#slotOf[id] = slot;
    return id;
  }

  /** The number of the record at `offset` of `source`, or -1. */
  find(source: Int32Array, offset: number): number {
    const mask = this.#index.length - 1;
    let slot = hashOf(source, offset, this.stride) & mask;
    for (;;) {
      const entry = this.#index[slot]!;
      if (entry === 0) return -1;
      const at = (entry - 1) * this.stride;
      let i = 0;
      while (i < this.stride && this.data[at + i] === source[offset + i]) i++;
      if (i === this.stride) return entry - 1;
      slot = (slot + 1) & mask;
    }
  }

  clear(): void {
    for (let id = 0; id < this.count; id++) this.#index[this.#slotOf[id]!] = 0;
    this.count = 0;
  }

  #grow(): void {
    this.#capacity *= 2;
    const data = new Int32Array(this.#capacity * this.stride);
    data.set(this.data);
    this.data = data;
    this.#slotOf = new Int32Array(this.#capacity);
    this.#index = new Int32Array(this.#capacity * LOAD);
    const mask = this.#index.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = hashOf(data, id * this.stride, this.stride) & mask;
      while (this.#index[slot] !== 0) slot = (slot + 1) & mask;
      this.#index[slot] = id + 1;
      this.#slotOf[id] = slot;
    }
  }
}

function hashOf(source: Int32Array, offset: number, stride: number): number {
  let hash = 0x9e3779b9;
  for (let i = 0; i < stride; i++) {
    hash = Math.imul(hash ^ source[offset + i]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
