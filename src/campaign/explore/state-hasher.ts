import { INNER_STATE, type WithInnerState } from '../../sim/engine/inner-state.ts';
import { bagOf, mixA, mixB, mixLanes, type Lanes } from './mix.ts';

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/**
 * Hashes states: plain data, and objects by their fields and what they tell as {@link INNER_STATE}. Left out are functions,
 * the ignored fields, and times (fields named `...Us`): an exploration knows no durations. Maps and sets count as bags.
 */
export class StateHasher {
  readonly #ignored: ReadonlySet<string>;
  readonly #strings = new Map<string, Lanes>();
  readonly #open = new Set<object>();

  constructor(ignored: readonly string[]) {
    this.#ignored = new Set(ignored);
  }

  of(value: unknown): Lanes {
    switch (typeof value) {
      case 'number':
        return lanesOfNumber(value);
      case 'string':
        return this.#ofString(value);
      case 'object':
        return value === null ? NULL : this.#ofObject(value);
      case 'boolean':
        return value ? TRUE : FALSE;
      case 'bigint':
      case 'symbol':
        return this.#ofString(String(value));
      case 'function':
      case 'undefined':
        return NULL;
    }
  }

  #ofObject(value: object): Lanes {
    // Two objects that know each other are a circle: the second meeting adds nothing.
    if (this.#open.has(value)) return NULL;
    this.#open.add(value);
    const lanes = this.#contents(value);
    this.#open.delete(value);
    return lanes;
  }

  #contents(value: object): Lanes {
    if (Array.isArray(value)) return this.#sequence(value);
    if (value instanceof Map)
      return bagOf([...value].map(([key, item]) => mixLanes(this.of(key), this.of(item))));
    if (value instanceof Set) return bagOf([...value].map((item) => this.of(item)));
    const inner = INNER_STATE in value ? (value as WithInnerState)[INNER_STATE]() : undefined;
    const fields = Object.entries(value)
      .filter(([name]) => !name.endsWith('Us') && !this.#ignored.has(name))
      .map(([name, field]) => mixLanes(this.#ofString(name), this.of(field)));
    return mixLanes(bagOf(fields), this.of(inner));
  }

  #sequence(items: readonly unknown[]): Lanes {
    let a = 0x5b ^ items.length;
    let b = 0x5d ^ items.length;
    // By index: arrays may have holes.
    for (let index = 0; index < items.length; index += 1) {
      const item = this.of(items[index]);
      a = mixA(a, item.a);
      b = mixB(b, item.b);
    }
    return { a, b };
  }

  #ofString(text: string): Lanes {
    let lanes = this.#strings.get(text);
    if (lanes === undefined) {
      let a = 0x811c9dc5 ^ text.length;
      let b = 0x01000193 + text.length;
      for (let at = 0; at < text.length; at += 1) {
        a = mixA(a, text.charCodeAt(at));
        b = mixB(b, text.charCodeAt(at));
      }
      lanes = { a, b };
      this.#strings.set(text, lanes);
    }
    return lanes;
  }
}

const NULL: Lanes = { a: 0x4e554c4c, b: 0x6e756c6c };
const TRUE: Lanes = { a: 0x74727565, b: 0x65757274 };
const FALSE: Lanes = { a: 0x66616c73, b: 0x736c6166 };

function lanesOfNumber(value: number): Lanes {
  if ((value | 0) === value) return { a: mixA(0x6e, value), b: mixB(0x75, value) };
  scratch[0] = value;
  const [low, high] = [scratchWords[0]!, scratchWords[1]!];
  return { a: mixA(mixA(0x6d, low), high), b: mixB(mixB(0x62, low), high) };
}
