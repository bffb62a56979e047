import { RandomStream } from '../../src/sim/engine/random.ts';

/** One call on a resource manager. A name is a branch's thread of control, too: `again` comes from another thread. */
export type XaCall =
  | NamedCall
  | WorkCall
  | { readonly verb: 'read'; readonly row: string }
  | { readonly verb: 'recover' }
  | { readonly verb: 'restart' };
export interface NamedCall {
  readonly verb: 'start' | 'again' | 'end' | 'prepare' | 'commit' | 'onePhase' | 'rollback';
  readonly name: string;
}
export interface WorkCall {
  readonly verb: 'work';
  readonly name: string;
  readonly row: string;
  readonly delta: number;
}

/** What a server leaves out or adds to the X/Open verbs. */
export interface XaDialect {
  /** A failed statement (an overdraft, a locked row) fails the whole transaction; failsWhole are tried. */
  readonly failsWhole: boolean;
  /** The verb `end` exists by itself. */
  readonly ends: boolean;
}

/** Rows that exist, each with {@link BALANCE}. */
export const ROWS = ['x', 'y', 'z'] as const;
export const BALANCE = 100;

/** The same random calls every time: three branches, interleaved, in right and in wrong orders. */
export function xaSequence(index: number, dialect: XaDialect): readonly XaCall[] {
  const stream = new RandomStream('conformance', `xa/${index}`);
  const scripts = ['a', 'b', 'c'].map((letter) => [
    ...script(stream, `s${index}${letter}`, dialect),
  ]);
  const calls: XaCall[] = [];
  while (scripts.some((rest) => rest.length > 0)) {
    const rest = stream.pick(scripts.filter((one) => one.length > 0));
    calls.push(rest.shift()!);
    if (stream.below(8) === 0) calls.push({ verb: 'recover' });
  }
  return [...calls, { verb: 'recover' }, ...ROWS.map((row) => ({ verb: 'read', row }) as const)];
}

/** One branch from before its beginning to after its end; a name is used once. */
function* script(stream: RandomStream, name: string, dialect: XaDialect): Generator<XaCall> {
  const wrong = function* (
    verbs: readonly ('end' | 'prepare' | 'commit' | 'onePhase' | 'rollback')[],
  ) {
    if (stream.below(4) === 0) yield { verb: stream.pick(verbs), name } as const;
  };
  const ends = dialect.ends ? (['end'] as const) : [];
  yield* wrong(['commit', 'rollback']);
  yield { verb: 'start', name };
  if (dialect.ends && stream.below(4) === 0) yield { verb: 'again', name };
  for (let count = 1 + stream.below(2); count > 0; count -= 1) yield work(stream, name, dialect);
  if (dialect.ends) yield* wrong(['prepare', 'commit', 'onePhase', 'rollback']);
  if (dialect.ends) yield { verb: 'end', name };
  if (dialect.ends) yield* wrong(['end', 'commit']);
  const way = stream.below(10);
  if (way < 2) {
    yield { verb: way === 0 ? 'onePhase' : 'rollback', name };
  } else {
    yield { verb: 'prepare', name };
    if (stream.below(4) === 0) yield { verb: 'again', name };
    if (dialect.ends) yield* wrong([...ends, 'prepare', 'onePhase']);
    yield { verb: stream.below(3) === 0 ? 'rollback' : 'commit', name };
  }
  yield* wrong(['commit', 'rollback']);
}

function work(stream: RandomStream, name: string, { failsWhole }: XaDialect): XaCall {
  const delta = failsWhole && stream.below(4) === 0 ? -1_000 : 1 + stream.below(9);
  return { verb: 'work', name, row: stream.pick(ROWS), delta };
}

/** Prepared branches over a restart: what is prepared stays, with its rows; what is not is gone. */
export function restartSequence(dialect: XaDialect): readonly XaCall[] {
  const end = (name: string): readonly XaCall[] => (dialect.ends ? [{ verb: 'end', name }] : []);
  const started = (name: string, row: string): readonly XaCall[] => [
    { verb: 'start', name },
    { verb: 'work', name, row, delta: 5 },
    ...end(name),
  ];
  return [
    ...started('kept', 'x'),
    { verb: 'prepare', name: 'kept' },
    ...started('undone', 'y'),
    { verb: 'prepare', name: 'undone' },
    { verb: 'start', name: 'lost' },
    { verb: 'work', name: 'lost', row: 'z', delta: 5 },
    { verb: 'restart' },
    { verb: 'recover' },
    ...ROWS.map((row) => ({ verb: 'read', row }) as const),
    { verb: 'start', name: 'waiter' },
    { verb: 'work', name: 'waiter', row: 'x', delta: 1 },
    ...end('waiter'),
    { verb: 'rollback', name: 'waiter' },
    { verb: 'commit', name: 'kept' },
    { verb: 'rollback', name: 'undone' },
    { verb: 'commit', name: 'lost' },
    { verb: 'commit', name: 'kept' },
    { verb: 'recover' },
    ...ROWS.map((row) => ({ verb: 'read', row }) as const),
  ];
}
