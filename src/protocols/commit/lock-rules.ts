import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { ParticipantRecord } from './records.ts';
import type { ResourceManager } from './resource-manager.ts';

/** The rule about locks: the rows of a prepared branch stay its own until its decision, restarts included. */
export class LockRules {
  readonly #judge: Judge;
  /** Rows of prepared branches, by manager and transaction. */
  readonly prepared = new Map<NodeId, Map<string, readonly string[]>>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  #of(node: NodeId): Map<string, readonly string[]> {
    const known = this.prepared.get(node);
    if (known !== undefined) return known;
    const rows = new Map<string, readonly string[]>();
    this.prepared.set(node, rows);
    return rows;
  }

  logged(node: NodeId, record: ParticipantRecord): void {
    if (record.kind === 'prepared') this.#of(node).set(record.gid, record.rows);
    else if (record.kind !== 'precommit') this.#of(node).delete(record.gid);
  }

  reread(node: NodeId, records: readonly ParticipantRecord[]): void {
    this.#of(node).clear();
    for (const record of records) this.logged(node, record);
  }

  ended(node: NodeId, gid: string): void {
    this.prepared.get(node)?.delete(gid);
  }

  /** Whether this branch is prepared and waits for its decision. */
  isPrepared(node: NodeId, gid: string): boolean {
    return this.prepared.get(node)?.has(gid) === true;
  }

  /** The manager restarted: prepared branches must have their rows again. */
  recovered(node: NodeId, manager: ResourceManager): void {
    for (const [gid, rows] of this.prepared.get(node) ?? [])
      for (const row of rows)
        if (manager.locks.holder(row) !== gid)
          this.#judge.violated(
            'locks-kept',
            [node],
            `${this.#judge.name(node)} restarted with ${gid} prepared and its row ${row} unlocked.`,
          );
  }

  /** Somebody got a row. */
  granted(node: NodeId, row: string, owner: string): void {
    for (const [gid, rows] of this.prepared.get(node) ?? [])
      if (gid !== owner && rows.includes(row))
        this.#judge.violated(
          'locks-kept',
          [node],
          `${owner} got row ${row} of ${this.#judge.name(node)}, which prepared ${gid} must keep.`,
        );
  }
}
