import { type Branch, ResourceManager } from '../../src/protocols/commit/resource-manager.ts';
import type { ParticipantRecord } from '../../src/protocols/commit/records.ts';
import { XA, type XaCode } from '../../src/protocols/commit/xa.ts';
import { BALANCE, type NamedCall, type XaCall, type XaDialect } from './xa-sequences.ts';

/** Our resource manager behind the calls of {@link XaCall}, with the log that a participant keeps of it. */
export class SimulatedXa {
  readonly #dialect: XaDialect;
  readonly #records: ParticipantRecord[] = [];
  #manager = newManager();

  constructor(dialect: XaDialect) {
    this.#dialect = dialect;
  }

  stateOf(name: string): string {
    return this.#manager.branches.get(name)?.state ?? 'none';
  }

  call(call: XaCall): string {
    const { verb } = call;
    if (verb === 'recover') {
      const names = [...this.#manager.recover()].sort((a, b) => (a < b ? -1 : 1));
      return names.join(' ') || 'none';
    }
    if (verb === 'read') return String(this.#manager.amount(call.row));
    if (verb === 'work') return this.#work(call.name, call.row, call.delta);
    if (verb !== 'restart') return nameOf(this.#verb(verb, call.name));
    this.#restart();
    return 'up';
  }

  #verb(verb: NamedCall['verb'], gid: string): XaCode {
    const manager = this.#manager;
    // The name of an ended branch is free on a real server. Ours are never used twice: there is nothing to compare.
    if (verb === 'again' && !manager.branches.has(gid)) return XA.OK;
    if (verb === 'start' || verb === 'again') return manager.start(gid, gid);
    if (verb === 'end') return manager.end(gid);
    if (!this.#dialect.ends) manager.end(gid);
    const branch = manager.branches.get(gid);
    const code =
      verb === 'prepare'
        ? manager.prepare(gid, false)
        : verb === 'rollback'
          ? manager.rollback(gid)
          : manager.commit(gid, verb === 'onePhase');
    if (code !== XA.OK || branch === undefined) return code;
    const { request, changes, rows } = branch;
    if (verb === 'rollback') this.#records.push({ kind: 'abort', gid });
    else if (verb === 'commit') this.#records.push({ kind: 'commit', gid });
    else
      this.#records.push({
        kind: verb === 'prepare' ? 'prepared' : 'onePhase',
        ...{ gid, request, changes, rows, peers: [] },
      });
    return code;
  }

  #work(gid: string, row: string, delta: number): string {
    const { branches, locks } = this.#manager;
    const branch = branches.get(gid);
    const holder = locks.holder(row);
    if (branch?.state === 'active' && holder !== null && holder !== gid) {
      this.#statementFailed(branch);
      return 'locked';
    }
    const code = this.#manager.execute(gid, [...(branch?.changes ?? []), { account: row, delta }]);
    if (code === XA.OK) {
      branch!.rows = [...branch!.rows, row];
      locks.acquire(row, gid, () => undefined);
    }
    if (code === XA.RBINTEGRITY) this.#statementFailed(branch!);
    return nameOf(code);
  }

  /** Where a failed statement fails the transaction, it is undone at once and has no row any more. */
  #statementFailed(branch: Branch): void {
    if (!this.#dialect.failsWhole) return;
    branch.state = 'rollbackOnly';
    this.#manager.locks.release(branch.gid);
  }

  #restart(): void {
    this.#manager = newManager();
    for (const record of this.#records) this.#manager.redo(record);
    for (const { gid, rows } of this.#manager.branches.values())
      for (const row of rows) this.#manager.locks.acquire(row, gid, () => undefined);
  }
}

function newManager(): ResourceManager {
  return new ResourceManager(BALANCE, 0, () => undefined);
}

function nameOf(code: XaCode): string {
  return Object.entries(XA).find(([, value]) => value === code)![0];
}
