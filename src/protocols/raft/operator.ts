import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Raft } from './core/raft.ts';

const TRANSFER = 'operator-transfer';
const RECONFIGURE = 'operator-reconfigure';

/**
 * Someone at the leader's console: hands leadership over and changes the membership now and then, drawn from its own
 * stream, so that seeded runs exercise both (config `transferEvery`, `reconfigureEvery`).
 */
export class Operator {
  readonly #env: NodeEnv;
  readonly #raft: Raft;
  readonly #servers: readonly NodeId[];

  constructor(env: NodeEnv, raft: Raft, servers: readonly NodeId[]) {
    this.#env = env;
    this.#raft = raft;
    this.#servers = servers;
  }

  start(): void {
    this.#schedule(TRANSFER, this.#raft.config.transferEveryUs);
    this.#schedule(RECONFIGURE, this.#raft.config.reconfigureEveryUs);
  }

  /** True when the timer was the operator's. */
  onTimer(name: string): boolean {
    if (name === TRANSFER) {
      if (this.#raft.role === 'leader') this.#transfer();
      this.#schedule(TRANSFER, this.#raft.config.transferEveryUs);
      return true;
    }
    if (name === RECONFIGURE) {
      if (this.#raft.role === 'leader') this.#reconfigure();
      this.#schedule(RECONFIGURE, this.#raft.config.reconfigureEveryUs);
      return true;
    }
    return false;
  }

  #schedule(timer: string, everyUs: number): void {
    if (everyUs > 0)
      this.#env.setTimer(timer, this.#env.random('operator').between(everyUs >> 1, everyUs * 2));
  }

  #transfer(): void {
    const others = this.#raft.membership.voters.filter((id) => id !== this.#raft.id);
    if (others.length > 0) this.#raft.requestTransfer(this.#env.random('operator').pick(others));
  }

  /** Single: one server leaves, or the next step of its coming back. Joint: any set of at least half the servers. */
  #reconfigure(): void {
    const random = this.#env.random('operator');
    const { voters, learners } = this.#raft.membership;
    if (this.#raft.config.membershipChange === 'joint') {
      const size = random.between((this.#servers.length >> 1) + 1, this.#servers.length);
      const chosen = random.shuffle(this.#servers).slice(0, size);
      const known = new Set([...voters, ...learners]);
      // Servers that are outside must catch up as learners first.
      const ready = chosen.filter((id) => known.has(id));
      const outside = this.#servers.filter((id) => !known.has(id));
      if (ready.length > 0 && outside.length === 0) this.#raft.requestMembership(ready, []);
      else this.#raft.requestMembership(voters, [...learners, ...outside]);
      return;
    }
    const outside = this.#servers.filter((id) => !voters.includes(id) && !learners.includes(id));
    if (learners.length > 0)
      this.#raft.requestMembership([...voters, learners[0]!], learners.slice(1));
    else if (outside.length > 0) this.#raft.requestMembership(voters, [outside[0]!]);
    else if (voters.length > 2) {
      const leaving = random.pick(voters);
      this.#raft.requestMembership(
        voters.filter((id) => id !== leaving),
        [],
      );
    }
  }
}
