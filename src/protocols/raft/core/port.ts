import type { NodeEnv } from '../../../sim/engine/env.ts';

/** The core's only door to the outside; a node's `env` is one. The core never reads or sends anything else. */
export type RaftPort = Pick<
  NodeEnv,
  | 'id'
  | 'incarnation'
  | 'disk'
  | 'nameOf'
  | 'wallUs'
  | 'monotonicUs'
  | 'random'
  | 'send'
  | 'reply'
  | 'setTimer'
  | 'cancelTimer'
  | 'mark'
  | 'log'
  | 'exit'
>;
