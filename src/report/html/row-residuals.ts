import * as Kind from '../../sim/engine/event-kind.ts';
import type { RowColumns } from './report-data.ts';

/** Codes of a payload that follows from what came before; other payloads are their index plus {@link GIVEN}. */
const AS_CAUSE = 0;
const NEXT_NEW = 1;
const NONE = 2;
const GIVEN = 3;

type Coded = Pick<RowColumns, 'node' | 'peer' | 'a' | 'cause' | 'payload'>;

/**
 * What of a row does not follow from its cause: a delivery is between the nodes of its send the other way round, with the
 * same contents and the same call; a row inside an event is of that event's node. Most of these numbers are 0, which
 * packs to almost nothing.
 */
export function toResiduals(rows: RowColumns): Coded {
  return convert(rows, (coded, row, guess, newest) => {
    coded.cause[row] = rows.cause[row]! < 0 ? 0 : row - rows.cause[row]!;
    coded.node[row] = rows.node[row]! - guess.node;
    coded.peer[row] = rows.peer[row]! - guess.peer;
    coded.a[row] = rows.a[row]! - guess.a;
    const payload = rows.payload[row]!;
    coded.payload[row] =
      payload === guess.payload && payload >= 0
        ? AS_CAUSE
        : payload === newest + 1
          ? NEXT_NEW
          : payload < 0
            ? NONE
            : payload + GIVEN;
    return payload;
  });
}

/** Puts back into `rows`, which carry residuals in these columns, what {@link toResiduals} took away. */
export function fromResiduals(rows: RowColumns): void {
  const { cause, node, peer, a, payload } = rows;
  for (let row = 0; row < cause.length; row += 1)
    cause[row] = cause[row] === 0 ? -1 : row - cause[row]!;
  convert(rows, (_, row, guess, newest) => {
    node[row]! += guess.node;
    peer[row]! += guess.peer;
    a[row]! += guess.a;
    const code = payload[row]!;
    payload[row] =
      code === AS_CAUSE
        ? guess.payload
        : code === NEXT_NEW
          ? newest + 1
          : code === NONE
            ? -1
            : code - GIVEN;
    return payload[row];
  });
}

interface Guess {
  node: number;
  peer: number;
  a: number;
  payload: number;
}

/** Goes over the rows with a guess for each; `code` returns the row's payload, from which the newest one is known. */
function convert(
  rows: RowColumns,
  code: (coded: Coded, row: number, guess: Guess, newest: number) => number,
): Coded {
  const count = rows.kind.length;
  const coded: Coded = {
    node: new Int16Array(count),
    peer: new Int16Array(count),
    a: new Int32Array(count),
    cause: new Int32Array(count),
    payload: new Int32Array(count),
  };
  let newest = -1;
  for (let row = 0; row < count; row += 1) {
    const payload = code(coded, row, guessOf(rows, row), newest);
    if (payload > newest) newest = payload;
  }
  return coded;
}

/** From the row's cause, which comes before it and is whole already. */
function guessOf({ kind, node, peer, a, payload, cause }: RowColumns, row: number): Guess {
  const from = cause[row]!;
  if (from < 0) return { node: 0, peer: -1, a: 0, payload: -1 };
  if (kind[from] !== Kind.SEND) return { node: node[from]!, peer: -1, a: 0, payload: -1 };
  if (kind[row] === Kind.DELIVER)
    return { node: peer[from]!, peer: node[from]!, a: a[from]!, payload: payload[from]! };
  return { node: node[from]!, peer: peer[from]!, a: 0, payload: payload[from]! };
}
