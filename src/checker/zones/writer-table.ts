import type { RegisterColumns } from '../compile/compile-registers.ts';
import { WRITE } from '../search/machine.ts';

/** Codes that spread over at most so many times the number of operations are looked up in an array. */
const SPREAD = 16;
const CODE_SPAN = 0x100000000;

/** Finds the write of a value to a register. */
export class WriterTable {
  readonly #columns: RegisterColumns;
  readonly #lowest: number;
  /** Operation plus 1 by value code; used while no value is written to two registers. */
  #byCode: Int32Array | undefined;
  readonly #byName = new Map<number, number>();

  constructor(columns: RegisterColumns) {
    this.#columns = columns;
    const { kind, to } = columns;
    let lowest = 0;
    let highest = 0;
    for (let i = 0; i < kind.length; i++) {
      if (kind[i] !== WRITE) continue;
      if (to[i]! < lowest) lowest = to[i]!;
      if (to[i]! > highest) highest = to[i]!;
    }
    this.#lowest = lowest;
    const span = highest - lowest + 1;
    if (span <= SPREAD * kind.length + 4096) this.#byCode = new Int32Array(span);
  }

  /** Notes a write; false when its value was written to its register before. */
  add(write: number): boolean {
    const { to, object } = this.#columns;
    if (this.#byCode !== undefined) {
      const at = to[write]! - this.#lowest;
      const other = this.#byCode[at]! - 1;
      if (other < 0) {
        this.#byCode[at] = write + 1;
        return true;
      }
      if (object[other] === object[write]) return false;
      for (const op of this.#byCode) if (op > 0) this.#byName.set(this.#name(op - 1), op - 1);
      this.#byCode = undefined;
    }
    const name = this.#name(write);
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, write);
    return true;
  }

  /** The write of a value code to a register, or -1. */
  find(register: number, code: number): number {
    if (this.#byCode === undefined) return this.#byName.get(register * CODE_SPAN + code) ?? -1;
    const write = (this.#byCode[code - this.#lowest] ?? 0) - 1;
    return write >= 0 && this.#columns.object[write] === register ? write : -1;
  }

  #name(write: number): number {
    return this.#columns.object[write]! * CODE_SPAN + this.#columns.to[write]!;
  }
}
