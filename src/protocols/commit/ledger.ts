import type { NodeId } from '../../sim/engine/env.ts';
import { AuditWatch } from '../audit-watch.ts';
import type { Judge } from '../judge.ts';
import { type Change, type Kind, initialAmount, kindOf } from '../bank.ts';
import type { CommitConfig } from './config.ts';
import type { ResourceManager } from './resource-manager.ts';

const KINDS: readonly Kind[] = ['money', 'goods'];

/**
 * Conservation at every instant: the managers' real amounts, plus what prepared branches of committed transactions are
 * still to apply, add up to what there was at the beginning.
 */
export class Ledger {
  readonly #config: CommitConfig;
  readonly #judge: Judge;
  readonly #managers = new Map<NodeId, ResourceManager>();
  /** Committed transactions: what each manager must change. */
  readonly #committed = new Map<string, ReadonlyMap<NodeId, readonly Change[]>>();
  /** Branches of committed transactions that are prepared and not applied: `gid` by manager. */
  readonly #owing = new Map<NodeId, Set<string>>();
  readonly #audits: AuditWatch;

  constructor(config: CommitConfig, judge: Judge) {
    this.#config = config;
    this.#judge = judge;
    this.#audits = new AuditWatch(config.balance, config.stock);
  }

  began(work: ReadonlyMap<NodeId, readonly Change[]>): void {
    for (const changes of work.values()) this.#audits.touches(changes);
  }

  recovered(node: NodeId, manager: ResourceManager): void {
    this.#managers.set(node, manager);
    const owing = new Set<string>();
    for (const gid of this.#committed.keys())
      if (manager.branches.get(gid)?.state === 'prepared') owing.add(gid);
    this.#owing.set(node, owing);
    this.check(`${this.#judge.name(node)} recovered`);
  }

  committed(gid: string, work: ReadonlyMap<NodeId, readonly Change[]>): void {
    if (this.#committed.has(gid)) return;
    this.#committed.set(gid, work);
    for (const [node, manager] of this.#managers)
      if (manager.branches.get(gid)?.state === 'prepared') this.#owing.get(node)?.add(gid);
  }

  applied(node: NodeId, gid: string): void {
    this.#owing.get(node)?.delete(gid);
    this.check(`${this.#judge.name(node)} ended its branch of ${gid}`);
  }

  check(when: string): void {
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    for (const [node, manager] of this.#managers) {
      for (const [account, amount] of manager.amounts) {
        sums[kindOf(account)] += amount - this.#initial(account);
        if (amount < 0)
          this.#judge.violated('conservation', [node], `${account} is overdrawn: ${amount}.`, [
            when,
          ]);
      }
      for (const gid of this.#owing.get(node) ?? [])
        for (const { account, delta } of this.#committed.get(gid)?.get(node) ?? [])
          sums[kindOf(account)] += delta;
    }
    for (const kind of KINDS)
      if (sums[kind] !== 0)
        this.#judge.violated(
          'conservation',
          [...this.#managers.keys()],
          `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}.`,
          [`Noticed when ${when}.`],
        );
  }

  /** An audit of every account of a kind that was ever touched adds up. */
  audited(node: NodeId, amounts: Readonly<Record<string, number>>): void {
    const surplus = this.#audits.audited(amounts);
    if (surplus === null) return;
    for (const kind of KINDS)
      if (surplus[kind] !== 0)
        this.#judge.violated(
          'isolation',
          [node],
          `an audit of ${Object.keys(amounts).join(', ')} found ${Math.abs(surplus[kind])} of ${kind} ${surplus[kind] > 0 ? 'too much' : 'too little'}.`,
          ['It saw one side of a transfer and not the other.'],
        );
  }

  #initial(account: string): number {
    return initialAmount(account, this.#config.balance, this.#config.stock);
  }
}
