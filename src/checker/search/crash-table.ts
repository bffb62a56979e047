/**
 * How many operations of each crashed kind a configuration has used, as numbered vectors of counts. Crashed operations with
 * the same action are interchangeable, so they are used in order of invocation and a count says which ones.
 */
export class CrashTable {
  readonly #vectors: Uint16Array[] = [new Uint16Array(0)];
  readonly #totals: number[] = [0];
  readonly #known = new Map<string, number>([['', 0]]);
  readonly #successors: Map<number, number>[] = [new Map<number, number>()];

  /** How many operations of a kind the vector has used. */
  count(vector: number, kind: number): number {
    return this.#vectors[vector]![kind] ?? 0;
  }

  total(vector: number): number {
    return this.#totals[vector]!;
  }

  get bytes(): number {
    return this.#vectors.length * 160;
  }

  /** The vector with one more operation of a kind used. */
  plus(vector: number, kind: number): number {
    const successors = this.#successors[vector]!;
    let next = successors.get(kind);
    if (next === undefined) {
      const from = this.#vectors[vector]!;
      const counts = new Uint16Array(Math.max(from.length, kind + 1));
      counts.set(from);
      counts[kind]!++;
      const name = counts.join();
      next = this.#known.get(name);
      if (next === undefined) {
        next = this.#vectors.length;
        this.#vectors.push(counts);
        this.#totals.push(this.#totals[vector]! + 1);
        this.#successors.push(new Map());
        this.#known.set(name, next);
      }
      successors.set(kind, next);
    }
    return next;
  }

  /** Whether `a` has used no more of any kind than `b`. */
  atMost(a: number, b: number): boolean {
    if (a === b) return true;
    if (this.#totals[a]! > this.#totals[b]!) return false;
    const [x, y] = [this.#vectors[a]!, this.#vectors[b]!];
    for (let i = 0; i < x.length; i++) if (x[i]! > (y[i] ?? 0)) return false;
    return true;
  }
}
