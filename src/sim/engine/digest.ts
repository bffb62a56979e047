const PRIME = 0x01000193;
const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/**
 * 32-bit digests of plain data, for the trace hash: equal data give equal digests on every machine. Strings are hashed
 * once and remembered while they repeat (field names and message types do for ever).
 */
export class Digester {
  /** Strings seen lately, and those of the generation before: what is asked for goes on, what never repeats is dropped. */
  #young = new Map<string, number>();
  #old: ReadonlyMap<string, number> = new Map();
  /** The last string seen with a given length and first character: field names hit it, by one pointer comparison. */
  readonly #recent: string[] = new Array<string>(RECENT).fill('');
  readonly #recentHash: Int32Array = new Int32Array(RECENT).fill(EMPTY_STRING_HASH);

  /** Digest of any plain value; object fields count in their insertion order. */
  of(value: unknown): number {
    if (typeof value === 'number') return digestNumber(value);
    if (typeof value === 'string') return this.ofString(value);
    if (typeof value !== 'object') return digestScalar(value, this);
    if (value === null) return 0x4e554c4c;
    if (Array.isArray(value)) {
      let hash = 0x5b ^ value.length;
      for (let index = 0; index < value.length; index += 1) hash = mix(hash, this.of(value[index]));
      return hash;
    }
    const { constructor } = value;
    if (constructor === Map || constructor === Set) return this.of([...(value as Set<unknown>)]);
    let hash = 0x7b;
    // A plain object's own fields; for..in is the one way to walk them without building a list of keys.
    // eslint-disable-next-line determinism/no-for-in
    for (const key in value) {
      const field = (value as Record<string, unknown>)[key];
      const fieldDigest = typeof field === 'number' ? digestNumber(field) : this.of(field);
      hash = mix((hash + this.ofString(key)) | 0, fieldDigest);
    }
    return hash;
  }

  ofString(text: string): number {
    if (text.length === 0) return EMPTY_STRING_HASH;
    const place =
      (text.length * 29 + text.charCodeAt(0) * 5 + text.charCodeAt(text.length - 1)) & (RECENT - 1);
    if (this.#recent[place] === text) return this.#recentHash[place]!;
    const hash = this.#lookUp(text);
    this.#recent[place] = text;
    this.#recentHash[place] = hash;
    return hash;
  }

  #lookUp(text: string): number {
    const known = this.#young.get(text);
    if (known !== undefined) return known;
    const hash = this.#old.get(text) ?? hashOf(text);
    if (this.#young.size === GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, hash);
    return hash;
  }
}

const RECENT = 256;
const EMPTY_STRING_HASH = 0x811c9dc5 | 0;
/** Strings in a generation. */
const GENERATION = 4096;

/** FNV-1a, folded. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash ^ (hash >>> 15);
}

function mix(hash: number, word: number): number {
  const folded = Math.imul(hash ^ word, 0x9e3779b1);
  return folded ^ (folded >>> 15);
}

function digestNumber(value: number): number {
  if ((value | 0) === value) return Math.imul(value ^ 0x6e756d, 0x85ebca6b);
  // Engines and machines differ in the bits of a not-a-number.
  if (Number.isNaN(value)) return 0x4e614e;
  scratch[0] = value;
  return mix(scratchWords[0]!, scratchWords[1]!);
}

function digestScalar(value: unknown, digester: Digester): number {
  if (typeof value === 'boolean') return value ? 0x74727565 : 0x66616c73;
  if (typeof value === 'bigint' || typeof value === 'symbol')
    return digester.ofString(String(value));
  return 0x756e6465;
}
