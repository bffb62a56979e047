import type { Call, Model } from './model.ts';

/** A lock without owner: `acquire` needs it free, `release` needs it held. */
export const mutex: Model<boolean> = {
  name: 'mutex',
  functions: ['acquire', 'lock', 'release', 'unlock'],
  init: () => false,
  identity: String,
  step: (held, call) => (isAcquire(call) === held ? undefined : !held),
};

/** Holder's name (null: free) and the highest fencing token given out. */
interface LockState {
  readonly holder: number | string | null;
  readonly token: number;
}

/**
 * A lock that knows its holder: `acquire` needs it free, `release` needs the process to hold it. When acquire answers a number it
 * is a fencing token and must be greater than every token before it.
 */
export const lock: Model<LockState> = {
  name: 'lock',
  functions: mutex.functions,
  byProcess: true,
  init: () => ({ holder: null, token: -Infinity }),
  identity: (state) => `${state.holder ?? ''}/${typeof state.holder}/${state.token}`,
  step(state, call) {
    if (!isAcquire(call))
      return state.holder === call.process ? { holder: null, token: state.token } : undefined;
    if (state.holder !== null) return undefined;
    if (typeof call.output !== 'number') return { holder: call.process, token: state.token };
    return call.output > state.token ? { holder: call.process, token: call.output } : undefined;
  },
};

function isAcquire(call: Call): boolean {
  return call.f === 'acquire' || call.f === 'lock';
}
