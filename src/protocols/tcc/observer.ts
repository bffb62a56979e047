import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { LogObserver } from '../stable-log.ts';
import type { TccMessage } from './messages.ts';
import type { CoordinatorRecord, ServiceRecord } from './records.ts';
import type { Effect, ReservationBook } from './reservation-book.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface TccObserver {
  coordinatorLog(node: NodeId): LogObserver<CoordinatorRecord>;
  serviceLog(node: NodeId): LogObserver<ServiceRecord>;
  sending(from: NodeId, to: NodeId, message: TccMessage): void;
  began(gid: string, request: string, work: ReadonlyMap<NodeId, readonly Change[]>): void;
  /** Amounts of a branch changed. */
  effect(node: NodeId, gid: string, effect: Effect): void;
  /** A local transaction is complete: fence and amounts are in step. */
  stepped(node: NodeId): void;
  /** A client has read several accounts, one after the other. */
  audited(amounts: Readonly<Record<string, number>>): void;
  /** A service has rebuilt its state from its log. */
  recovered(node: NodeId, book: ReservationBook): void;
}
