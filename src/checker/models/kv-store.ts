import { canonicalJson } from '../../history/canonical-json.ts';
import type { Call, Model } from './model.ts';
import { casWasRefused, isPair, plainStoreDefinition } from './register.ts';

const same = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b);

const BLIND: readonly string[] = ['put', 'write', 'w', 'set', 'delete'];

/**
 * A key-value store with `append`: `get`, `put`, `append` (to a string), `cas`, `delete`; each key is an object of its own.
 * Appending to null starts a new string. Stores without `append` are judged as registers, which is faster.
 */
export const appendStore: Model = {
  name: 'kv',
  functions: [...plainStoreDefinition.functions, 'append'],
  usesInitial: true,
  init: (initial) => initial,
  isPure: (call) =>
    call.f === 'get' || call.f === 'read' || call.f === 'r' || call.outcome === 'refused',
  isTotal: (call) => call.f === 'append' || BLIND.includes(call.f),
  isBlind: (call) => BLIND.includes(call.f),
  refuses: (call, error, dialect) => call.f === 'cas' && casWasRefused(error, dialect),
  step(state, call) {
    switch (call.f) {
      case 'get':
      case 'read':
      case 'r':
        return call.output === undefined || same(state, call.output) ? state : undefined;
      case 'append':
        return `${typeof state === 'string' ? state : ''}${call.input as string}`;
      case 'delete':
        return null;
      case 'cas': {
        if (!isPair(call.input)) return undefined;
        const holds = same(state, call.input[0]);
        if (call.outcome === 'refused') return holds ? undefined : state;
        return holds ? call.input[1] : undefined;
      }
      default:
        return call.input;
    }
  },
  complaint(call: Call) {
    if (call.f === 'append' && typeof call.input !== 'string') return 'append carries a string';
    return plainStoreDefinition.complaint?.(call);
  },
};

/** Registers that are read and written together by transactions: `txn` with `[["r", key, value], ["w", key, value], ...]`. */
export const multiRegister: Model<Readonly<Record<string, unknown>>> = {
  name: 'multi-register',
  functions: ['txn'],
  usesInitial: true,
  partition: null,
  init: (initial) => initialRegisters(initial),
  isPure: (call) => (call.input as unknown[][]).every((micro) => micro[0] === 'r'),
  step(state, call) {
    let registers = state;
    const micros = (call.output ?? call.input) as [string, unknown, unknown][];
    for (const [f, key, value] of micros) {
      const name = String(key);
      const held = name in registers ? registers[name] : registers['*'];
      if (f === 'w') registers = { ...registers, [name]: value };
      else if (call.outcome === 'ok' && value !== undefined && !same(held, value)) return undefined;
    }
    return registers;
  },
  complaint(call) {
    for (const value of [call.input, call.output ?? call.input])
      if (
        !Array.isArray(value) ||
        !value.every((micro) => Array.isArray(micro) && (micro[0] === 'r' || micro[0] === 'w'))
      )
        return 'txn carries a list of ["r", key, value] and ["w", key, value]';
    return undefined;
  },
};

/** `*` is every register not named: a plain initial value is everybody's, an object gives each key its own. */
function initialRegisters(initial: unknown): Readonly<Record<string, unknown>> {
  if (typeof initial === 'object' && initial !== null && !Array.isArray(initial))
    return { '*': null, ...initial };
  return { '*': initial };
}
