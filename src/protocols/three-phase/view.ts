import { commit } from '../commit/index.ts';
import type { ServerView } from '../protocol.ts';

/** The servers are those of two-phase commit, with a phase more. */
export const view: ServerView = commit.view;
