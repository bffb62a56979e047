import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { LogObserver } from '../stable-log.ts';
import type { PercolatorMessage } from './messages.ts';
import type { OracleRecord, StoreRecord } from './records.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface PercolatorObserver {
  storeLog(node: NodeId): LogObserver<StoreRecord>;
  oracleLog(): LogObserver<OracleRecord>;
  /** A server answers. */
  replying(from: NodeId, message: PercolatorMessage): void;
  /** A client begins to change these rows. */
  changing(changes: readonly Change[]): void;
  /** A client has read all of this as of one timestamp. */
  audited(amounts: Readonly<Record<string, number>>): void;
}
