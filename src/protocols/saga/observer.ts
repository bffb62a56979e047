import type { NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { SagaMessage } from './messages.ts';
import type { CoordinatorRecord, ServiceRecord, Step } from './records.ts';
import type { StepBook } from './step-book.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface SagaObserver {
  coordinatorLog(node: NodeId): LogObserver<CoordinatorRecord>;
  serviceLog(node: NodeId): LogObserver<ServiceRecord>;
  sending(from: NodeId, to: NodeId, message: SagaMessage): void;
  began(gid: string, request: string, steps: readonly Step[]): void;
  /** A step cannot be taken back: its row is not as the step left it. */
  dirty(node: NodeId, key: string, account: string): void;
  /** A local transaction of a service is complete. */
  stepped(node: NodeId): void;
  /** A service has rebuilt its state from its log. */
  recovered(node: NodeId, book: StepBook): void;
  /** A service tells a reader what an account holds now. */
  read(node: NodeId, account: string): void;
  /** A client has read several accounts one after the other. */
  audited(amounts: Readonly<Record<string, number>>): void;
}
