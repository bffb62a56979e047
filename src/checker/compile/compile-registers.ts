import { FAIL, INFO, NO_KEY } from '../../history/history.ts';
import type { Dialect, History } from '../../history/history.ts';
import { ABSENT, NULL_VALUE } from '../../history/value-table.ts';
import { CAS, OTHER, READ, WRITE } from '../search/machine.ts';
import { casWasRefused, isPair } from '../models/register.ts';
import type { RegisterModel } from '../models/register.ts';
import { complain } from './complain.ts';

/** The operation tells nothing and does nothing: it is left out. */
export const DROPPED = 255;

/** A history of registers in columns: what each operation demands and leaves, in value codes. */
export interface RegisterColumns {
  /** `READ`, `WRITE`, `CAS`, `OTHER` or {@link DROPPED}. */
  readonly kind: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The register of each operation: 0 without key, else the key's index plus 1. */
  readonly object: Int32Array;
  readonly objects: number;
  readonly initial: number;
}

/** @throws CheckError when a value is of the wrong shape. */
export function compileRegisters(
  history: History,
  model: RegisterModel,
  dialect: Dialect,
): RegisterColumns {
  const c = history.columns;
  const n = history.length;
  const kind = new Uint8Array(n);
  const from = new Int32Array(n);
  const to = new Int32Array(n);
  const object = new Int32Array(n);
  const functions = c.functions.map((f) => model.registerFunction(f));
  const falseCode = history.values.intern(false);
  const pairs = new Map<number, readonly [number, number]>();
  const pairOf = (index: number): readonly [number, number] => {
    const code = c.input[index]!;
    let pair = pairs.get(code);
    if (pair === undefined) {
      const value = history.values.decode(code);
      if (!isPair(value)) return complain(history, index, 'a cas carries [from, to]');
      pair = [history.values.intern(value[0]), history.values.intern(value[1])];
      pairs.set(code, pair);
    }
    return pair;
  };
  for (let i = 0; i < n; i++) {
    object[i] = c.key[i]! - NO_KEY;
    const status = c.status[i]!;
    const f = functions[c.f[i]!];
    kind[i] = DROPPED;
    if (f === 'read') {
      const seen = c.output[i]!;
      if (status === FAIL || status === INFO || seen === ABSENT) continue;
      if (seen === NULL_VALUE && dialect.nilRead === 'unknown') continue;
      kind[i] = READ;
      from[i] = seen;
    } else if (f === 'cas') {
      const pair = pairOf(i);
      const error = c.error[i]! === 0 ? null : c.errors[c.error[i]!]!;
      const refused =
        status === FAIL
          ? casWasRefused(error, dialect)
          : c.output[i] === falseCode && status !== INFO;
      if (status === FAIL && !refused) continue;
      kind[i] = refused ? OTHER : CAS;
      [from[i], to[i]] = pair;
    } else {
      if (status === FAIL) continue;
      kind[i] = WRITE;
      to[i] = f === 'delete' ? NULL_VALUE : c.input[i] === ABSENT ? NULL_VALUE : c.input[i]!;
    }
  }
  return {
    kind,
    from,
    to,
    object,
    objects: c.keys.length + 1,
    initial: history.values.intern(dialect.initial ?? null),
  };
}
