import type { Dialect } from '../../history/history.ts';
import type { Call, Model } from './model.ts';

const READS: readonly string[] = ['read', 'get', 'r'];
const WRITES: readonly string[] = ['write', 'put', 'w', 'set'];

/** Whether a failed compare-and-set was carried out and found another value (see {@link Dialect.casFail}). */
export function casWasRefused(error: string | null, dialect: Dialect): boolean {
  if (dialect.casFail === 'compare-failed') return true;
  return dialect.casFail === 'compare-if-said' && error !== null && /compare/i.test(error);
}

/** Whether `value` is the `[from, to]` of a compare-and-set. */
export function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

/** How the functions of a register family are told apart; `undefined`: not one of them. */
export type RegisterFunction = 'read' | 'write' | 'cas' | 'delete';

/** Marks models that the register machine and the zone check can judge: the value held is the whole state. */
export interface RegisterModel extends Model {
  readonly registerFunction: (f: string) => RegisterFunction | undefined;
}

export function isRegisterModel(model: Model): model is RegisterModel {
  return 'registerFunction' in model;
}

function registerModel(name: string, functions: readonly string[]): RegisterModel {
  const kindOf = (f: string): RegisterFunction | undefined =>
    !functions.includes(f)
      ? undefined
      : READS.includes(f)
        ? 'read'
        : WRITES.includes(f)
          ? 'write'
          : (f as RegisterFunction);
  return {
    name,
    functions,
    registerFunction: kindOf,
    usesInitial: true,
    init: (initial) => initial,
    step() {
      throw new TypeError('registers are judged by the register machine');
    },
    complaint(call: Call) {
      if (kindOf(call.f) === 'cas' && !isPair(call.input))
        return 'a cas carries [from, to], the value to compare with and the value to set';
      return undefined;
    },
  };
}

/** One value (per key, when operations have keys): `read`, `write`. */
export const registerDefinition = registerModel('register', [...READS, ...WRITES]);
/** A register that also knows `cas` with `[from, to]`. */
export const casRegisterDefinition = registerModel('cas-register', [...READS, ...WRITES, 'cas']);
/** A store whose keys are registers: `get`, `put`, `cas`, `delete` (leaves null). Without `append`; see `kv-store.ts`. */
export const plainStoreDefinition = registerModel('kv', [...READS, ...WRITES, 'cas', 'delete']);
