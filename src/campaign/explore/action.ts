/** What the explorer may choose as the next step of a story. */
export type ActionKind =
  /** `arg`: the message, by the order of sending. */
  | 'deliver'
  | 'duplicate'
  | 'drop'
  /** `arg`: the client. */
  | 'request'
  /** `arg`: the node and, for a timer, which of the explorer's timer names. */
  | 'timer'
  | 'wake'
  | 'sync'
  | 'restart'
  | 'kill'
  | 'power-loss';

const KINDS: readonly ActionKind[] = [
  'deliver',
  'duplicate',
  'drop',
  'request',
  'timer',
  'wake',
  'sync',
  'restart',
  'kill',
  'power-loss',
];
const KIND_BITS = 4;
const NODE_BITS = 6;

/** One step in one number: paths are long lists, and there are millions of them. */
export type Action = number;

export function action(kind: ActionKind, arg: number): Action {
  return (arg << KIND_BITS) | KINDS.indexOf(kind);
}

export function timerAction(node: number, timer: number): Action {
  return action('timer', (timer << NODE_BITS) | node);
}

export function kindOf(step: Action): ActionKind {
  return KINDS[step & ((1 << KIND_BITS) - 1)]!;
}

export function argOf(step: Action): number {
  return step >>> KIND_BITS;
}

/** The node and the timer of a timer's step. */
export function timerOf(step: Action): readonly [node: number, timer: number] {
  const arg = argOf(step);
  return [arg & ((1 << NODE_BITS) - 1), arg >>> NODE_BITS];
}
