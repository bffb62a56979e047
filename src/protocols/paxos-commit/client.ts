import type { NodeId } from '../../sim/engine/env.ts';
import { CommitClient } from '../commit/index.ts';
import type { ClientContext } from '../protocol.ts';
import { groupSize, type PaxosConfig } from './config.ts';

/** A client of the bank; rows are with the servers behind the commit group. */
export class PaxosClient extends CommitClient {
  readonly #groupSize: number;

  constructor(context: ClientContext<PaxosConfig>) {
    super(context);
    this.#groupSize = groupSize(context.config);
  }

  protected override managers(): readonly NodeId[] {
    return this.context.servers.slice(this.#groupSize);
  }
}
