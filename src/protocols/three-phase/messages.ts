import type { Message } from '../../sim/engine/env.ts';
import { messageTypes as commitTypes } from '../commit/index.ts';
import type { Standing } from './termination.ts';

interface About extends Message {
  readonly gid: string;
}
/** Everyone has voted yes: nobody may abort any more, unless all who know it are dead. */
export interface PreCommit extends About {
  readonly type: 'PreCommit';
}
export interface PreCommitAck extends About {
  readonly type: 'PreCommitAck';
}
/** Of who runs the termination protocol: how do you stand? */
export interface StateQuery extends About {
  readonly type: 'StateQuery';
}
export interface StateReply extends About {
  readonly type: 'StateReply';
  readonly standing: Standing;
}

/** What a coordinator is sent, too: a pre-commit it only sends. */
export type ToCoordinator = PreCommitAck | StateQuery | StateReply;
export type ThreePhaseMessage = PreCommit | ToCoordinator;

export const messageTypes: readonly string[] = [
  ...commitTypes,
  'PreCommit',
  'PreCommitAck',
  'StateQuery',
  'StateReply',
];
