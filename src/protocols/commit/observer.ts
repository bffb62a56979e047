import type { Message, NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { Change } from '../bank.ts';
import type { CoordinatorRecord, ParticipantRecord } from './records.ts';
import type { ResourceManager } from './resource-manager.ts';
import type { Outcome } from './xa.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface CommitObserver {
  coordinatorLog(node: NodeId): LogObserver<CoordinatorRecord>;
  participantLog(node: NodeId): LogObserver<ParticipantRecord>;
  sending(from: NodeId, to: NodeId, message: Message): void;
  /** A transaction begins, with what each manager shall do. */
  began(gid: string, request: string, work: ReadonlyMap<NodeId, readonly Change[]>): void;
  /** The coordinator has made up its mind; nothing is durable yet. `orphan`: recovery gave a branch up. */
  decided(node: NodeId, gid: string, outcome: Outcome, reason: string): void;
  /** A branch ended at a manager, changes applied or dropped. */
  resolved(node: NodeId, gid: string, outcome: Outcome, heuristic: boolean): void;
  /** A branch is over and its rows go on to the next: the state is what {@link resolved} said. */
  applied(node: NodeId, gid: string): void;
  /** A manager has rebuilt its state from its log. */
  recovered(node: NodeId, manager: ResourceManager): void;
  /** A branch or reader wants a row that `holder` has, or nobody. */
  asked(node: NodeId, row: string, owner: string, holder: string | null): void;
  locked(node: NodeId, row: string, owner: string): void;
}
