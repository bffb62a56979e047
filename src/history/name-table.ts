/** Numbers names in order of first appearance: processes, functions, keys, errors. */
export class NameTable<T> {
  readonly names: T[];
  readonly #indexOf = new Map<T, number>();

  constructor(names: readonly T[] = []) {
    this.names = [...names];
    names.forEach((name, index) => this.#indexOf.set(name, index));
  }

  index(name: T): number {
    const known = this.#indexOf.get(name);
    if (known !== undefined) return known;
    const index = this.names.length;
    this.names.push(name);
    this.#indexOf.set(name, index);
    return index;
  }

  find(name: T): number | undefined {
    return this.#indexOf.get(name);
  }
}
