import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { Reply } from '../redis/index.ts';

/** How the nodes answered so far. */
export interface Ballot {
  readonly yes: NodeId[];
  readonly no: NodeId[];
  readonly silent: NodeId[];
  /** Replies of those that answered in time. */
  readonly replies: Map<NodeId, Reply>;
}

export interface QuorumCallOptions {
  readonly nodes: readonly NodeId[];
  readonly sequential: boolean;
  readonly nodeTimeoutUs: number;
  /** Asks one node; undefined when it stayed silent for longer than anybody cares (null is Redis' nil). */
  readonly ask: (node: NodeId) => Task<Reply | undefined>;
  readonly isYes: (reply: Reply) => boolean;
  /** Whether the outcome is known, perhaps before all nodes have been heard. */
  readonly isSettled: (ballot: Ballot) => boolean;
  /** In turn: whether the next node is asked when it is. */
  readonly asksOn: (ballot: Ballot) => boolean;
  readonly then: (ballot: Ballot) => void;
  /** An answer after its node's timeout, or after `then`. */
  readonly late: (node: NodeId, yes: boolean) => void;
}

/** Asks nodes, at once or in turn, each given up after a timeout of its own, and says once how it ended. */
export function quorumCall(env: NodeEnv, options: QuorumCallOptions): void {
  const { nodes, sequential, nodeTimeoutUs } = options;
  const ballot: Ballot = { yes: [], no: [], silent: [], replies: new Map() };
  let over = false;
  if (nodes.length === 0) settle(0);
  else if (sequential) contact(0);
  else
    nodes.forEach((_, index) => {
      contact(index);
    });

  function settle(next: number): void {
    if (!over && options.isSettled(ballot)) {
      over = true;
      options.then(ballot);
    }
    if (sequential && next < nodes.length && (!over || options.asksOn(ballot))) contact(next);
  }

  function contact(index: number): void {
    const node = nodes[index]!;
    let counted = false;
    env.spawn(answer());
    env.spawn(giveUp());

    function* answer(): Task {
      const reply = yield* options.ask(node);
      if (reply === undefined) return;
      const yes = options.isYes(reply);
      const late = counted || over;
      if (!counted) {
        counted = true;
        ballot.replies.set(node, reply);
        (yes ? ballot.yes : ballot.no).push(node);
        settle(index + 1);
      }
      if (late) options.late(node, yes);
    }

    function* giveUp(): Task {
      yield* env.sleep(nodeTimeoutUs);
      if (counted) return;
      counted = true;
      ballot.silent.push(node);
      settle(index + 1);
    }
  }
}
