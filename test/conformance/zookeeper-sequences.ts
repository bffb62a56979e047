import type { Operation } from '../../src/protocols/zookeeper/txn.ts';
import { RandomStream } from '../../src/sim/engine/random.ts';

/** What one of two clients does next. */
export type Step = { readonly client: 0 | 1 } & (
  | { readonly does: 'single'; readonly operation: Operation }
  | { readonly does: 'multi'; readonly ops: readonly Operation[] }
  | {
      readonly does: 'read';
      readonly type: 'Exists' | 'GetData' | 'GetChildren';
      readonly path: string;
      readonly watch: boolean;
    }
  /** Begins a session. */
  | { readonly does: 'open' }
  /** Ends the session, and says so. */
  | { readonly does: 'close' }
  /** The connection breaks; the session lives. */
  | { readonly does: 'drop' }
  /** Takes the session up again on a new connection, and registers the watches again. */
  | { readonly does: 'resume' }
  /** The connection breaks for longer than the session lives; everybody waits for its end. */
  | { readonly does: 'expire' }
);

export const SEQUENCES = 600;
export const TICK_MS = 500;
export const TIMEOUT_MS = 4_000;

const NAMES = ['a', 'b', 'a/c'];

/** The same random steps every time; paths have a root of their own, so that sequences do not meet on one server. */
export function sequence(index: number): readonly Step[] {
  const stream = new RandomStream('conformance', `zookeeper/${index}`);
  const root = `/s${index}`;
  const made: Operation = {
    op: 'create',
    path: root,
    ephemeral: false,
    sequential: false,
    data: null,
  };
  const steps: Step[] = [
    { client: 0, does: 'open' },
    { client: 1, does: 'open' },
    { client: 0, does: 'single', operation: made },
  ];
  const act = (count: number, clients: readonly (0 | 1)[]): void => {
    for (let step = 0; step < count; step += 1)
      steps.push(action(stream, stream.pick(clients), root));
  };
  act(9, [0, 1]);
  // A break of a connection, a session that ends, or one that expires; then life goes on.
  const turn = index % 3;
  if (turn === 0) {
    steps.push({ client: 1, does: 'drop' });
    act(4, [0]);
    steps.push({ client: 1, does: 'resume' });
  } else if (turn === 1) steps.push({ client: 1, does: 'close' }, { client: 1, does: 'open' });
  else {
    steps.push({ client: 1, does: 'expire' }, { client: 1, does: 'resume' });
    steps.push({ client: 1, does: 'open' });
  }
  act(8, [0, 1]);
  return steps;
}

function action(stream: RandomStream, client: 0 | 1, root: string): Step {
  const path = `${root}/${stream.pick(NAMES)}`;
  const place = stream.pick([path, path, path, root]);
  const watch = stream.below(3) > 0;
  switch (stream.below(10)) {
    case 0:
      return { client, does: 'read', type: 'Exists', path: place, watch };
    case 1:
      return { client, does: 'read', type: 'GetData', path: place, watch };
    case 2:
    case 3:
      return { client, does: 'read', type: 'GetChildren', path: place, watch };
    case 4: {
      const ops = Array.from({ length: 1 + stream.below(4) }, () => operation(stream, root, true));
      return { client, does: 'multi', ops };
    }
    default:
      return { client, does: 'single', operation: operation(stream, root, false) };
  }
}

function operation(stream: RandomStream, root: string, inMulti: boolean): Operation {
  const path = `${root}/${stream.pick(NAMES)}`;
  const version = stream.pick([-1, -1, 0, 1, 2]);
  const data = stream.pick([null, '', 'x', 'häuser']);
  const ephemeral = stream.below(3) === 0;
  switch (stream.below(inMulti ? 6 : 5)) {
    case 0:
    case 1:
      return { op: 'create', path, ephemeral, sequential: false, data };
    case 2:
      return { op: 'create', path: `${path}-`, ephemeral, sequential: true, data };
    case 3:
      return { op: 'setData', path, data, version };
    case 4:
      return { op: 'delete', path: stream.pick([path, path, path, '/']), version };
    default:
      return { op: 'check', path, version };
  }
}
