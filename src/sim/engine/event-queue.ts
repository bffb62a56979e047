/**
 * The pending events, in one total order: virtual time, then the tie-break number given at `push`. A binary heap on typed
 * arrays; an event's other fields sit in parallel arrays under a slot number, so that neither pushing nor popping
 * allocates. Read the fields of the popped slot, then `release` it.
 */
export class EventQueue {
  size = 0;
  /** Fields of a slot; valid from `push` to `release`. */
  kind = new Uint8Array(INITIAL_CAPACITY);
  node = new Int32Array(INITIAL_CAPACITY);
  peer = new Int32Array(INITIAL_CAPACITY);
  a = new Int32Array(INITIAL_CAPACITY);
  digest = new Int32Array(INITIAL_CAPACITY);
  payload: unknown[] = new Array<unknown>(INITIAL_CAPACITY).fill(undefined);
  /** The trace row that led to the event; set by whoever wants it kept. */
  cause = new Int32Array(INITIAL_CAPACITY);

  #capacity = INITIAL_CAPACITY;
  #time = new Float64Array(INITIAL_CAPACITY);
  #tie = new Float64Array(INITIAL_CAPACITY);
  #slot = new Int32Array(INITIAL_CAPACITY);
  #free = new Int32Array(INITIAL_CAPACITY);
  #freeCount = 0;

  constructor() {
    for (let slot = INITIAL_CAPACITY - 1; slot >= 0; slot -= 1)
      this.#free[this.#freeCount++] = slot;
  }

  /** The time of the next event, or Infinity. */
  nextTimeUs(): number {
    return this.size > 0 ? this.#time[0]! : Infinity;
  }

  /** Returns the slot of the new event. */
  push(
    timeUs: number,
    tie: number,
    kind: number,
    node: number,
    peer: number,
    a: number,
    digest: number,
    payload: unknown,
  ): number {
    // Not `size`: while an event is handled its slot is out of the heap and not free either.
    if (this.#freeCount === 0) this.#grow();
    const slot = this.#free[--this.#freeCount]!;
    this.kind[slot] = kind;
    this.node[slot] = node;
    this.peer[slot] = peer;
    this.a[slot] = a;
    this.digest[slot] = digest;
    this.payload[slot] = payload;
    const time = this.#time;
    const ties = this.#tie;
    const slots = this.#slot;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = time[parent]!;
      if (parentTime < timeUs || (parentTime === timeUs && ties[parent]! <= tie)) break;
      time[hole] = parentTime;
      ties[hole] = ties[parent]!;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    time[hole] = timeUs;
    ties[hole] = tie;
    slots[hole] = slot;
    return slot;
  }

  /** Removes the first event and returns its slot; the queue must not be empty. */
  pop(): number {
    const time = this.#time;
    const ties = this.#tie;
    const slots = this.#slot;
    const result = slots[0]!;
    const size = --this.size;
    if (size > 0) {
      const lastTime = time[size]!;
      const lastTie = ties[size]!;
      const lastSlot = slots[size]!;
      let hole = 0;
      for (let child = 1; child < size; child = 2 * hole + 1) {
        let childTime = time[child]!;
        const right = child + 1;
        if (right < size) {
          const rightTime = time[right]!;
          if (rightTime < childTime || (rightTime === childTime && ties[right]! < ties[child]!)) {
            child = right;
            childTime = rightTime;
          }
        }
        if (lastTime < childTime || (lastTime === childTime && lastTie <= ties[child]!)) break;
        time[hole] = childTime;
        ties[hole] = ties[child]!;
        slots[hole] = slots[child]!;
        hole = child;
      }
      time[hole] = lastTime;
      ties[hole] = lastTie;
      slots[hole] = lastSlot;
    }
    return result;
  }

  /** Gives the slot back; its payload is dropped. */
  release(slot: number): void {
    this.payload[slot] = undefined;
    this.#free[this.#freeCount++] = slot;
  }

  #grow(): void {
    const old = this.#capacity;
    const capacity = old * 2;
    const grown = <A extends Float64Array | Int32Array | Uint8Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    this.kind = grown(new Uint8Array(capacity), this.kind);
    this.node = grown(new Int32Array(capacity), this.node);
    this.peer = grown(new Int32Array(capacity), this.peer);
    this.a = grown(new Int32Array(capacity), this.a);
    this.digest = grown(new Int32Array(capacity), this.digest);
    this.cause = grown(new Int32Array(capacity), this.cause);
    this.#time = grown(new Float64Array(capacity), this.#time);
    this.#tie = grown(new Float64Array(capacity), this.#tie);
    this.#slot = grown(new Int32Array(capacity), this.#slot);
    this.#free = grown(new Int32Array(capacity), this.#free);
    for (let slot = capacity - 1; slot >= old; slot -= 1) {
      this.payload[slot] = undefined;
      this.#free[this.#freeCount++] = slot;
    }
    this.#capacity = capacity;
  }
}

const INITIAL_CAPACITY = 256;
